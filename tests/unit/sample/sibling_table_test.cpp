#include "sample/sibling_table.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace gramme::sample {
namespace {

class SiblingTableTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "gramme-siblings-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
        path = folder + "/" + sibling_table_name("node 0 job/../1");
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    [[nodiscard]] SiblingTable join(const std::string& gpus = "") const {
        auto table = SiblingTable::join(path, gpus);
        EXPECT_TRUE(table);
        return *std::move(table);
    }
    std::string folder, path;
};

TEST_F(SiblingTableTest, AddsUpWhatAllHaveUsed) {
    SiblingTable a = join();
    SiblingTable b = join();
    (void)a.exchange(2.0);
    const SiblingShares shares = b.exchange(3.0);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 5.0);
    EXPECT_EQ(shares.alive, 2);
}

TEST_F(SiblingTableTest, OneThatLeftStaysInTheSumAndHasNoShareAnyMore) {
    SiblingTable a = join();
    {
        SiblingTable b = join();
        (void)b.exchange(3.0);
    }
    const SiblingShares shares = a.exchange(1.0);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 4.0);
    EXPECT_EQ(shares.alive, 1);
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(SiblingTableTest, OneThatWasKilledHasNoShareAnyMore) {
    SiblingTable a = join();
    const pid_t child = ::fork();
    if (child == 0) {
        auto b = SiblingTable::join(path, "");
        (void)b->exchange(7.0);
        ::_exit(0);  // as a killed process: nothing is said
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    SiblingShares shares;
    for (int turn = 0; turn < 40; ++turn) {
        shares = a.exchange(1.0);
    }
    EXPECT_EQ(shares.alive, 1);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 8.0);
}

TEST_F(SiblingTableTest, TellsWhoWasGivenTheSameGpus) {
    SiblingTable a = join("0,1");
    SiblingTable b = join("0,1");
    SiblingTable c = join("2,3");
    SiblingTable d = join();
    EXPECT_EQ(a.exchange(0.0).same_gpus, 2);
    EXPECT_EQ(b.exchange(0.0).same_gpus, 2);
    EXPECT_EQ(c.exchange(0.0).same_gpus, 1);
    EXPECT_EQ(d.exchange(0.0).same_gpus, 1);
    EXPECT_EQ(d.exchange(0.0).alive, 4);
}

TEST_F(SiblingTableTest, TheLastTakesTheFileAway) {
    {
        std::optional<SiblingTable> a{join()};
        const SiblingTable b = join();
        a.reset();
        EXPECT_TRUE(std::filesystem::exists(path));
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SiblingTableTest, ACutFileIsSurvivedAndTheSumDoesNotFall) {
    SiblingTable a = join();
    (void)a.exchange(5.0);
    ASSERT_EQ(::truncate(path.c_str(), 0), 0);
    const SiblingShares shares = a.exchange(6.0);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 6.0);
    EXPECT_EQ(shares.alive, 1);
    EXPECT_DOUBLE_EQ(a.exchange(4.0).all_cpu_s, 6.0);
}

TEST_F(SiblingTableTest, RefusesAFileOfOthers) {
    ASSERT_EQ(::symlink("/etc/passwd", path.c_str()), 0);
    const auto refused = SiblingTable::join(path, "");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kPermission);
    ASSERT_EQ(::unlink(path.c_str()), 0);
    { const SiblingTable made = join(); }
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    ::fchmod(fd, 0666);
    ::close(fd);
    EXPECT_FALSE(SiblingTable::join(path, "")) << "others may write it";
}

}  // namespace
}  // namespace gramme::sample
