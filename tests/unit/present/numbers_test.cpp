// No more digits than the interval supports, in a unit that fits.
#include "present/numbers.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "present/plan_numbers.hpp"

namespace gramme::present {
namespace {

struct Vector {
    Estimate estimate;
    Dimension dimension;
    const char* text;
};

TEST(Shown, FollowsTheRuleOfDigits) {
    const Vector vectors[] = {
        // a = min(value - low, high - value); one place below its first digit where that is 1 or 2
        {{87.03, 70.2, 104.0}, Dimension::kCarbon, "87 70 104 kg"},      // a = 16.8 -> ones
        {{1.83, 1.51, 2.23}, Dimension::kCarbon, "1.8 1.5 2.2 kg"},      // a = 0.32 -> tenths
        {{127.3, 120.3, 134.3}, Dimension::kEnergy, "127 120 134 kWh"},  // a = 7 -> ones
        {{4.1, 1.9, 8.8}, Dimension::kCarbon, "4.1 1.9 8.8 kg"},         // a = 2.2 -> tenths
        {{0.000412, 0.00033, 0.00051}, Dimension::kCarbon, "410 330 510 mg"},
        {{1234.6, 980.0, 1560.0}, Dimension::kCarbon, "1.23 0.98 1.56 t"},
        {{552000.0, 502000.0, 607000.0}, Dimension::kCarbon, "550 500 610 t"},
        {{0.000021, 0.000018, 0.000025}, Dimension::kEnergy, "76 65 90 J"},
        {{0.0124, 0.0021, 0.071}, Dimension::kCarbon, "12 2 71 g"},
        {{999.6, 940.0, 1063.0}, Dimension::kCarbon, "1.00 0.94 1.06 t"},  // the unit of what is printed
        {{996.0, 940.0, 1055.0}, Dimension::kCarbon, "1.00 0.94 1.06 t"},
        {{0.0009996, 0.0009, 0.0011}, Dimension::kCarbon, "1.00 0.90 1.10 g"},
        {{3.2, 0.0, 12.0}, Dimension::kCarbon, "3 0 12 kg"},
        {{12.004, 11.99, 12.02}, Dimension::kCarbon, "12.00 11.99 12.02 kg"},  // four digits at most
        {{3.0, 0.3, 30.0}, Dimension::kCarbon, "3.0 0.3 30.0 kg"},             // a = 2.7 -> tenths
        {{3.4, 0.04, 30.0}, Dimension::kCarbon, "3 0.04 30 kg"},               // a positive low is never 0
        {{0.00142, 0.001, 0.0021}, Dimension::kEnergy, "1.4 1.0 2.1 Wh"},
        {{0.00012, 0.00006, 0.00024}, Dimension::kEnergy, "0.12 0.06 0.24 Wh"},  // J only below 0.1 Wh
    };
    for (const Vector& one : vectors) {
        const Shown s = shown(one.estimate, one.dimension);
        EXPECT_EQ(s.value + " " + s.low + " " + s.high + " " + s.unit, one.text);
        EXPECT_FALSE(s.exact);
    }
}

TEST(Shown, KeepsExactValuesAndZero) {
    const Shown exact = shown({1.5, 1.5, 1.5}, Dimension::kCarbon);
    EXPECT_EQ(exact.value + exact.unit, "1.5kg");
    EXPECT_TRUE(exact.exact);
    const Shown zero = shown({0.0, 0.0, 0.0}, Dimension::kEnergy);
    EXPECT_EQ(zero.value + zero.unit, "0kWh");
}

TEST(Shown, WhatNobodyCountsTheZerosOfIsAPowerOfTen) {
    // The grid of a space of 199 parameters with three values each.
    const Shown grid = shown({2.84e85, 5.1e84, 1.581e86}, Dimension::kCarbon);
    EXPECT_EQ(grid.value + " " + grid.low + " " + grid.high + " " + grid.unit, "2.8e82 5e81 1.58e83 t");
    EXPECT_EQ(shown_alone(3.94e85, Dimension::kEnergy, 3), "3.94e79 GWh");
    const Shown little = shown({1.2e-305, 3e-306, 4.2e-305}, Dimension::kCarbon);
    EXPECT_EQ(little.value + " " + little.low + " " + little.high + " " + little.unit,
              "1.2e-299 3e-300 4.2e-299 mg");
    EXPECT_EQ(shown({1.2e-305, 0.0, 4.2e-305}, Dimension::kCarbon).low, "0");
    EXPECT_EQ(readable(significant(1.25e-12, 2)), "1.3e-12");
    EXPECT_EQ(readable(significant(1.25e-9, 2)), "0.0000000013");
    EXPECT_EQ(readable(rounded(1e-12, -1)), "0.0");
    EXPECT_EQ(readable(rounded(999999999999999.0, 0)), "999999999999999");
    EXPECT_EQ(readable(rounded(-1.5e20, 0)), "-1.5e20");
    EXPECT_EQ(readable(significant(1e20, 3)), "1e20");
    EXPECT_EQ(readable(significant(std::numeric_limits<double>::max(), 1)), "2e308");
    EXPECT_EQ(readable(rounded(123456.7, -1)), "123456.7");
    EXPECT_EQ(readable(rounded(12345678901234567.0, -1)), "1.23456789012346e16");
    // What an explanation is worked out from stays plain: it is typed into a calculator.
    EXPECT_EQ(significant(1.2e20, 4), "120000000000000000000");
}

TEST(Rounded, GoesHalfAwayFromZeroOnTheDecimalText) {
    EXPECT_EQ(rounded(2.675, -2), "2.68");  // the double is 2.67499999999999982
    EXPECT_EQ(rounded(-2.675, -2), "-2.68");
    EXPECT_EQ(rounded(0.5, 0), "1");
    EXPECT_EQ(rounded(0.4999, 0), "0");
    EXPECT_EQ(rounded(-0.4, 0), "0");
    EXPECT_EQ(rounded(99.96, -1), "100.0");
    EXPECT_EQ(rounded(1250.0, 2), "1300");
    EXPECT_EQ(rounded(4.0, 1), "0");
    EXPECT_EQ(rounded(5.0, 1), "10");
    EXPECT_EQ(rounded(0.001, -2), "0.00");
    EXPECT_EQ(rounded(std::numeric_limits<double>::infinity(), 0), "");
}

TEST(Significant, DropsZerosThatSayNothing) {
    EXPECT_EQ(significant(1.0, 4), "1");
    EXPECT_EQ(significant(1.54, 4), "1.54");
    EXPECT_EQ(significant(458.29, 4), "458.3");
    EXPECT_EQ(significant(12003.0, 2), "12000");
    EXPECT_EQ(significant(0.0996, 2), "0.1");
    EXPECT_EQ(significant(0.0, 3), "0");
}

TEST(Shortest, ReadsBackAsTheSameNumber) {
    EXPECT_EQ(shortest(0.1), "0.1");
    EXPECT_EQ(shortest(1.0 / 3.0), "0.3333333333333333");
    EXPECT_EQ(shortest(std::numeric_limits<double>::quiet_NaN()), "");
}

TEST(SavedText, NothingSavesAll) {
    EXPECT_EQ(saved_text(0.9056), "90.6 %");
    EXPECT_EQ(saved_text(0.9994), "99.9 %");
    EXPECT_EQ(saved_text(0.99994), "more than 99.9 %");  // 59 of a million points
}

TEST(DurationText, AgesAreInYears) {
    EXPECT_EQ(duration_text(3.6e12), "114000 years");  // 1e9 h
    EXPECT_EQ(duration_text(1e90), "3.17e82 years");
    EXPECT_EQ(duration_text(8.64e11), "10000000 d 0 h");
}

TEST(DurationText, ShowsTheTwoLargestParts) {
    EXPECT_EQ(duration_text(0.8), "0.8 s");
    EXPECT_EQ(duration_text(0.0123), "0.012 s");
    EXPECT_EQ(duration_text(41.2), "41 s");
    EXPECT_EQ(duration_text(133.0), "2 min 13 s");
    EXPECT_EQ(duration_text(7500.0), "2 h 05 min");
    EXPECT_EQ(duration_text(302400.0), "3 d 12 h");
    EXPECT_EQ(duration_text(59.6), "1 min 00 s");
}

}  // namespace
}  // namespace gramme::present
