// Water beside the carbon: which figure of the site and of the power stations, and when there is none.
#include "estimate/water.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "estimate/job.hpp"

namespace gramme::estimate {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

JobEstimate of_kwh(double kwh, const std::string& region,
                   const std::function<void(JobRequest&)>& change = {}) {
    JobRequest asked;
    asked.groups.push_back({JobGroup::Kind::kEnergy, "", kwh, 1.0});
    asked.factors.region = region;
    asked.factors.pue = 1.5;
    if (change) {
        change(asked);
    }
    auto estimate = estimate_job(asked, {});
    EXPECT_TRUE(estimate) << estimate.error().what;
    return estimate ? *std::move(estimate) : JobEstimate{};
}

TEST(Water, SiteAndPowerStations) {
    const JobEstimate estimate = of_kwh(10.0, "aws:eu-west-3");
    ASSERT_TRUE(estimate.footprint.water);
    const Estimate& litres = estimate.footprint.water->value;
    EXPECT_NEAR(litres.value, 10.0 * (0.12 + 1.5 * 3.6737), 1e-9);
    // Nearly all of it is the power stations': twice and half.
    EXPECT_NEAR(litres.high / litres.value, 1.96, 0.1);
    EXPECT_NEAR(litres.value / litres.low, 1.96, 0.1);
    EXPECT_EQ(estimate.footprint.water->from.source, "ecologits_mixes, amazon_water_2026");
}

TEST(Water, TheRegionsOwnSiteBeforeTheFleet) {
    EXPECT_NEAR(of_kwh(1.0, "scaleway:nl-ams-1").footprint.water->value.value, 0.85 + 1.5 * 3.433, 1e-9);
    EXPECT_NEAR(of_kwh(1.0, "FRA").footprint.water->value.value, 0.84 + 1.5 * 3.6737, 1e-9);
}

TEST(Water, APartOfACountryTakesTheCountrysWiderFigure) {
    const Estimate part = of_kwh(1.0, "CA-QC").footprint.water->value;
    const Estimate country = of_kwh(1.0, "CAN").footprint.water->value;
    EXPECT_NEAR(part.value, country.value, 1e-12);
    EXPECT_GT(part.high / part.value, country.high / country.value * 1.1);
}

TEST(Water, TheWorldWhereTheRegionIsUnknown) {
    EXPECT_NEAR(of_kwh(1.0, "").footprint.water->value.value, 0.84 + 1.5 * 3.908, 1e-9);
}

TEST(Water, NoneWithoutASourcedFigure) {
    const auto with_intensity = [](JobRequest& asked) { asked.factors.intensity_gco2e_per_kwh = 50.0; };
    const auto with_wind = [](JobRequest& asked) {
        asked.factors.mix = {{"wind", 1.0}};
        asked.factors.mix_from = "--energy-source";
    };
    for (const JobEstimate& estimate :
         {of_kwh(1.0, "", with_intensity), of_kwh(1.0, "FRA", with_wind), of_kwh(1.0, "KAZ")}) {
        EXPECT_FALSE(estimate.footprint.water);
        EXPECT_THAT(estimate.assumptions, Contains(Field(&Assumption::value, HasSubstr("not known"))));
    }
    // With a region beside it the place is known.
    EXPECT_TRUE(of_kwh(1.0, "FRA", with_intensity).footprint.water);
    const JobEstimate off = of_kwh(1.0, "FRA", [](JobRequest& asked) { asked.water = false; });
    EXPECT_FALSE(off.footprint.water);
    EXPECT_EQ(off.assumptions.size(), 0U);
}

TEST(Water, ADesktopHasNoCoolingTower) {
    JobRequest asked;
    asked.groups.push_back({JobGroup::Kind::kDevice, "rtx 4090", 0.0, 1.0});
    asked.hours = 10.0;
    asked.factors.region = "FRA";
    const auto estimate = estimate_job(asked, {});
    ASSERT_TRUE(estimate);
    EXPECT_NEAR(estimate->footprint.water->value.value, estimate->footprint.energy_kwh->value * 3.6737, 1e-9);
}

TEST(Water, IsNoPartOfTheCarbon) {
    EXPECT_EQ(of_kwh(7.0, "FRA").footprint.operational_kgco2e->value,
              of_kwh(7.0, "FRA", [](JobRequest& asked) {
                  asked.water = false;
              }).footprint.operational_kgco2e->value);
}

}  // namespace
}  // namespace gramme::estimate
