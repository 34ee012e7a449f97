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
    [[nodiscard]] SiblingTable join(int rank) const {
        auto table = SiblingTable::join(path, rank);
        EXPECT_TRUE(table);
        return *std::move(table);
    }
    std::string folder, path;
};

TEST_F(SiblingTableTest, AddsUpWhatAllHaveUsed) {
    SiblingTable a = join(0);
    SiblingTable b = join(1);
    (void)a.exchange(2.0);
    const SiblingShares shares = b.exchange(3.0);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 5.0);
    EXPECT_EQ(shares.ranks, 2);
}

TEST_F(SiblingTableTest, OneThatLeftStaysInTheSumAndHasNoShareAnyMore) {
    SiblingTable a = join(0);
    {
        SiblingTable b = join(1);
        (void)b.exchange(3.0);
    }
    const SiblingShares shares = a.exchange(1.0);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 4.0);
    EXPECT_EQ(shares.ranks, 1);
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(SiblingTableTest, OneThatWasKilledHasNoShareAnyMore) {
    SiblingTable a = join(0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto b = SiblingTable::join(path, 1);
        (void)b->exchange(7.0);
        ::_exit(0);  // as a killed process: nothing is said
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    SiblingShares shares;
    for (int turn = 0; turn < 40; ++turn) {
        shares = a.exchange(1.0);
    }
    EXPECT_EQ(shares.ranks, 1);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 8.0);
}

TEST_F(SiblingTableTest, TellsHowManyRanksCountADevice) {
    SiblingTable a = join(0);
    SiblingTable b = join(1);
    SiblingTable again = join(1);
    SiblingTable c = join(2);
    const std::size_t first = a.claim("GPU-1", true);
    EXPECT_EQ(b.claim("GPU-1", true), first);
    EXPECT_EQ(again.claim("GPU-1", true), first);
    const std::size_t second = b.claim("GPU-2", true);
    EXPECT_NE(second, first);
    EXPECT_EQ(c.claim("GPU-1", false), first) << "it sees it and does not count it";
    (void)a.exchange(0.0);
    EXPECT_EQ(a.ranks_of(first), 2);
    EXPECT_EQ(a.ranks_of(second), 1);
    EXPECT_EQ(a.ranks_of(SiblingTable::kMostDevices), 3) << "one too many: every rank may count it";
    (void)b.claim("GPU-1", false);
    (void)again.claim("GPU-1", false);
    (void)a.exchange(0.0);
    EXPECT_EQ(a.ranks_of(first), 1);
}

TEST_F(SiblingTableTest, TrackersOfOneRankAreOne) {
    SiblingTable a = join(0);
    (void)a.exchange(1.0);
    SiblingTable again = join(0);
    SiblingTable b = join(1);
    (void)a.exchange(3.0);
    (void)again.exchange(2.0);  // the same two seconds, seen since it joined
    const SiblingShares shares = b.exchange(4.0);
    EXPECT_EQ(shares.ranks, 2);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 7.0);
    a.leave();
    (void)again.exchange(2.5);  // what follows is counted by the one that is left
    EXPECT_DOUBLE_EQ(b.exchange(4.0).all_cpu_s, 7.5);
}

TEST_F(SiblingTableTest, AProcessBelowIsSeenByTheOneAbove) {
    SiblingTable a = join(0);
    (void)a.exchange(1.0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto below = SiblingTable::join(path, 0);
        const SiblingShares shares = below->exchange(7.0);
        ::_exit(shares.ranks == 1 && shares.all_cpu_s < 1.5 ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_DOUBLE_EQ(a.exchange(9.0).all_cpu_s, 9.0) << "the child's seven seconds are among them";
}

TEST_F(SiblingTableTest, ASlotIsUsedAgain) {
    SiblingTable first = join(0);
    (void)first.exchange(1.0);
    for (std::uint32_t i = 0; i < SiblingTable::kSlots + 10; ++i) {
        auto one = SiblingTable::join(path, 1);
        ASSERT_TRUE(one) << i << ": " << one.error().what;
        if (i % 1024 == 0) {
            (void)one->exchange(1.0);
        }
    }
    EXPECT_DOUBLE_EQ(first.exchange(1.0).all_cpu_s, 1.0 + 5.0) << "what they have used stays in the sum";
    EXPECT_EQ(first.exchange(1.0).ranks, 1);
}

TEST_F(SiblingTableTest, TheLastTakesTheFileAway) {
    {
        std::optional<SiblingTable> a{join(0)};
        const SiblingTable b = join(1);
        a.reset();
        EXPECT_TRUE(std::filesystem::exists(path));
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SiblingTableTest, ACutFileIsSurvivedAndTheSumDoesNotFall) {
    SiblingTable a = join(0);
    (void)a.exchange(5.0);
    ASSERT_EQ(::truncate(path.c_str(), 0), 0);
    const SiblingShares shares = a.exchange(6.0);
    EXPECT_DOUBLE_EQ(shares.all_cpu_s, 6.0);
    EXPECT_EQ(shares.ranks, 1);
    EXPECT_DOUBLE_EQ(a.exchange(4.0).all_cpu_s, 6.0);
}

TEST_F(SiblingTableTest, RefusesAFileOfOthers) {
    ASSERT_EQ(::symlink("/etc/passwd", path.c_str()), 0);
    const auto refused = SiblingTable::join(path, 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kPermission);
    ASSERT_EQ(::unlink(path.c_str()), 0);
    { const SiblingTable made = join(0); }
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    ::fchmod(fd, 0666);
    ::close(fd);
    EXPECT_FALSE(SiblingTable::join(path, 1)) << "others may write it";
}

}  // namespace
}  // namespace gramme::sample
