#include "sample/stretches.hpp"

#include <gtest/gtest.h>

namespace gramme::sample {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr auto kNoPause = [](std::int64_t) { return std::int64_t{0}; };

double joules_of(const StretchEnergy& energy, DeviceKind kind) {
    return energy.by_kind.at(static_cast<std::size_t>(kind)).value_or(Joules{-1.0}).value();
}

TEST(Stretches, GetOfEachWindowThePartThatLiesInThem) {
    Stretches stretches;
    const std::int64_t outer = stretches.begin(1000 * kMs);
    stretches.add(DeviceKind::kCpu, 900 * kMs, 1100 * kMs, Joules{20.0});  // half of it
    const std::int64_t inner = stretches.begin(1100 * kMs);
    stretches.add(DeviceKind::kCpu, 1100 * kMs, 1200 * kMs, Joules{7.0});
    stretches.add(DeviceKind::kGpu, 0, 2000 * kMs, Joules{200.0});
    stretches.end(inner, 1150 * kMs);  // a window may end behind it, and is told later
    stretches.add(DeviceKind::kCpu, 1200 * kMs, 1300 * kMs, Joules{5.0});
    const StretchEnergy of_inner = stretches.take(inner);
    EXPECT_DOUBLE_EQ(joules_of(of_inner, DeviceKind::kCpu), 7.0) << "it was open when that was told";
    stretches.end(outer, 1250 * kMs);
    stretches.add(DeviceKind::kMemory, 1200 * kMs, 1300 * kMs, Joules{2.0});
    const StretchEnergy of_outer = stretches.take(outer);
    EXPECT_DOUBLE_EQ(joules_of(of_outer, DeviceKind::kCpu), 10.0 + 7.0 + 5.0);
    EXPECT_DOUBLE_EQ(joules_of(of_outer, DeviceKind::kMemory), 1.0) << "half of it lies behind the end";
    EXPECT_DOUBLE_EQ(joules_of(of_outer, DeviceKind::kGpu), 100.0);
}

TEST(Stretches, OneThatIsShorterThanAWindowGoesOnAsBefore) {
    Stretches stretches;
    RecentPower recent;
    recent.add(1000 * kMs, Seconds{0.5}, Joules{50.0}, false);
    const std::int64_t id = stretches.begin(1002 * kMs);
    stretches.end(id, 1006 * kMs);
    stretches.add_tail(id, DeviceKind::kCpu, recent, kNoPause);
    const StretchEnergy energy = stretches.take(id);
    EXPECT_NEAR(energy.sum().value(), 0.4, 1e-12) << "100 W for 4 ms";
    EXPECT_TRUE(energy.is_whole);
}

TEST(Stretches, WhatIsNotKnownIsAbsentAndNotZero) {
    Stretches stretches;
    const RecentPower never{};
    RecentPower long_ago;
    long_ago.add(1000 * kMs, Seconds{0.5}, Joules{50.0}, false);
    const std::int64_t id = stretches.begin(5000 * kMs);
    stretches.end(id, 5003 * kMs);
    stretches.add_tail(id, DeviceKind::kCpu, never, kNoPause);
    stretches.add_tail(id, DeviceKind::kGpu, long_ago, kNoPause);
    const StretchEnergy energy = stretches.take(id);
    EXPECT_FALSE(energy.is_known());
    EXPECT_FALSE(energy.is_whole);
}

TEST(Stretches, NothingOfAPauseIsInThem) {
    Stretches stretches;
    RecentPower recent;
    recent.add(1000 * kMs, Seconds{0.5}, Joules{50.0}, false);
    recent.add(1010 * kMs, Seconds{0.01}, Joules{0.0}, true);  // forgotten at once
    const std::int64_t id = stretches.begin(1010 * kMs);
    stretches.end(id, 1020 * kMs);
    stretches.add_tail(id, DeviceKind::kCpu, recent, [](std::int64_t at_ns) {  // the first 4 ms are paused
        return std::min<std::int64_t>(std::max<std::int64_t>(at_ns - 1010 * kMs, 0), 4 * kMs);
    });
    EXPECT_NEAR(stretches.take(id).sum().value(), 0.6, 1e-12);
}

TEST(RecentPower, IsThatOfATenthOfASecond) {
    RecentPower recent;
    EXPECT_FALSE(recent.power());
    recent.add(10 * kMs, Seconds{0.01}, Joules{0.0}, false);
    recent.add(20 * kMs, Seconds{0.01}, Joules{2.0}, false);
    EXPECT_DOUBLE_EQ(recent.power()->value(), 100.0) << "as much as there is";
    recent.add(120 * kMs, Seconds{0.10}, Joules{22.0}, false);
    EXPECT_DOUBLE_EQ(recent.power()->value(), 200.0);
    recent.add(130 * kMs, Seconds{0.01}, Joules{0.0}, false);
    EXPECT_DOUBLE_EQ(recent.power()->value(), 200.0) << "a step that did not come yet is no power of 0";
}

}  // namespace
}  // namespace gramme::sample
