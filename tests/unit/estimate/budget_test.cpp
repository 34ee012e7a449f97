// What each input contributes to the interval, worked by hand.
#include "estimate/budget.hpp"

#include <gtest/gtest.h>

namespace gramme::estimate {
namespace {

Part part(const char* group, Quality quality, double sigma, double kwh) {
    Part one;
    one.device.group = group;
    one.device.quality = quality;
    one.device.gain_sigma = sigma;
    one.energy_kwh = Estimate{kwh, kwh, kwh};
    one.device_energy = KilowattHours{kwh};
    return one;
}

TEST(Budget, SplitAddsTheOthersShareOfWhatWasUsed) {
    Part shared = part("rapl-package", Quality::kMeasured, 0.03, 1.0);
    shared.device_energy = KilowattHours{5.0};
    shared.others = KilowattHours{3.0};
    shared.unassigned = KilowattHours{1.0};
    EXPECT_DOUBLE_EQ(KilowattHours{job_energy(shared)}.value(), 1.0);
    EXPECT_DOUBLE_EQ(others_share(shared, Scope::kJob),
                     0.75);  // 3 of 1 + 3; nobody's idle energy is not used
    EXPECT_EQ(others_share(shared, Scope::kMachine), 0.0);
    const BudgetTerm term = term_of(shared, 1.0, Scope::kJob);
    EXPECT_DOUBLE_EQ(term.split_sigma, 0.075);
    EXPECT_NEAR(term.energy.variance, 0.0009 + 0.005625, 1e-15);
}

TEST(Budget, CorrelationIsThatOfTheGroupAndItsKind) {
    const Device gpu = part("nvml:A100", Quality::kMeasured, 0.045, 1.0).device;
    const Device model = part("cpu-load-model", Quality::kModelled, 0.4, 1.0).device;
    const Device alone = part("", Quality::kModelled, 0.4, 1.0).device;
    EXPECT_EQ(correlation_of(gpu, gpu), 0.5);
    EXPECT_EQ(correlation_of(model, model), 1.0);
    EXPECT_EQ(correlation_of(gpu, model), 0.0);
    EXPECT_EQ(correlation_of(alone, alone), 0.0);
}

TEST(Budget, OneGroupByHand) {
    // Two cards of 2 kWh, sigma 0.1: p'Cp = 0.5 x (0.05^2 + 0.05^2) + 0.5 x (0.05 + 0.05)^2 = 0.0075
    const Part parts[] = {part("nvml:A100", Quality::kMeasured, 0.1, 2.0),
                          part("nvml:A100", Quality::kMeasured, 0.1, 2.0)};
    Factors factors;
    factors.pue = {1.5, 0.2, 0, {}};
    factors.intensity.value = GramsPerKilowattHour{400.0};
    factors.intensity.sigma_ln = 0.3;
    const Budget budget = budget_of(parts, Scope::kJob, factors);
    ASSERT_EQ(budget.terms.size(), 2U);
    EXPECT_DOUBLE_EQ(budget.terms[1].share, 0.5);
    EXPECT_NEAR(budget.first_order, 0.0075, 1e-15);
    EXPECT_DOUBLE_EQ(budget.operational.value, 2.4);  // 4 kWh x 1.5 x 0.4 kg
    EXPECT_NEAR(budget.operational.variance, budget.energy.variance + 0.04 + 0.09, 1e-15);
}

TEST(Budget, OfNothingKnownIsEmpty) {
    Part unknown = part("rapl-package", Quality::kMeasured, 0.03, 1.0);
    unknown.energy_kwh.reset();
    EXPECT_TRUE(budget_of(std::span<const Part>{&unknown, 1}, Scope::kJob, Factors{}).terms.empty());
}

}  // namespace
}  // namespace gramme::estimate
