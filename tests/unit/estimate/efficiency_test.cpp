#include "estimate/efficiency.hpp"

#include <gtest/gtest.h>

#include "estimate/estimate.hpp"
#include "ledgers.hpp"

namespace gramme::estimate {
namespace {

using gramme::testing::add;
using gramme::testing::device;

/// 1000 J in 10 s, of which 300 J while it idled.
Use some_use() {
    Use use;
    use.known_s = 10.0;
    use.busy_s = 6.0;
    use.known = Joules{1000.0};
    use.idle = Joules{300.0};
    return use;
}

std::optional<Waiting> waiting_of_one(const Use& use, Joules others = {}) {
    const AcceleratorUse one{Joules{1000.0}, others, use};
    return waiting_of({&one, 1});
}

TEST(Efficiency, UtilisationIsUnknownWithoutTime) {
    EXPECT_EQ(utilization_of({}), std::nullopt);
    EXPECT_DOUBLE_EQ(*utilization_of(some_use()), 0.6);
}

TEST(Efficiency, NothingIsSaidOfAnAcceleratorThatTellsNothing) {
    EXPECT_FALSE(waiting_of_one({}));
    EXPECT_FALSE(waiting_of({}));
}

TEST(Efficiency, TheShareIsOfTheKnownEnergy) {
    Use use = some_use();
    use.known = Joules{600.0};  // for 400 J of the 1000 nobody told
    const auto waiting = waiting_of_one(use);
    ASSERT_TRUE(waiting);
    EXPECT_DOUBLE_EQ(waiting->share(), 0.5);
    EXPECT_EQ(waiting->accelerators.value(), 1000.0);
}

TEST(Efficiency, WhatWasNotJudgedCameAfterTheLastBusyTime) {
    Use use = some_use();
    use.start_up = Joules{100.0};
    const auto waiting = waiting_of_one(use);
    ASSERT_EQ(waiting->causes.size(), 2U);
    EXPECT_EQ(waiting->causes[0].cause, WaitingCause::kEnd);
    EXPECT_DOUBLE_EQ(waiting->causes[0].energy.value(), 200.0);
    EXPECT_EQ(waiting->causes[1].cause, WaitingCause::kStartUp);
    EXPECT_EQ(waiting->mostly, WaitingCause::kEnd);
}

TEST(Efficiency, AnAcceleratorThatWasNeverBusyHasNoEnd) {
    Use use = some_use();
    use.idle = use.known;
    use.busy_s = 0.0;
    const auto waiting = waiting_of_one(use);
    EXPECT_EQ(waiting->mostly, WaitingCause::kNeverBusy);
    EXPECT_DOUBLE_EQ(waiting->share(), 1.0);
}

TEST(Efficiency, ACauseIsNamedWhereItHoldsHalf) {
    Use use = some_use();
    use.loading = Joules{150.0};
    use.start_up = Joules{100.0};
    use.quiet = Joules{50.0};
    EXPECT_EQ(waiting_of_one(use)->mostly, WaitingCause::kDataLoading);
    use.loading = Joules{140.0};
    use.quiet = Joules{60.0};
    EXPECT_EQ(waiting_of_one(use)->mostly, std::nullopt);
}

TEST(Efficiency, NoClearCauseIsNoCause) {
    Use use = some_use();
    use.unclear = use.idle;
    const auto waiting = waiting_of_one(use);
    EXPECT_EQ(waiting->mostly, std::nullopt);
    EXPECT_EQ(waiting->causes.front().cause, WaitingCause::kUnclear);
}

TEST(Efficiency, RoundingOfTheCausesIsNoCause) {
    Use use = some_use();
    use.start_up = Joules{299.9999};
    EXPECT_EQ(waiting_of_one(use)->causes.size(), 1U);
}

TEST(Efficiency, WhereOthersUseTheAcceleratorItSaysNothingOfTheJob) {
    EXPECT_FALSE(waiting_of_one(some_use(), Joules{20.0}));
    EXPECT_TRUE(waiting_of_one(some_use(), Joules{5.0}));
}

/// A ledger with a busy GPU, one that never was, one of others and a CPU.
TEST(Efficiency, AFootprintHasTheCountedAccelerators) {
    Ledger ledger;
    for (const char* id : {"gpu0", "gpu1", "gpu2"}) {
        add(ledger, device(id, DeviceKind::kGpu, Quality::kMeasured, 0.05, "nvml"), 10.0, 1000.0, 1000.0);
    }
    add(ledger, device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.03, "rapl"), 10.0, 500.0, 500.0);
    ledger.windows[0].use = some_use();
    ledger.windows[1].use = some_use();
    ledger.windows[1].use.idle = Joules{1000.0};
    ledger.windows[2].use = some_use();
    ledger.devices[2].membership = Membership::kOut;
    ledger.windows[3].use.known_s = 10.0;
    ledger.windows[3].use.busy_s = 2.5;
    const Footprint footprint = footprint_of({}, ledger, {}, refdata::Tables{});
    ASSERT_TRUE(footprint.waiting);
    EXPECT_DOUBLE_EQ(footprint.waiting->known.value(), 2000.0);
    EXPECT_DOUBLE_EQ(footprint.waiting->share(), 0.65);  // (300 + 1000) / 2000
    EXPECT_EQ(footprint.waiting->mostly, WaitingCause::kNeverBusy);
    EXPECT_DOUBLE_EQ(*footprint.parts[0].utilization, 0.6);
    EXPECT_EQ(footprint.parts[0].idle->value(), 300.0);
    EXPECT_DOUBLE_EQ(*footprint.parts[2].utilization, 0.25);
    EXPECT_FALSE(footprint.parts[2].idle) << "a CPU";
}

TEST(Efficiency, ARunWithoutAcceleratorsWaitsForNothing) {
    Ledger ledger;
    add(ledger, device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.03, "rapl"), 10.0, 500.0, 500.0);
    ledger.windows[0].use.known_s = 10.0;
    EXPECT_FALSE(footprint_of({}, ledger, {}, refdata::Tables{}).waiting);
}

}  // namespace
}  // namespace gramme::estimate
