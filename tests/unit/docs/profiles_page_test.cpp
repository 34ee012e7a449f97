// docs/method/profiles.md: the numbers of its examples, read from the page and worked out again.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "estimate/profile.hpp"
#include "page_numbers.hpp"
#include "present/numbers.hpp"

namespace gramme {
namespace {

const std::string kN = "([0-9]+(?:\\.[0-9]+)?)";

estimate::ProfileResult like(estimate::Profile profile, const JobGroup& group, double hours,
                             const std::string& region, std::optional<double> pue = {}) {
    JobRequest asked;
    asked.groups = {group};
    asked.hours = hours;
    asked.factors.region = region;
    asked.factors.pue = pue;
    auto result = estimate::estimate_like(profile, asked, {});
    EXPECT_TRUE(result) << result.error().what;
    return result ? *std::move(result) : estimate::ProfileResult{};
}

TEST(ProfilesPage, Mlco2) {
    const auto x = numbers("profiles", "lists with " + kN + " W, for " + kN + " h at the preset " + kN +
                                           " kg/kWh: .* = " + kN + " kWh, x " + kN + " = " + kN +
                                           R"( kg\. In Zurich \(gcp:europe-west6, )" + kN +
                                           R"( g/kWh\) the factor becomes )" + kN +
                                           " kg/kWh and the result " + kN + " kg, " + kN + " % more than");
    const JobGroup v100{JobGroup::Kind::kDevice, "v100-pcie-16gb", 0.0, 1.0};
    const auto preset = like(estimate::Profile::kMlco2, v100, x[1], "");
    EXPECT_EQ(preset.inputs.front().value, x[0]);
    EXPECT_EQ(preset.gco2e_per_kwh, x[2] * 1000.0);
    EXPECT_EQ(preset.energy_kwh, x[3]);
    EXPECT_EQ(preset.kgco2e, x[5]);
    const auto zurich = like(estimate::Profile::kMlco2, v100, x[1], "gcp:europe-west6");
    EXPECT_EQ(zurich.inputs.back().value, x[6]);
    EXPECT_DOUBLE_EQ(zurich.gco2e_per_kwh, x[7] * 1000.0);
    EXPECT_EQ(zurich.kgco2e, x[8]);
    EXPECT_NEAR(100.0 * (zurich.kgco2e / (zurich.energy_kwh * x[6] / 1000.0) - 1.0), x[9], 1e-9);
}

TEST(ProfilesPage, Codecarbon) {
    const auto x =
        numbers("profiles", "half busy for " + kN + " h in France: .* = " + kN + " W and 4 modules = " + kN +
                                " W are " + kN + " kWh, x " + kN + " g/kWh = " + kN + " g");
    const auto result = like(estimate::Profile::kCodecarbon,
                             {JobGroup::Kind::kInstance, "aws:c5.4xlarge", 0.0, 1.0}, x[0], "FRA");
    EXPECT_DOUBLE_EQ(result.inputs[1].value, x[1]);
    EXPECT_DOUBLE_EQ(result.inputs[2].value, x[2]);
    EXPECT_DOUBLE_EQ(result.energy_kwh, x[3]);
    EXPECT_EQ(result.gco2e_per_kwh, x[4]);
    EXPECT_NEAR(result.kgco2e * 1000.0, x[5], 5e-6);
}

TEST(ProfilesPage, GreenAlgorithms) {
    const auto x = numbers("profiles", kN + " cores of " + kN + " W and " + kN + " GB of " + kN + " W are " +
                                           kN + " W; " + kN + " h in Austria with PUE " + kN + " are " + kN +
                                           " Wh and, x " + kN + " g/kWh, " + kN + " g");
    EXPECT_NEAR(x[0] * x[1] + x[2] * x[3], x[4], 1e-9);
    const auto result = like(estimate::Profile::kGreenAlgorithms, {JobGroup::Kind::kPower, "", x[4], 1.0},
                             x[5], "Austria", x[6]);
    EXPECT_NEAR(result.energy_kwh * 1000.0, x[7], 0.005);
    EXPECT_EQ(result.gco2e_per_kwh, x[8]);
    EXPECT_EQ(result.shown, present::significant(x[9], 4) + " gCO2e");
}

}  // namespace
}  // namespace gramme
