// The views of a job as another calculator sees it.
#include "present/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gramme::present {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Both {
    JobRequest asked;
    estimate::JobEstimate own;
    estimate::ProfileResult like;
    [[nodiscard]] ProfileView view() const { return {asked, own, like}; }
};

/// 1 kW for 100 h in Zurich: 100 kWh x 0.02 = 2 kg there. gramme: PUE 1.1, 40 g/kWh: 4.4 kg.
Both zurich() {
    Both both;
    both.asked.groups.push_back({JobGroup::Kind::kPower, "", 1000.0, 1.0});
    both.asked.hours = 100.0;
    both.asked.factors.region = "gcp:europe-west6";
    both.like = *estimate::estimate_like(estimate::Profile::kMlco2, both.asked, {});
    both.asked.factors.pue = 1.1;
    both.asked.factors.intensity_gco2e_per_kwh = 40.0;
    both.own = *estimate::estimate_job(both.asked, {});
    return both;
}

TEST(ProfileViews, TheRatioIsTheProductOfItsReasons) {
    const Both both = zurich();
    const auto ratio = ratio_of(both.view());
    ASSERT_TRUE(ratio);
    EXPECT_NEAR(ratio->carbon, 2.2, 1e-12);
    EXPECT_NEAR(ratio->energy, 1.0, 1e-12);
    EXPECT_NEAR(ratio->pue, 1.1, 1e-12);
    EXPECT_NEAR(ratio->intensity, 2.0, 1e-12);
}

TEST(ProfileViews, APueInTheToolsEnergyIsNoReasonOfEnergy) {
    Both both = zurich();
    both.asked.factors = {};
    both.like = *estimate::estimate_like(estimate::Profile::kGreenAlgorithms, both.asked, {});
    EXPECT_NEAR(both.like.energy_kwh, 156.0, 1e-9);  // PUE 1.56
    const auto ratio = ratio_of(both.view());
    ASSERT_TRUE(ratio);
    EXPECT_NEAR(ratio->energy, 1.0, 1e-12);
    EXPECT_NEAR(ratio->pue, 1.1 / 1.56, 1e-12);
    EXPECT_NEAR(ratio->intensity, 40.0 / 475.0, 1e-12);
}

TEST(ProfileViews, TheToolComesFirstAndThenGramme) {
    const std::string text = profile_text(zurich().view(), {});
    EXPECT_THAT(text, StartsWith("as ML CO2 Impact computes it: 2 kg eq. CO2, 1000 W for 100 h"));
    EXPECT_THAT(text, HasSubstr("2.2 x the figure above: grid 2 x, PUE 1.1 x"));
    EXPECT_LT(text.find("edition"), text.find("gramme    "));
}

TEST(ProfileViews, NoRatioToNothing) {
    Both both = zurich();
    both.like.kgco2e = 0.0;
    EXPECT_FALSE(ratio_of(both.view()));
    const auto json = nlohmann::json::parse(profile_json(both.view()));
    EXPECT_TRUE(json["profile"]["gramme_over_this"].is_null());
}

TEST(ProfileViews, JsonIsTheEstimateAndOneMember) {
    const Both both = zurich();
    const auto json = nlohmann::json::parse(profile_json(both.view()));
    auto without = json;
    without.erase("profile");
    EXPECT_EQ(without, nlohmann::json::parse(estimate_json(both.asked, both.own)));
    const auto& profile = json["profile"];
    EXPECT_EQ(profile["name"], "mlco2");
    EXPECT_EQ(profile["energy_kwh"], 100.0);
    EXPECT_EQ(profile["intensity_gco2e_per_kwh"], 20.0);
    EXPECT_EQ(profile["kgco2e"], 2.0);
    EXPECT_FALSE(profile["steps"].empty());
    EXPECT_EQ(profile["factors"][1]["source"], "mlco2_impact");
}

TEST(ProfileViews, CsvHasItsFiguresBehind) {
    const std::string csv = profile_csv(zurich().view());
    EXPECT_THAT(csv, HasSubstr(",profile,profile_energy_kwh,profile_gco2e_per_kwh,profile_kgco2e\n"));
    EXPECT_THAT(csv, testing::EndsWith(",mlco2,100,20,2\n"));
}

}  // namespace
}  // namespace gramme::present
