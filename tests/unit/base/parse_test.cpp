#include "base/parse.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gramme {
namespace {

template <class T>
Code code_of(const Result<T>& result) {
    return result ? Code::kBug : result.error().code;
}

TEST(ParseU64, TakesTheWholeRange) {
    EXPECT_EQ(*parse_u64("0"), 0U);
    EXPECT_EQ(*parse_u64("18446744073709551615"), 18'446'744'073'709'551'615U);
    EXPECT_EQ(code_of(parse_u64("18446744073709551616")), Code::kOutOfRange);
}

TEST(ParseU64, TakesTheLineEndOfASysfsFile) {
    EXPECT_EQ(*parse_u64("262143328850\n"), 262'143'328'850U);
    EXPECT_EQ(*parse_u64(" 42\t\r\n"), 42U);
}

TEST(ParseU64, RefusesSignsTailsAndOtherBases) {
    for (const char* text : {"", " ", "+1", "-1", "1x", "1 2", "1.0", "0x10", "1e3", "١"}) {
        EXPECT_EQ(code_of(parse_u64(text)), Code::kMalformed) << "'" << text << "'";
    }
}

TEST(ParseU64, NamesWhatItRefuses) {
    EXPECT_EQ(parse_u64("12 W\n").error().what, "'12 W' is not a whole number");
    EXPECT_EQ(parse_u64(std::string(100, 'x')).error().what,
              "'" + std::string(40, 'x') + "...' is not a whole number");
    EXPECT_EQ(parse_u64("a\tb").error().what,
              "'a?b' is not a whole number");  // no control bytes on a terminal
}

TEST(ParseI64, TakesTheWholeRange) {
    EXPECT_EQ(*parse_i64("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(*parse_i64("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(code_of(parse_i64("9223372036854775808")), Code::kOutOfRange);
}

TEST(ParseDouble, TakesDecimalNumbers) {
    EXPECT_EQ(*parse_double("0.1"), 0.1);
    EXPECT_EQ(*parse_double("-2.5e-3\n"), -0.0025);
    EXPECT_EQ(*parse_double("432.727"), 432.727);
}

TEST(ParseDouble, RefusesWhatIsNotAFiniteNumber) {
    for (const char* text : {"", "nan", "inf", "-inf", "infinity", "1,5", "1.5 W", "+1.5", "0x1p3"}) {
        EXPECT_EQ(code_of(parse_double(text)), Code::kMalformed) << "'" << text << "'";
    }
    EXPECT_EQ(code_of(parse_double("1e999")), Code::kOutOfRange);
}

TEST(ReadU64, AgreesWithParseU64) {
    for (const char* text : {"0", "42\n", "18446744073709551615", "18446744073709551616", "", "-1", "1x"}) {
        const auto parsed = parse_u64(text);
        const auto read = read_u64(text);
        ASSERT_EQ(read.has_value(), static_cast<bool>(parsed)) << text;
        if (read) {
            EXPECT_EQ(*read, *parsed);
        }
    }
}

TEST(ParseDuration, KnowsItsUnits) {
    EXPECT_DOUBLE_EQ(*parse_duration_s("500ms"), 0.5);
    EXPECT_DOUBLE_EQ(*parse_duration_s("2.5"), 2.5);
    EXPECT_DOUBLE_EQ(*parse_duration_s("2.5s"), 2.5);
    EXPECT_DOUBLE_EQ(*parse_duration_s("5m"), 300.0);
    EXPECT_DOUBLE_EQ(*parse_duration_s("5min"), 300.0);
    EXPECT_DOUBLE_EQ(*parse_duration_s(" 1h "), 3'600.0);
}

TEST(ParseDuration, RefusesTheRest) {
    for (const char* text : {"", "s", "1d", "-1s", "1 s", "1s2", "1..5s", "1e3s", "one"}) {
        EXPECT_FALSE(parse_duration_s(text)) << "'" << text << "'";
    }
    EXPECT_FALSE(parse_duration_s(std::string(308, '9') + "h"));  // finite in seconds' digits, not in hours
}

TEST(Trimmed, DropsBlanksAtBothEnds) {
    EXPECT_EQ(trimmed(" \t a b \r\n"), "a b");
    EXPECT_EQ(trimmed(" \n"), "");
}

TEST(CpuList, GivesEachNumber) {
    EXPECT_EQ(parse_cpu_list("0-3,8-9,15\n"), (std::vector<int>{0, 1, 2, 3, 8, 9, 15}));
    EXPECT_EQ(parse_cpu_list("0\n"), std::vector<int>{0});
    for (const char* text : {"", "-", "3-1", "0-", "0,", "a", "0-99999999", "0 1", "3,1", "1,1"}) {
        EXPECT_TRUE(parse_cpu_list(text).empty()) << text;
    }
}

}  // namespace
}  // namespace gramme
