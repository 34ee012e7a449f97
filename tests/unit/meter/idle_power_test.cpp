#include "meter/idle_power.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace gramme::meter {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

IdleWindow window(double watts, double busy, double seconds = 1.0) {
    return {Seconds{seconds}, Joules{watts * seconds}, busy};
}

TEST(IdlePower, IsTheMedianOfTheQuietWindows) {
    const std::array windows{window(37.0, 0.0), window(80.0, 0.02), window(36.0, 0.01), window(41.0, 0.019),
                             window(95.0, 0.5)};
    const auto power = idle_power(windows);
    ASSERT_TRUE(power);
    EXPECT_DOUBLE_EQ(power->median.value(), 37.0);
    EXPECT_DOUBLE_EQ(power->spread.value(), 39.0 - 36.5);
    EXPECT_EQ(power->windows, 3U);
}

TEST(IdlePower, OfAnEvenNumberIsHalfWayBetweenTheMiddleTwo) {
    const std::array windows{window(30.0, 0.0), window(40.0, 0.0, 0.5)};
    EXPECT_DOUBLE_EQ(idle_power(windows)->median.value(), 35.0);
}

TEST(IdlePower, OfOneWindowHasNoSpread) {
    const std::array windows{window(30.0, 0.0)};
    EXPECT_DOUBLE_EQ(idle_power(windows)->median.value(), 30.0);
    EXPECT_DOUBLE_EQ(idle_power(windows)->spread.value(), 0.0);
}

TEST(IdlePower, IsUnknownWithoutAQuietWindow) {
    EXPECT_FALSE(idle_power({}));
    const std::array windows{window(37.0, 0.02), window(37.0, kNaN), window(37.0, 0.0, 0.0)};
    EXPECT_FALSE(idle_power(windows));
}

TEST(IdlePower, HalfOfTheWindowsMustBeQuiet) {
    EXPECT_FALSE(quiet_of({}).enough());
    const std::array half{0.0, 0.3, 0.019, 0.5};
    EXPECT_TRUE(quiet_of(half).enough());
    EXPECT_EQ(quiet_of(half).quiet, 2U);
    EXPECT_NEAR(quiet_of(half).mean_busy, 0.20475, 1e-12);
    const std::array fewer{0.0, 0.3, 0.5};
    EXPECT_FALSE(quiet_of(fewer).enough());
    const std::array unknown{kNaN, 0.3};
    EXPECT_FALSE(quiet_of(unknown).enough());
    EXPECT_DOUBLE_EQ(quiet_of(unknown).mean_busy, 0.3);
}

}  // namespace
}  // namespace gramme::meter
