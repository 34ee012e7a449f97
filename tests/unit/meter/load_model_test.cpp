#include "meter/load_model.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gramme::meter {
namespace {

const LoadModel kLinear{.idle = Watts{10.0}, .full = Watts{110.0}};
const LoadModel kCurved{.idle = Watts{10.0}, .full = Watts{110.0}, .shape = kSpecPowerShape};

TEST(PowerAt, IdleAndFullAreTheEndsOfTheCurve) {
    EXPECT_DOUBLE_EQ(power_at(kCurved, 0.0).value(), 10.0);
    EXPECT_DOUBLE_EQ(power_at(kCurved, 1.0).value(), 110.0);
}

TEST(PowerAt, AStraightShapeIsAStraightLine) {
    EXPECT_NEAR(power_at(kLinear, 0.37).value(), 47.0, 1e-9);  // 10 + 100 x 0.37
}

TEST(PowerAt, FollowsTheShapeBetweenItsSteps) {
    EXPECT_NEAR(power_at(kCurved, 0.5).value(), 55.3, 1e-9);    // 10 + 100 x 0.453
    EXPECT_NEAR(power_at(kCurved, 0.25).value(), 38.4, 1e-9);   // halfway from 0.251 to 0.317: 0.284
    EXPECT_NEAR(power_at(kCurved, 0.95).value(), 102.8, 1e-9);  // halfway from 0.856 to 1: 0.928
}

TEST(PowerAt, LoadOutsideItsRangeIsClamped) {
    EXPECT_DOUBLE_EQ(power_at(kCurved, -0.2).value(), 10.0);
    EXPECT_DOUBLE_EQ(power_at(kCurved, 1.7).value(), 110.0);
    EXPECT_DOUBLE_EQ(power_at(kCurved, std::numeric_limits<double>::quiet_NaN()).value(), 10.0);
}

TEST(PowerAt, NeverFallsAsLoadRises) {
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(power_at(kCurved, i / 1000.0).value(), power_at(kCurved, (i + 1) / 1000.0).value());
    }
}

}  // namespace
}  // namespace gramme::meter
