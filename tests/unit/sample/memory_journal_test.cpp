#include "sample/memory_journal.hpp"

#include <gtest/gtest.h>

namespace gramme::sample {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Window window(std::uint16_t device, std::int64_t from_s, std::int64_t to_s, double joules) {
    Window w;
    w.device = device;
    w.from_ns = from_s * kSecond;
    w.to_ns = to_s * kSecond;
    w.energy = Joules{joules};
    w.job = Joules{joules / 2};
    w.readings = 1;
    w.use.known_s = static_cast<double>(to_s - from_s);
    w.use.known = w.energy;
    w.use.idle = w.energy / 8;
    return w;
}

TEST(MemoryJournal, MergesWindowsThatTouchAndKeepsTheSum) {
    MemoryJournal journal;
    for (std::int64_t s = 0; s < 400; ++s) {  // crosses the bound at 300 s once
        journal.add(window(0, s, s + 1, 2.0));
        journal.add(window(1, s, s + 1, 3.0));
    }
    const auto ledger = journal.ledger();
    ASSERT_TRUE(ledger);
    ASSERT_EQ(ledger->windows.size(), 4U);
    EXPECT_DOUBLE_EQ(ledger->windows[0].energy.value(), 600.0);
    EXPECT_DOUBLE_EQ(ledger->windows[1].energy.value(), 200.0);
    EXPECT_DOUBLE_EQ(ledger->windows[1].job.value(), 100.0);
    EXPECT_DOUBLE_EQ(ledger->windows[0].use.idle.value(), 75.0);
    EXPECT_DOUBLE_EQ(ledger->windows[0].use.known_s, 300.0);
    EXPECT_EQ(ledger->windows[2].device, 1);
    EXPECT_DOUBLE_EQ((ledger->windows[2].energy + ledger->windows[3].energy).value(), 1200.0);
}

TEST(MemoryJournal, DoesNotBridgeAHoleBetweenWindows) {
    MemoryJournal journal;
    journal.add(window(0, 0, 1, 1.0));
    journal.add(window(0, 5, 6, 1.0));
    EXPECT_EQ(journal.ledger()->windows.size(), 2U);
}

TEST(MemoryJournal, MergesAGapThatGoesOnForTheSameReason) {
    MemoryJournal journal;
    journal.add_gap(3, 0, kSecond, "NVML: GPU is lost");
    journal.add_gap(3, kSecond, 2 * kSecond, "NVML: GPU is lost");
    journal.add_gap(3, 2 * kSecond, 3 * kSecond, "reset");
    const auto ledger = journal.ledger();
    ASSERT_EQ(ledger->gaps.size(), 2U);
    EXPECT_EQ(ledger->gaps[0].to_ns, 2 * kSecond);
    EXPECT_EQ(ledger->gaps[1].reason, "reset");
}

}  // namespace
}  // namespace gramme::sample
