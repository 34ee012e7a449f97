#include "estimate/batch_kernel.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

namespace gramme::estimate {
namespace {

/// Equal to more digits than any output shows: the sums are the same, taken in another order.
bool same(double a, double b) {
    return std::abs(a - b) <= 1e-11 * std::max(std::abs(a), std::abs(b));
}

JobRequest job(JobGroup::Kind kind, const std::string& name, double amount, double count, double hours) {
    JobRequest asked;
    asked.groups = {{kind, name, amount, count}};
    asked.hours = hours;
    asked.embodied = false;
    asked.factors.region = "FRA";
    return asked;
}

double units_of(const JobRequest& asked) {
    const JobGroup& group = asked.groups.front();
    switch (group.kind) {
        case JobGroup::Kind::kEnergy: return group.amount * group.count;
        case JobGroup::Kind::kPower: return group.amount * group.count * asked.hours;
        default: return group.count * asked.hours;
    }
}

void expect_same_as_estimate(const JobRequest& asked) {
    const refdata::Tables tables;
    const auto one = coefficients_of(asked, tables);
    const auto whole = estimate_job(asked, tables);
    RC_ASSERT(static_cast<bool>(one) && static_cast<bool>(whole));
    std::array<double, 1> units{units_of(asked)};
    std::array<std::array<double, 1>, 7> in{{{one->kwh_per_unit},
                                             {one->energy_low},
                                             {one->energy_high},
                                             {one->pue},
                                             {one->kg_per_kwh},
                                             {one->low},
                                             {one->high}}};
    std::array<std::array<double, 1>, 7> out{};
    footprints_of({units, in[0], in[1], in[2], in[3], in[4], in[5], in[6]},
                  {out[0], out[1], out[2], out[3], out[4], out[5], out[6]});
    const Footprint& expected = whole->footprint;
    RC_ASSERT(same(out[0][0], expected.energy_kwh->value));
    RC_ASSERT(same(out[1][0], expected.energy_kwh->low));
    RC_ASSERT(same(out[2][0], expected.energy_kwh->high));
    RC_ASSERT(same(out[3][0], expected.facility_energy_kwh->value));
    RC_ASSERT(same(out[4][0], expected.operational_kgco2e->value));
    RC_ASSERT(same(out[5][0], expected.operational_kgco2e->low));
    RC_ASSERT(same(out[6][0], expected.operational_kgco2e->high));
}

double between(double least, double most) {
    constexpr int kSteps = 1'000'000;
    return least + (most - least) * *rc::gen::inRange(0, kSteps + 1) / kSteps;
}

RC_GTEST_PROP(BatchKernel, HardwareIsProportionalToCountAndHours, ()) {
    const auto device = *rc::gen::element<std::string>("h100", "a100", "v100", "rtx3090", "tpu-v4");
    JobRequest asked =
        job(JobGroup::Kind::kDevice, device, 0.0, between(0.5, 10'000.0), between(0.01, 100'000.0));
    asked.utilisation = between(0.0, 1.0);
    asked.factors.region = *rc::gen::element<std::string>("FRA", "aws:us-east-1", "", "IND");
    asked.host = *rc::gen::element<std::string>("auto", "none", "aws:p4d.24xlarge");
    asked.power_model = *rc::gen::element(PowerModel::kTypical, PowerModel::kTdp);
    expect_same_as_estimate(asked);
}

RC_GTEST_PROP(BatchKernel, InstancesAsWell, ()) {
    const auto type =
        *rc::gen::element<std::string>("aws:p4d.24xlarge", "Standard_ND96asr_v4", "aws:m5.large");
    expect_same_as_estimate(
        job(JobGroup::Kind::kInstance, type, 0.0, between(0.5, 1000.0), between(0.01, 1e5)));
}

RC_GTEST_PROP(BatchKernel, AnyUtilisationFromOneAnswer, ()) {
    const refdata::Tables tables;
    JobRequest asked = job(JobGroup::Kind::kDevice, "", 0.0, 1.0, 1.0);
    if (*rc::gen::arbitrary<bool>()) {
        asked.groups.front().name = *rc::gen::element<std::string>(
            "h100", "a100", "v100", "rtx3090", "tpu-v4", "Xeon Gold 6148", "Ryzen 9 5950X");
        const bool processor = asked.groups.front().name.find(' ') != std::string::npos;
        asked.host = processor ? *rc::gen::element<std::string>("auto", "none")
                               : *rc::gen::element<std::string>("auto", "none", "aws:p4d.24xlarge");
        asked.power_model = *rc::gen::element(PowerModel::kTypical, PowerModel::kTdp);
    } else {  // of one without accelerators the load of its CPUs, on a curve
        asked.groups.front().kind = JobGroup::Kind::kInstance;
        asked.groups.front().name = *rc::gen::element<std::string>("aws:p4d.24xlarge", "Standard_ND96asr_v4",
                                                                   "aws:m5.large", "gcp:n2-standard-8");
    }
    asked.factors.region = *rc::gen::element<std::string>("FRA", "aws:us-east-1", "", "IND");
    const auto answer = loaded_coefficients_of(asked, tables);
    RC_ASSERT(static_cast<bool>(answer) && answer->loaded);
    asked.utilisation = *rc::gen::element(0.0, 1.0, between(0.0, 1.0), between(0.0, 1e-6));
    const auto expected = coefficients_of(asked, tables);
    RC_ASSERT(static_cast<bool>(expected));
    const UnitFootprint found = at_utilisation(*answer->loaded, *asked.utilisation);
    RC_ASSERT(same(found.kwh_per_unit, expected->kwh_per_unit));
    RC_ASSERT(same(found.energy_low, expected->energy_low));
    RC_ASSERT(same(found.energy_high, expected->energy_high));
    RC_ASSERT(same(found.pue, expected->pue));
    RC_ASSERT(same(found.kg_per_kwh, expected->kg_per_kwh));
    RC_ASSERT(same(found.low, expected->low));
    RC_ASSERT(same(found.high, expected->high));
    RC_ASSERT(answer->note == expected->note);
}

TEST(BatchKernel, UtilisationDoesNotMatterWhereTheEnergyIsGiven) {
    const refdata::Tables tables;
    EXPECT_FALSE(loaded_coefficients_of(job(JobGroup::Kind::kPower, "", 1.0, 1.0, 1.0), tables)->loaded);
    EXPECT_FALSE(loaded_coefficients_of(job(JobGroup::Kind::kEnergy, "", 1.0, 1.0, 0.0), tables)->loaded);
    EXPECT_FALSE(loaded_coefficients_of(job(JobGroup::Kind::kDevice, "h1000", 0.0, 1.0, 1.0), tables));
}

RC_GTEST_PROP(BatchKernel, GivenPowerAndEnergy, ()) {
    expect_same_as_estimate(
        job(JobGroup::Kind::kPower, "", between(0.0, 1e6), between(0.5, 1e4), between(0.01, 1e5)));
    expect_same_as_estimate(job(JobGroup::Kind::kEnergy, "", between(0.0, 1e9), 1.0, 0.0));
}

TEST(BatchKernel, WorkedByHand) {
    // docs/method/estimate.md#tables: 8 devices x 3 h x 0.5 kWh = 12 kWh, x PUE 1.2 = 14.4 kWh, x 0.4 kg
    // = 5.76
    const std::array<double, 1> units{24.0}, kwh{0.5}, energy_low{0.8}, energy_high{1.25}, pue{1.2}, kg{0.4},
        low{0.5}, high{2.0};
    std::array<std::array<double, 1>, 7> out{};
    footprints_of({units, kwh, energy_low, energy_high, pue, kg, low, high},
                  {out[0], out[1], out[2], out[3], out[4], out[5], out[6]});
    const std::array<double, 7> expected{12.0, 9.6, 15.0, 14.4, 5.76, 2.88, 11.52};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(out[i][0], expected[i], 1e-12) << i;
    }
}

TEST(BatchKernel, NotesSayWhatChangesTheUse) {
    const refdata::Tables tables;
    JobRequest asked = job(JobGroup::Kind::kEnergy, "", 1.0, 1.0, 0.0);
    EXPECT_EQ(coefficients_of(asked, tables)->note, "");
    asked.factors.region = "";
    EXPECT_EQ(coefficients_of(asked, tables)->note, "region unknown: world average");
    asked.factors.region = "azure:eastus";
    EXPECT_EQ(coefficients_of(asked, tables)->note, "direct basis");
}

TEST(BatchKernel, SizesThatEstimateRefuses) {
    const JobGroup one;
    EXPECT_TRUE(check_size(one, 1.0));
    EXPECT_FALSE(check_size(one, 0.0));
    JobGroup none;
    none.count = 0.0;
    EXPECT_FALSE(check_size(none, 1.0));
}

}  // namespace
}  // namespace gramme::estimate
