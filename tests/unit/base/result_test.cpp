#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <type_traits>

namespace gramme {
namespace {

static_assert(!std::is_convertible_v<Result<int>, bool>, "a Result is no number");
static_assert(std::is_nothrow_move_constructible_v<Error>);

Result<int> half(int value) {
    if (value % 2 != 0) {
        return Error{Code::kMalformed, std::to_string(value) + " is odd", "give an even number"};
    }
    return value / 2;
}

Result<int> quarter(int value) {
    GRAMME_TRY(const int once, half(value));
    GRAMME_TRY(const int twice, half(once));
    return twice;
}

Result<void> demand_even(int value) {
    GRAMME_CHECK(half(value));
    return {};
}

TEST(Result, HoldsAValue) {
    const auto result = half(8);
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, 4);
}

TEST(Result, HoldsAnErrorWithWhatAndHint) {
    const auto result = half(7);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::kMalformed);
    EXPECT_EQ(result.error().what, "7 is odd");
    EXPECT_EQ(result.error().hint, "give an even number");
}

TEST(Result, TryReturnsTheFirstError) {
    EXPECT_EQ(*quarter(12), 3);
    EXPECT_EQ(quarter(7).error().what, "7 is odd");
    EXPECT_EQ(quarter(6).error().what, "3 is odd");
}

TEST(Result, CheckDropsTheValueAndKeepsTheError) {
    EXPECT_TRUE(demand_even(2));
    EXPECT_EQ(demand_even(3).error().what, "3 is odd");
}

TEST(Result, MovesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>> result{std::make_unique<int>(5)};
    ASSERT_TRUE(result);
    const std::unique_ptr<int> taken = *std::move(result);
    EXPECT_EQ(*taken, 5);
}

}  // namespace
}  // namespace gramme
