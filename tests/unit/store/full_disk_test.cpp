// A disk that fills up: a small tmpfs, which only root can mount.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.hpp"
#include "store/emissions_csv.hpp"
#include "store/journal.hpp"
#include "store/store.hpp"

namespace gramme::store {
namespace {

using testing::energy_of;
using testing::kSecond;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;
using testing::read_file;
using testing::ScratchFolder;

class FullDisk : public ::testing::Test {
protected:
    void SetUp() override {
        disk_ = folder_.file("disk");
        ASSERT_EQ(::mkdir(disk_.c_str(), 0700), 0);
        mounted_ = ::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=640k") == 0;
        if (!mounted_) {
            GTEST_SKIP() << "only root can mount the small disk that this test fills";
        }
    }
    void TearDown() override {
        if (mounted_) {
            ::umount2(disk_.c_str(), MNT_DETACH);
        }
    }
    /// Takes all that is left, but for `kib`.
    void fill(std::size_t kib) const {
        const auto space = std::filesystem::space(disk_);
        std::ofstream out{disk_ + "/filler", std::ios::binary};
        out << std::string(space.available - kib * 1'024, 'f');
    }
    void make_room() const { std::filesystem::remove(disk_ + "/filler"); }

    ScratchFolder folder_;
    std::string disk_;
    bool mounted_ = false;
};

TEST_F(FullDisk, AJournalGoesOnInWiderWindowsAndLosesNothing) {
    auto journal = Journal::create(disk_, made_up_run(), 0);
    ASSERT_TRUE(journal) << journal.error().what;
    ASSERT_TRUE((*journal)->declare(0, made_up_device("cpu0")));
    fill(0);
    // Reserved are three segments of 511 folded windows (5 days), and the ring takes an hour and twenty
    // minutes more. After that nothing can be closed.
    constexpr int kMinutes = 8 * 1'440;
    int minute = 0;
    for (; minute < kMinutes; ++minute) {
        (*journal)->add(made_up_window(0, 60.0 * minute, 60.0 * (minute + 1), 1.0));
        if (minute % 60 == 0) {
            (*journal)->add_gap(0, minute * kSecond, (minute + 1) * kSecond,
                                "hour " + std::to_string(minute));
        }
    }
    auto read = read_journal((*journal)->path());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_TRUE(read->damage.empty());
    EXPECT_NEAR(energy_of(read->ledger, 0), kMinutes, 1e-6);
    const Window& wide = read->ledger.windows.back();
    EXPECT_GT(wide.to_ns - wide.from_ns, 24 * 3'600 * kSecond);
    const auto marker = (*journal)->add_marker({Marker::Kind::kMark, 1, "note", ""});
    ASSERT_FALSE(marker);
    EXPECT_EQ(marker.error().code, Code::kIo);

    make_room();  // somebody cleared up: it is as before
    for (const int end = minute + 120; minute < end; ++minute) {
        (*journal)->add(made_up_window(0, 60.0 * minute, 60.0 * (minute + 1), 1.0));
    }
    read = read_journal((*journal)->path());
    EXPECT_NEAR(energy_of(read->ledger, 0), minute, 1e-6);
    EXPECT_LE(read->ledger.windows.back().to_ns - read->ledger.windows.back().from_ns, 10 * kSecond);
    std::int64_t gap_ns = 0;
    for (const Gap& gap : read->ledger.gaps) {
        gap_ns += gap.to_ns - gap.from_ns;
    }
    EXPECT_EQ(gap_ns, kMinutes / 60 * kSecond);
}

TEST_F(FullDisk, AJournalThatCannotBeMadeSaysSoAndLeavesNothing) {
    fill(100);
    const auto journal = Journal::create(disk_, made_up_run(), 0);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, Code::kIo);
    EXPECT_NE(journal.error().hint.find("free some space"), std::string::npos);
    EXPECT_TRUE(list_journals(disk_).empty());
}

TEST_F(FullDisk, AHalfWrittenRowIsTakenAway) {
    const CsvRow header{"a", "b"};
    const std::string path = disk_ + "/emissions.csv";
    ASSERT_TRUE(append_row(path, header, {"1", "2"}));
    const std::string before = read_file(path);
    fill(0);
    const auto outcome =
        append_row(path, header, {std::string(10'000, 'x'), "2"});  // more than its page holds
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kIo);
    EXPECT_EQ(read_file(path), before);
    make_room();
    ASSERT_TRUE(append_row(path, header, {"3", "4"}));
    EXPECT_EQ(read_file(path), before + "3,4\n");
}

TEST_F(FullDisk, AStoreReportsItAndKeepsWhatItHas) {
    const std::string path = disk_ + "/runs.db";
    auto store = Store::open(path);
    ASSERT_TRUE(store) << store.error().what;
    ASSERT_TRUE((*store)->add(made_up_run("first"), {}, {}, "", 1));
    fill(0);
    RunRecord big = made_up_run("second");
    big.name = std::string(300'000, 'n');
    const auto added = (*store)->add(big, {}, {}, "", 1);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, Code::kIo) << added.error().what;
    make_room();
    EXPECT_EQ((*store)->list({})->size(), 1U);
    ASSERT_TRUE((*store)->add(made_up_run("third"), {}, {}, "", 1));
    EXPECT_EQ((*store)->list({})->size(), 2U);
}

}  // namespace
}  // namespace gramme::store
