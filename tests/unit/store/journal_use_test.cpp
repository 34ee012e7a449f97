// How busy a device was, through the journal: merged, cut and folded without losing a joule; journals of an
// older gramme.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <span>
#include <vector>

#include "scratch.hpp"
#include "store/journal.hpp"
#include "store/journal_format.hpp"

namespace gramme::store {
namespace {

using testing::kSecond;
using testing::made_up_device;
using testing::made_up_run;
using testing::made_up_window;
using testing::read_file;
using testing::ScratchFolder;

/// A second of 300 J: idle in every third, of which the cause is known in every ninth.
Window second_of(int i) {
    Window window = made_up_window(0, i, i + 1, 300.0);
    window.use.known_s = 1.0;
    window.use.known = Joules{300.0};
    window.use.busy_s = i % 3 == 0 ? 0.0 : 0.9;
    window.use.idle = Joules{i % 3 == 0 ? 300.0 / 7.0 : 0.0};
    window.use.loading = Joules{i % 9 == 0 ? 300.0 / 7.0 : 0.0};
    return window;
}

Use sum_of(const Ledger& ledger) {
    Use sum;
    for (const Window& window : ledger.windows) {
        sum += window.use;
    }
    return sum;
}

class JournalUse : public ::testing::Test {
protected:
    std::unique_ptr<Journal> create(const RunRecord& run = made_up_run()) {
        auto journal = Journal::create(folder_.path(), run, 7);
        EXPECT_TRUE(journal) << journal.error().what;
        EXPECT_TRUE((*journal)->declare(0, made_up_device("gpu0")));
        return *std::move(journal);
    }
    ScratchFolder folder_;
};

/// Three hours: folded to five minutes but for the last, and no idle joule is lost on the way.
TEST_F(JournalUse, IdleJoulesOutliveTheFolding) {
    const auto journal = create();
    Use want;
    constexpr int kSeconds = 3 * 3600;
    for (int i = 0; i < kSeconds; ++i) {
        const Window window = second_of(i);
        want += window.use;
        journal->add(window);
    }
    const auto ledger = journal->ledger();
    ASSERT_TRUE(ledger);
    EXPECT_LT(ledger->windows.size(), 500U);
    const Use got = sum_of(*ledger);
    EXPECT_NEAR(got.idle.value(), want.idle.value(), 1e-9 * want.idle.value());
    EXPECT_NEAR(got.known.value(), want.known.value(), 1e-9 * want.known.value());
    EXPECT_NEAR(got.known_s, kSeconds, 1e-5 * kSeconds);
    EXPECT_NEAR(got.busy_s, want.busy_s, 1e-5 * want.busy_s);
    EXPECT_NEAR(got.loading.value(), want.loading.value(), 1e-5 * want.loading.value());
}

TEST_F(JournalUse, EveryFieldComesBack) {
    const auto journal = create();
    Window window = made_up_window(0, 0, 1, 300.0);
    window.use = {0.5,         0.25,        Joules{150.0}, Joules{64.0}, Joules{1.0},
                  Joules{2.0}, Joules{4.0}, Joules{8.0},   Joules{16.0}};
    journal->add(window);
    const auto read = read_journal(journal->path());  // as after a kill
    ASSERT_TRUE(read);
    const Use& use = read->ledger.windows.at(0).use;
    EXPECT_EQ(use.known_s, 0.5);
    EXPECT_EQ(use.busy_s, 0.25);
    EXPECT_EQ(use.known.value(), 150.0);
    EXPECT_EQ(use.idle.value(), 64.0);
    EXPECT_EQ(use.start_up.value(), 1.0);
    EXPECT_EQ(use.evaluation.value(), 2.0);
    EXPECT_EQ(use.loading.value(), 4.0);
    EXPECT_EQ(use.quiet.value(), 8.0);
    EXPECT_EQ(use.unclear.value(), 16.0);
}

TEST_F(JournalUse, ASampleOverABoundIsCutInProportion) {
    RunRecord run = made_up_run();
    run.started_wall_ns += 4 * kSecond;  // the next bound is 6 s into the run
    const auto journal = create(run);
    Window window = made_up_window(0, 0, 8, 80.0);
    window.use.known_s = 8.0;
    window.use.idle = window.use.known = Joules{80.0};
    journal->add(window);
    const auto ledger = journal->ledger();
    ASSERT_EQ(ledger->windows.size(), 2U);
    EXPECT_DOUBLE_EQ(ledger->windows[0].use.idle.value(), 60.0);  // 6 of 8 s
    EXPECT_DOUBLE_EQ(ledger->windows[1].use.idle.value(), 20.0);
    EXPECT_DOUBLE_EQ(ledger->windows[1].use.known_s, 2.0);
}

/// The head of a journal with another version, and its checksum.
std::vector<std::byte> with_version(const std::string& file, std::uint32_t version) {
    std::vector<std::byte> bytes(file.size());
    std::memcpy(bytes.data(), file.data(), file.size());
    Record head;
    std::memcpy(&head, bytes.data(), sizeof head);
    auto payload = payload_of<HeadPayload>(head);
    payload.version = version;
    set_payload(head, payload);
    head.crc = checksum(head);
    std::memcpy(bytes.data(), &head, sizeof head);
    return bytes;
}

TEST_F(JournalUse, AnOlderJournalIsReadAndSaysNothingOfUse) {
    const auto journal = create();
    for (int i = 0; i < 12; ++i) {
        journal->add(second_of(i));
    }
    const std::string file = read_file(journal->path());
    const auto old = parse_journal(with_version(file, 1));
    ASSERT_TRUE(old) << old.error().what;
    EXPECT_TRUE(old->damage.empty());
    double joules = 0.0;
    for (const Window& window : old->ledger.windows) {
        joules += window.energy.value();
        EXPECT_EQ(window.use.known_s, 0.0);
        EXPECT_EQ(window.use.idle.value(), 0.0);
    }
    EXPECT_DOUBLE_EQ(joules, 12 * 300.0);
    EXPECT_GT(sum_of(parse_journal(with_version(file, 2))->ledger).idle.value(), 0.0);
}

TEST_F(JournalUse, ANewerJournalIsRefusedAndLeftAlone) {
    const auto journal = create();
    const std::string file = read_file(journal->path());
    for (const std::uint32_t version : {0U, 3U}) {
        const auto read = parse_journal(with_version(file, version));
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, Code::kUnsupported);
    }
}

}  // namespace
}  // namespace gramme::store
