// Interval arithmetic: worked by hand where that is possible, against Monte Carlo where it is not.
#include "estimate/lognormal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include <string>
#include <vector>

#include "estimate/monte_carlo.hpp"

namespace gramme::estimate {
namespace {

double independent(std::size_t, std::size_t) {
    return 0.0;
}

TEST(Lognormal, IntervalIsValueTimesExpOfSigma) {
    const Estimate e = interval_of(lognormal(100.0, 0.30));
    EXPECT_DOUBLE_EQ(e.value, 100.0);
    EXPECT_NEAR(e.low, 55.543, 0.001);    // 100 x exp(-0.588)
    EXPECT_NEAR(e.high, 180.038, 0.001);  // 100 x exp(+0.588)
}

TEST(Lognormal, CertainValueHasNoWidth) {
    const Estimate e = interval_of(lognormal(5.0, 0.0));
    EXPECT_EQ(e.low, 5.0);
    EXPECT_EQ(e.high, 5.0);
}

TEST(Lognormal, ProductAddsVariancesOfTheLogarithm) {
    // sigma^2 = 0.3^2 + 0.4^2 = 0.25; 1.96 x 0.5 = 0.98; exp(0.98) = 2.664456
    const Estimate e = interval_of(product(lognormal(2.0, 0.3), lognormal(5.0, 0.4)));
    EXPECT_DOUBLE_EQ(e.value, 10.0);
    EXPECT_NEAR(e.high, 26.64456, 1e-4);
    EXPECT_NEAR(e.low, 10.0 / 2.664456, 1e-4);
}

TEST(Lognormal, OneTermIsItself) {
    const Uncertain term[] = {lognormal(3.0, 0.6)};
    const Uncertain sum = sum_of(term, independent).total;
    EXPECT_DOUBLE_EQ(sum.value, 3.0);
    EXPECT_NEAR(sum.variance, 0.36, 1e-15);
    EXPECT_NEAR(sum.mean, 0.0, 1e-15);
    EXPECT_NEAR(sum.third, 0.0, 1e-15);
}

RC_GTEST_PROP(Lognormal, IndependentTermsHaveAClosedForm, ()) {
    constexpr int kSteps = 1000;
    std::vector<Uncertain> terms;
    const auto count = *rc::gen::inRange(1, 6);
    for (int i = 0; i < count; ++i) {
        terms.push_back(lognormal(*rc::gen::inRange(0, 10 * kSteps) / 7.0,
                                  static_cast<double>(*rc::gen::inRange(0, kSteps)) / kSteps));
    }
    const Estimate closed = interval_of(sum_of_independent(terms));
    const Estimate general = interval_of(sum_of(terms, independent).total);
    const auto same = [](double a, double b) {
        return std::abs(a - b) <= 1e-11 * std::max(std::abs(a), std::abs(b));
    };
    RC_ASSERT(closed.value == general.value);
    RC_ASSERT(same(closed.low, general.low));
    RC_ASSERT(same(closed.high, general.high));
}

TEST(Lognormal, FullyCorrelatedTermsOfEqualSigmaKeepTheirSigma) {
    const Uncertain terms[] = {lognormal(1.0, 0.6), lognormal(3.0, 0.6)};
    const Uncertain sum = sum_of(terms, [](std::size_t, std::size_t) { return 1.0; }).total;
    EXPECT_NEAR(sum.variance, 0.36, 1e-12);
    EXPECT_NEAR(sum.third, 0.0, 1e-12);
}

TEST(Lognormal, TwoEqualTermsWithHalfCorrelation) {
    // First order: p'Cp = 0.01 x (0.25 + 0.25 + 2 x 0.25 x 0.5) = 0.0075.
    // B = 1/4 (1 -1; -1 1), BC = 0.01/8 (1 -1; -1 1); tr((BC)^2) / 2 = (0.01/8)^2 x 4 / 2 = 3.125e-6
    const Uncertain terms[] = {lognormal(2.0, 0.1), lognormal(2.0, 0.1)};
    const Sum sum = sum_of(terms, [](std::size_t, std::size_t) { return 0.5; });
    EXPECT_NEAR(sum.total.variance, 0.0075 + 3.125e-6, 1e-12);
    EXPECT_NEAR(sum.total.mean, 0.00125, 1e-12);  // tr(BC) / 2
    EXPECT_NEAR(sum.variance[0], sum.total.variance / 2.0, 1e-12);
}

TEST(Lognormal, SumOfNothingAndOfZerosIsZero) {
    EXPECT_EQ(sum_of({}, independent).total.value, 0.0);
    const Uncertain zeros[] = {lognormal(0.0, 0.3), lognormal(0.0, 0.3)};
    const Estimate e = interval_of(sum_of(zeros, independent).total);
    EXPECT_EQ(e.low, 0.0);
    EXPECT_EQ(e.high, 0.0);
}

TEST(Lognormal, ZeroTermChangesNothing) {
    const Uncertain terms[] = {lognormal(4.0, 0.2), lognormal(0.0, 0.6)};
    EXPECT_NEAR(sum_of(terms, independent).total.variance, 0.04, 1e-15);
}

/// Groups of devices as they occur: what is summed, how it correlates inside, and the factor it is
/// multiplied with.
struct Mix {
    const char* name;
    struct Group {
        std::vector<double> values;
        double sigma;
        double correlation;
    };
    std::vector<Group> groups;
    double factor_sigma;
};

class AgainstMonteCarlo : public ::testing::TestWithParam<Mix> {};

TEST_P(AgainstMonteCarlo, PercentilesAgreeWithinThreePercent) {
    const Mix& mix = GetParam();
    std::vector<Uncertain> terms;
    std::vector<std::size_t> group_of;
    for (std::size_t g = 0; g < mix.groups.size(); ++g) {
        for (const double value : mix.groups[g].values) {
            terms.push_back(lognormal(value, mix.groups[g].sigma));
            group_of.push_back(g);
        }
    }
    const auto correlation = [&](std::size_t i, std::size_t j) {
        return group_of[i] == group_of[j] ? mix.groups[group_of[i]].correlation : 0.0;
    };
    const Uncertain sum = sum_of(terms, correlation).total;
    const Estimate energy = interval_of(sum);
    const Estimate carbon = interval_of(product(sum, lognormal(1.0, mix.factor_sigma)));

    const Uncertain factor[] = {lognormal(1.0, mix.factor_sigma)};
    const Estimate energies = drawn_interval(terms, correlation, {});
    const Estimate carbons = drawn_interval(terms, correlation, factor);
    EXPECT_NEAR(energy.low / energies.low, 1.0, kCheckTolerance) << mix.name;
    EXPECT_NEAR(energy.high / energies.high, 1.0, kCheckTolerance) << mix.name;
    EXPECT_NEAR(carbon.low / carbons.low, 1.0, kCheckTolerance) << mix.name;
    EXPECT_NEAR(carbon.high / carbons.high, 1.0, kCheckTolerance) << mix.name;
}

INSTANTIATE_TEST_SUITE_P(
    Mixes, AgainstMonteCarlo,
    ::testing::Values(
        Mix{"measured CPU, modelled memory", {{{1.0}, 0.03, 0.0}, {{0.3}, 0.4, 0.0}}, 0.3},
        Mix{"modelled CPU and memory, world average", {{{1.0}, 0.6, 0.0}, {{0.3}, 0.4, 0.0}}, 0.8},
        Mix{"modelled CPU and memory, equal", {{{1.0}, 0.6, 0.0}, {{1.0}, 0.4, 0.0}}, 0.04},
        Mix{"unknown CPU thrice the memory", {{{3.0}, 0.6, 0.0}, {{1.0}, 0.4, 0.0}}, 0.3},
        Mix{"unknown CPU beside a measured GPU", {{{1.0}, 0.6, 0.0}, {{1.0}, 0.045, 0.0}}, 0.04},
        Mix{"small model beside a measured GPU", {{{0.2}, 0.6, 0.0}, {{3.0}, 0.045, 0.0}}, 0.04},
        Mix{"two modelled sockets", {{{1.0, 2.0}, 0.6, 1.0}, {{0.5, 0.5}, 0.4, 1.0}}, 0.3},
        Mix{"eight GPUs, two RAPL packages, modelled memory",
            {{{2, 2, 2, 2, 2, 2, 2, 2}, 0.045, 0.5}, {{1.0, 1.0}, 0.03, 0.5}, {{0.3}, 0.4, 0.0}},
            0.3}),
    [](const auto& mix) { return "mix" + std::to_string(mix.index); });

}  // namespace
}  // namespace gramme::estimate
