#include "plan/amount.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gramme::plan {
namespace {

double amount(std::string_view text) {
    const auto read = parse_amount(text, "--tokens");
    EXPECT_TRUE(read) << text;
    return read ? *read : 0.0;
}

TEST(Amount, TakesTheLettersThatPeopleUse) {
    EXPECT_DOUBLE_EQ(amount("7B"), 7e9);
    EXPECT_DOUBLE_EQ(amount("540.35b"), 540.35e9);
    EXPECT_DOUBLE_EQ(amount("2T"), 2e12);
    EXPECT_DOUBLE_EQ(amount(" 350M "), 350e6);
    EXPECT_DOUBLE_EQ(amount("48k"), 48e3);
    EXPECT_DOUBLE_EQ(amount("1e9"), 1e9);
    EXPECT_DOUBLE_EQ(amount("3"), 3.0);
}

TEST(Amount, RefusesWhatIsNone) {
    for (const char* text : {"", "B", "-7B", "0", "7x", "nan", "inf", "1e308T", "7 B B", "7..8"}) {
        const auto read = parse_amount(text, "--tokens");
        EXPECT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, Code::kUsage);
        EXPECT_EQ(read.error().what.find("--tokens"), 0U);
    }
}

TEST(Ranges, AreBoundsOfALognormal) {
    const auto range = parse_range("1.5..2.7", "--times");
    ASSERT_TRUE(range);
    EXPECT_DOUBLE_EQ(range->centre(), std::sqrt(1.5 * 2.7));
    EXPECT_NEAR(range->sigma_ln(), 0.149946, 1e-6);  // ln(1.8) / 3.92 = 0.587787 / 3.92
    const auto one = parse_range("48k", "--tokens-per-second");
    ASSERT_TRUE(one);
    EXPECT_DOUBLE_EQ(one->centre(), 48e3);
    EXPECT_EQ(one->sigma_ln(), 0.0);
    for (const char* text : {"2..1", "..", "1..", "..2", "1..2..3", ""}) {
        EXPECT_FALSE(parse_range(text, "--times")) << text;
    }
}

TEST(Ranges, OfSharesTakePercent) {
    const auto read = [](std::string_view text) {
        const auto range = parse_share_range(text, "--mfu");
        EXPECT_TRUE(range) << text;
        return range ? *range : Range{};
    };
    EXPECT_DOUBLE_EQ(read("0.34").low, 0.34);
    EXPECT_DOUBLE_EQ(read("34%").high, 0.34);
    EXPECT_DOUBLE_EQ(read("30..45%").low, 0.30);
    EXPECT_DOUBLE_EQ(read("30%..45%").high, 0.45);
    for (const char* text : {"0", "1.1", "110%", "0.5..0.4", "x", "-0.3", "", "nan"}) {
        EXPECT_FALSE(parse_share_range(text, "--mfu")) << text;
    }
}

TEST(Widened, AddsSquaresOfLogarithms) {
    // lognormal of 0.3 and 0.4: 0.5, exp(0.98) = 2.664456
    const double three = std::exp(1.96 * 0.3);
    const Estimate e = widened({10.0, 10.0 / three, 10.0 * three}, 0.4);
    EXPECT_DOUBLE_EQ(e.value, 10.0);
    EXPECT_NEAR(e.high, 26.64456, 1e-4);
    EXPECT_NEAR(e.low, 3.753111, 1e-5);
}

TEST(Widened, LeavesWhatIsExactOrNothingAlone) {
    const Estimate same = widened({10.0, 8.0, 13.0}, 0.0);
    EXPECT_EQ(same.low, 8.0);
    EXPECT_EQ(same.high, 13.0);
    EXPECT_EQ(widened({0.0, 0.0, 0.0}, 0.5).high, 0.0);
    EXPECT_EQ(widened({10.0, 0.0, 20.0}, 0.5).low, 0.0);
}

}  // namespace
}  // namespace gramme::plan
