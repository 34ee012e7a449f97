// The generator behind the check of every interval: known numbers, known moments, known points.
#include "estimate/monte_carlo.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gramme::estimate {
namespace {

double independent(std::size_t, std::size_t) {
    return 0.0;
}

TEST(Normals, SameSeedGivesTheSameNumbers) {
    Normals one{kCheckSeed};
    Normals two{kCheckSeed};
    Normals other{kCheckSeed + 1};
    const double first = one.next();
    EXPECT_EQ(first, two.next());
    EXPECT_NE(first, other.next());
}

TEST(Normals, HaveMeanZeroAndVarianceOne) {
    Normals normals{1};
    double sum = 0.0;
    double squares = 0.0;
    constexpr int kCount = 100'000;
    for (int i = 0; i < kCount; ++i) {
        const double z = normals.next();
        sum += z;
        squares += z * z;
    }
    EXPECT_NEAR(sum / kCount, 0.0, 0.01);  // three standard errors: 3 / sqrt(100 000)
    EXPECT_NEAR(squares / kCount, 1.0, 0.0135);
}

TEST(DrawnInterval, OneLognormalHasItsOwnPoints) {
    const Uncertain term[] = {lognormal(2.0, 0.3)};
    const Uncertain factors[] = {lognormal(5.0, 0.4)};
    // sigma 0.5: 10 x exp(+-0.98) = 3.7531 and 26.6446
    const Estimate drawn = drawn_interval(term, independent, factors);
    EXPECT_DOUBLE_EQ(drawn.value, 10.0);
    EXPECT_NEAR(drawn.low / 3.7531, 1.0, 0.01);
    EXPECT_NEAR(drawn.high / 26.6446, 1.0, 0.01);
}

TEST(DrawnInterval, FullyCorrelatedTermsMoveTogether) {
    const Uncertain terms[] = {lognormal(1.0, 0.6), lognormal(3.0, 0.6), lognormal(1.0, 0.0)};
    const auto models = [](std::size_t i, std::size_t j) { return i < 2 && j < 2 ? 1.0 : 0.0; };
    const Estimate drawn = drawn_interval(terms, models, {});
    EXPECT_NEAR(drawn.high / (4.0 * std::exp(1.96 * 0.6) + 1.0), 1.0, 0.01);
}

TEST(DrawnInterval, OfCertainInputsHasNoWidth) {
    const Uncertain terms[] = {lognormal(1.5, 0.0), lognormal(2.5, 0.0)};
    const Estimate drawn = drawn_interval(terms, independent, {}, 100, 1);
    EXPECT_DOUBLE_EQ(drawn.low, 4.0);
    EXPECT_DOUBLE_EQ(drawn.high, 4.0);
}

}  // namespace
}  // namespace gramme::estimate
