#include "track/log_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gramme::track {
namespace {

Result<void> add(LogBuffer& log, std::vector<LoggedValue> values) {
    return log.add(values);
}

TEST(LogBuffer, AddsUpCountsAndKeepsTheLastOfOtherValues) {
    LogBuffer log;
    ASSERT_TRUE(add(log, {{"tokens", 100.0}, {"loss", 2.5}}));
    ASSERT_TRUE(add(log, {{"tokens", 50.0}, {"loss", 1.25}}));
    EXPECT_EQ(*log.take(), R"({"tokens": 150, "loss": 1.25})");
    EXPECT_FALSE(log.take()) << "once";
    ASSERT_TRUE(add(log, {{"tokens", 1.0}}));
    EXPECT_EQ(*log.take(), R"({"tokens": 1})");
}

TEST(LogBuffer, WritesWhatJsonHasNoNumberForAsText) {
    LogBuffer log;
    ASSERT_TRUE(add(log, {{"loss", std::nan("")}, {"a\"b", std::numeric_limits<double>::infinity()}}));
    EXPECT_EQ(*log.take(), R"({"loss": "nan", "a\"b": "inf"})");
}

TEST(LogBuffer, TakesAllValuesOfACallOrNone) {
    LogBuffer log;
    EXPECT_FALSE(add(log, {{"loss", 1.0}, {"tokens", -1.0}}));
    EXPECT_FALSE(add(log, {{"loss", 1.0}, {"samples", std::nan("")}}));
    EXPECT_FALSE(add(log, {{"loss", 1.0}, {"", 1.0}}));
    EXPECT_FALSE(add(log, {{"loss", 1.0}, {std::string(64, 'x'), 1.0}}));
    EXPECT_FALSE(log.take());
}

TEST(LogBuffer, HasRoomForThirtyTwoNames) {
    LogBuffer log;
    std::vector<std::string> names;
    for (int i = 0; i < 33; ++i) {
        names.push_back("v" + std::to_string(i));
    }
    for (int i = 0; i < 32; ++i) {
        EXPECT_TRUE(add(log, {{names[static_cast<std::size_t>(i)], 1.0}}));
    }
    const auto refused = add(log, {{names[32], 1.0}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kUsage);
    EXPECT_TRUE(add(log, {{names[0], 2.0}})) << "a known one is no new name";
}

TEST(LogPace, IsHalvedAfterEachThousandMarkers) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    LogPace pace{kSecond};
    int made = 0;
    constexpr int kWeek = 7 * 86'400;
    for (int second = 0; second < kWeek; ++second) {
        made += pace.is_due(second * kSecond) ? 1 : 0;
    }
    // 1,000 seconds of the first pace, 2,000 of the second, ...: 1000 (2^n - 1) seconds hold n thousand
    // markers.
    EXPECT_GT(made, 9'000);
    EXPECT_LT(made, 10'000);
}

}  // namespace
}  // namespace gramme::track
