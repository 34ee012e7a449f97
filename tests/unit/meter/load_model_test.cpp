#include "meter/load_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gramme::meter {
namespace {

const LoadModel kLinear{.idle = Watts{10.0}, .full = Watts{110.0}};
const LoadModel kPackage{
    .idle = Watts{10.0}, .full = Watts{110.0}, .bend = kPackageBend, .clock_exponent = kClockExponent};

TEST(PowerAt, IdleAndFullAreTheEndsOfTheCurve) {
    EXPECT_DOUBLE_EQ(power_at(kPackage, 0.0).value(), 10.0);
    EXPECT_DOUBLE_EQ(power_at(kPackage, 1.0).value(), 110.0);
}

TEST(PowerAt, WithoutABendItIsAStraightLine) {
    EXPECT_NEAR(power_at(kLinear, 0.37).value(), 47.0, 1e-9);  // 10 + 100 x 0.37
}

TEST(PowerAt, BendsAsPackagesDo) {
    EXPECT_NEAR(power_at(kPackage, 0.1).value(), 32.6294, 1e-4);  // ln 1.5 / ln 6 = 0.226294
    EXPECT_NEAR(power_at(kPackage, 0.5).value(), 79.9180, 1e-4);  // ln 3.5 / ln 6 = 0.699180
}

TEST(PowerAt, AClockBelowItsBaseLowersWhatIsAboveIdle) {
    EXPECT_NEAR(power_at(kPackage, 1.0, 0.5).value(), 42.9877, 1e-4);  // 10 + 100 x 0.5^1.6 = 0.329877
    EXPECT_DOUBLE_EQ(power_at(kPackage, 0.0, 0.5).value(), 10.0);
    EXPECT_DOUBLE_EQ(power_at(kLinear, 0.5, 0.5).value(), 60.0);  // no exponent: memory does not care
}

TEST(PowerAt, AClockAboveItsBaseOrUnknownIsTheBase) {
    const double base = power_at(kPackage, 0.5).value();
    EXPECT_DOUBLE_EQ(power_at(kPackage, 0.5, 1.0).value(), base);
    EXPECT_DOUBLE_EQ(power_at(kPackage, 0.5, 1.4).value(), base);
    EXPECT_DOUBLE_EQ(power_at(kPackage, 0.5, 0.0).value(), base);
    EXPECT_DOUBLE_EQ(power_at(kPackage, 0.5, -1.0).value(), base);
    EXPECT_DOUBLE_EQ(power_at(kPackage, 0.5, std::numeric_limits<double>::quiet_NaN()).value(), base);
}

TEST(PowerAt, LoadOutsideItsRangeIsClamped) {
    EXPECT_DOUBLE_EQ(power_at(kPackage, -0.2).value(), 10.0);
    EXPECT_DOUBLE_EQ(power_at(kPackage, 1.7).value(), 110.0);
    EXPECT_DOUBLE_EQ(power_at(kPackage, std::numeric_limits<double>::quiet_NaN()).value(), 10.0);
}

TEST(PowerAt, NeverFallsAsLoadOrClockRises) {
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(power_at(kPackage, i / 1000.0).value(), power_at(kPackage, (i + 1) / 1000.0).value());
        EXPECT_LE(power_at(kPackage, 0.6, (i + 1) / 1000.0).value(),
                  power_at(kPackage, 0.6, (i + 2) / 1000.0).value());
    }
}

}  // namespace
}  // namespace gramme::meter
