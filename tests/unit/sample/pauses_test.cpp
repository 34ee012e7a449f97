#include "sample/pauses.hpp"

#include <gtest/gtest.h>

namespace gramme::sample {
namespace {

TEST(Pauses, TellHowMuchOfThemLiesBeforeAnInstant) {
    Pauses pauses;
    EXPECT_EQ(pauses.until(100), 0);
    pauses.begin(10);
    pauses.begin(12);  // again: nothing
    EXPECT_EQ(pauses.until(15), 5) << "it goes on";
    pauses.end(20);
    pauses.end(22);
    pauses.begin(50);
    pauses.end(51);
    EXPECT_EQ(pauses.until(9), 0);
    EXPECT_EQ(pauses.until(14), 4);
    EXPECT_EQ(pauses.until(30), 10);
    EXPECT_EQ(pauses.until(51), 11);
    EXPECT_EQ(pauses.until(1000), 11);
}

TEST(Pauses, ThoseLongAgoAreOver) {
    Pauses pauses;
    const auto many = static_cast<std::int64_t>(Pauses::kKept) + 10;
    for (std::int64_t i = 0; i < many; ++i) {
        pauses.begin(10 * i);
        pauses.end(10 * i + 3);
    }
    EXPECT_EQ(pauses.until(10 * many), 3 * many);
    EXPECT_EQ(pauses.until(10 * (many - 1) + 1), 3 * (many - 1) + 1);
    EXPECT_EQ(pauses.until(0), 30) << "of the ten that are not kept";
}

}  // namespace
}  // namespace gramme::sample
