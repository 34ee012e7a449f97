#include "base/utc.hpp"

#include <gtest/gtest.h>

namespace gramme {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(UtcText, WritesIso8601) {
    EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(utc_text(1'700'000'000 * kSecond), "2023-11-14T22:13:20Z");
    EXPECT_EQ(utc_text(951'827'696 * kSecond), "2000-02-29T12:34:56Z");  // a leap day
}

TEST(UtcText, DropsWhatIsBelowASecond) {
    EXPECT_EQ(utc_text(kSecond - 1), "1970-01-01T00:00:00Z");
    EXPECT_EQ(utc_text(-1), "1969-12-31T23:59:59Z");
}

TEST(ParseUtc, ReadsWhatUtcTextWrites) {
    for (const std::int64_t seconds : {0L, 1'700'000'000L, 951'827'696L, 4'102'444'799L}) {
        const auto parsed = parse_utc(utc_text(seconds * kSecond));
        ASSERT_TRUE(parsed) << parsed.error().what;
        EXPECT_EQ(*parsed, seconds * kSecond);
    }
}

TEST(ParseUtc, TakesOffsetsAndDates) {
    EXPECT_EQ(*parse_utc("2026-11-23T09:00:00+05:30"), *parse_utc("2026-11-23T03:30:00Z"));
    EXPECT_EQ(*parse_utc("2026-11-23T09:00:00-01:00"), *parse_utc("2026-11-23T10:00:00Z"));
    EXPECT_EQ(*parse_utc("2026-11-23"), *parse_utc("2026-11-23T00:00:00Z"));
    EXPECT_EQ(*parse_utc("2026-11-23T09:00Z"), *parse_utc("2026-11-23T09:00:00Z"));
    EXPECT_EQ(*parse_utc("2026-11-23T09:00+05:30"), *parse_utc("2026-11-23T03:30:00Z"));
    EXPECT_EQ(*parse_utc("2026-11-23T09:00:07.250Z"), *parse_utc("2026-11-23T09:00:07Z"));
    EXPECT_EQ(*parse_utc(" 2026-11-23 09:00:00Z\n"), *parse_utc("2026-11-23T09:00:00Z"));
}

TEST(ParseUtc, RefusesWhatIsNoTime) {
    for (const char* text :
         {"", "2026", "2026-13-01", "2026-02-29", "2026-00-10", "2026/11/23", "2026-11-23T",
          "2026-11-23T25:00:00Z", "2026-11-23T09:60:00Z", "2026-11-23T09:00:00", "2026-11-23T09:00:00Zx",
          "2026-11-23T09:00:00+5:30", "2026-11-23T09:00:00+99:00", "2026-11-23T09:00:00+05:75", "x026-11-23",
          "202 -11-23", "2026-1-23T09:00:00Z"}) {
        const auto parsed = parse_utc(text);
        ASSERT_FALSE(parsed) << "'" << text << "'";
        EXPECT_EQ(parsed.error().code, Code::kMalformed);
        EXPECT_FALSE(parsed.error().hint.empty());
    }
}

TEST(ParseUtc, RefusesYearsThatNanosecondsCannotHold) {  // 2^63 ns end in the year 2262
    EXPECT_TRUE(parse_utc("2261-12-31"));
    for (const char* text : {"0001-01-01", "1969-12-31", "2262-01-01", "9999-12-31T23:59:59Z"}) {
        const auto parsed = parse_utc(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, Code::kOutOfRange);
    }
}

TEST(UtcOffset, IsReadAndWritten) {
    EXPECT_EQ(utc_offset_of("2026-11-23T09:00+05:30"), 330);
    EXPECT_EQ(utc_offset_of(" 2026-11-23T09:00:00-08:00\n"), -480);
    for (const char* utc :
         {"2026-11-23", "2026-11-23T09:00Z", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00", ""}) {
        EXPECT_EQ(utc_offset_of(utc), 0) << utc;
    }
    const auto at = *parse_utc("2026-11-23T23:30:00Z");
    EXPECT_EQ(offset_text(at, 60), "2026-11-24T00:30:00+01:00");
    EXPECT_EQ(offset_text(at, -570), "2026-11-23T14:00:00-09:30");
    EXPECT_EQ(*parse_utc(offset_text(at, -570)), at);
}

}  // namespace
}  // namespace gramme
