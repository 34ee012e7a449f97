#include "base/digits.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

namespace gramme {
namespace {

std::string text_of(double value) {
    char text[kMostDigits];
    return {text, write_digits(text, value)};
}

TEST(Digits, NineOfThemWithoutTrailingZeros) {
    EXPECT_EQ(text_of(0.0), "0");
    EXPECT_EQ(text_of(1.0), "1");
    EXPECT_EQ(text_of(0.5), "0.5");
    EXPECT_EQ(text_of(1200.0), "1200");
    EXPECT_EQ(text_of(12.69340880873777), "12.6934088");
    EXPECT_EQ(text_of(0.8100628859925034), "0.810062886");
    EXPECT_EQ(text_of(0.001234567891), "0.00123456789");
    EXPECT_EQ(text_of(123456789012.0), "123456789000");
    EXPECT_EQ(text_of(999999999.9), "1000000000");
    EXPECT_EQ(text_of(0.99999999999), "1");
    EXPECT_EQ(text_of(9.99999999999), "10");
    EXPECT_EQ(text_of(1e-300), "1e-300");
    EXPECT_EQ(text_of(-2.5), "-2.5");
}

TEST(Digits, EveryTextReadsBackToNineDigits) {
    std::uint64_t state =
        88172645463325252U;  // xorshift64 (Marsaglia 2003): the same numbers on every machine
    for (int i = 0; i < 100'000; ++i) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        const double unit = static_cast<double>(state >> 11U) / 9007199254740992.0;
        const double value = std::pow(10.0, 40.0 * unit - 20.0);
        const std::string text = text_of(value);
        double back = 0.0;
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), back);
        ASSERT_EQ(status, std::errc{}) << text;
        ASSERT_EQ(end, text.data() + text.size()) << text;
        // half a unit of the ninth digit, at most 5e-9 of the value
        ASSERT_NEAR(back / value, 1.0, 5.0000001e-9) << text;
    }
}

}  // namespace
}  // namespace gramme
