// Which PUE and which intensity a run gets, why, and what is said about it. Uses the compiled tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "estimate/estimate.hpp"

namespace gramme::estimate {
namespace {

Result<Factors> resolve(const FactorRequest& asked, const HostFacts& host = {}) {
    return resolve_factors(refdata::Tables{}, asked, host);
}

FactorRequest region(const std::string& text) {
    FactorRequest asked;
    asked.region = text;
    asked.region_from = "--region";
    return asked;
}

TEST(Intensity, UnknownRegionIsTheWorldAverageAndSaysSo) {
    const auto f = resolve({});
    ASSERT_TRUE(f) << f.error().what;
    EXPECT_EQ(f->intensity.zone, "WLD");
    EXPECT_FALSE(f->intensity.region_known);
    EXPECT_DOUBLE_EQ(f->intensity.sigma_ln, 0.80);
    EXPECT_EQ(f->intensity.country_iso3, "");
    EXPECT_EQ(f->intensity.from.chosen, "no region given: world average");
    ASSERT_EQ(f->notes.size(), 1U);
    EXPECT_NE(f->notes[0].find("--region"), std::string::npos);
}

TEST(Intensity, GivenByThePersonSaysWhereItWasSaid) {
    FactorRequest asked;
    asked.intensity_gco2e_per_kwh = 20.0;
    asked.intensity_from = "/home/a/.config/gramme/config.toml:3";
    asked.pue = 1.1;
    asked.pue_from = "--pue";
    const auto f = resolve(asked);
    ASSERT_TRUE(f) << f.error().what;
    EXPECT_EQ(f->intensity.from.chosen, "/home/a/.config/gramme/config.toml:3, taken as given");
    EXPECT_EQ(f->pue.from.chosen, "--pue, taken as given");
    asked.intensity_from = "";  // a record of an older gramme
    EXPECT_EQ(resolve(asked)->intensity.from.chosen, "intensity, taken as given");
}

TEST(Intensity, CloudRegionLeadsToItsZone) {
    const auto f = resolve(region("aws:eu-west-3"));
    ASSERT_TRUE(f) << f.error().what;
    EXPECT_EQ(f->intensity.zone, "FRA");
    EXPECT_EQ(f->intensity.region, "aws:eu-west-3");
    EXPECT_EQ(f->intensity.place, "Paris");
    EXPECT_EQ(f->intensity.country_iso3, "FRA");
    EXPECT_EQ(f->intensity.country_name, "France");
    EXPECT_EQ(f->intensity.basis, "lifecycle");
    EXPECT_DOUBLE_EQ(f->intensity.sigma_ln, 0.30);
    EXPECT_EQ(f->intensity.from.chosen, "--region aws:eu-west-3");
    EXPECT_TRUE(f->intensity.region_known);
    EXPECT_TRUE(f->notes.empty());
}

TEST(Intensity, MontrealIsQuebecNeverCanada) {
    const auto f = resolve(region("Montréal"));
    ASSERT_TRUE(f) << f.error().what;
    EXPECT_EQ(f->intensity.zone, "CA-QC");
    EXPECT_EQ(f->intensity.country_iso3, "CAN");
    EXPECT_EQ(f->intensity.country_name, "Canada");
    EXPECT_LT(f->intensity.value.value(), 50.0);
}

TEST(Intensity, DirectBasisIsSaidAndHasTheCountrysLifecycleBesideIt) {
    for (const char* place : {"us-east-1", "US-VA", "CA-QC", "aws:us-west-2"}) {
        const auto f = resolve(region(place));
        ASSERT_TRUE(f) << f.error().what;
        if (f->intensity.basis != "direct") {
            continue;
        }
        EXPECT_TRUE(f->intensity.country_lifecycle) << place;
        ASSERT_FALSE(f->notes.empty());
        EXPECT_NE(f->notes[0].find("direct basis"), std::string::npos);
        return;
    }
    FAIL() << "no place on direct basis is left in the tables: choose other ones";
}

TEST(Intensity, GivenOneIsTakenAsGiven) {
    FactorRequest asked;
    asked.intensity_gco2e_per_kwh = 51.5;
    const auto f = resolve(asked);
    ASSERT_TRUE(f);
    EXPECT_DOUBLE_EQ(f->intensity.value.value(), 51.5);
    EXPECT_EQ(f->intensity.sigma_ln, 0.0);
    EXPECT_EQ(f->intensity.from.source, "user");
    EXPECT_EQ(f->intensity.zone, "");
    EXPECT_TRUE(f->notes.empty());
}

TEST(Intensity, GivenOneKeepsThePlaceOfTheRegion) {
    FactorRequest asked = region("aws:eu-west-3");
    asked.intensity_gco2e_per_kwh = 20.0;
    const auto f = resolve(asked);
    ASSERT_TRUE(f);
    EXPECT_DOUBLE_EQ(f->intensity.value.value(), 20.0);
    EXPECT_EQ(f->intensity.zone, "");
    EXPECT_EQ(f->intensity.country_iso3, "FRA");
    EXPECT_EQ(f->intensity.region, "aws:eu-west-3");
}

TEST(Intensity, MisspeltRegionOffersTheNearest) {
    const auto f = resolve(region("aws:eu-wset-3"));
    ASSERT_FALSE(f);
    EXPECT_EQ(f.error().code, Code::kNotFound);
    EXPECT_NE(f.error().hint.find("eu-west-3"), std::string::npos) << f.error().hint;
}

TEST(Intensity, RefusesWhatCannotBe) {
    FactorRequest asked;
    asked.intensity_gco2e_per_kwh = -1.0;
    EXPECT_EQ(resolve(asked).error().code, Code::kOutOfRange);
    asked.intensity_gco2e_per_kwh = std::numeric_limits<double>::infinity();
    EXPECT_EQ(resolve(asked).error().code, Code::kOutOfRange);
    asked.intensity_gco2e_per_kwh = 0.0;
    EXPECT_TRUE(resolve(asked));
}

/// The number behind kWorldSigma: docs/method/factors.md#world.
TEST(Intensity, WorldSigmaIsTheSpreadOverTheCloudRegionsCountries) {
    const refdata::Tables tables;
    std::vector<double> logs;
    for (const refdata::CloudRegion& one : tables.cloud_regions()) {
        const auto place = tables.find_place(one.country_iso3);
        if (!place) {
            continue;
        }
        const auto row = tables.intensity(*place, refdata::Basis::kLifecycle, std::nullopt);
        if (row && row->value.value() > 0.0) {
            logs.push_back(std::log(row->value.value()));
        }
    }
    ASSERT_GT(logs.size(), 300U);
    double mean = 0.0;
    for (const double x : logs) {
        mean += x / static_cast<double>(logs.size());
    }
    double squares = 0.0;
    for (const double x : logs) {
        squares += (x - mean) * (x - mean);
    }
    EXPECT_NEAR(std::sqrt(squares / static_cast<double>(logs.size() - 1)), 0.80, 0.04);
}

TEST(Pue, GivenOneIsExact) {
    FactorRequest asked;
    asked.pue = 1.25;
    const auto f = resolve(asked);
    ASSERT_TRUE(f);
    EXPECT_DOUBLE_EQ(f->pue.value, 1.25);
    EXPECT_EQ(f->pue.sigma_ln, 0.0);
    EXPECT_EQ(f->pue.from.source, "user");
    asked.pue = 0.9;
    EXPECT_EQ(resolve(asked).error().code, Code::kOutOfRange);
    asked.pue = std::nan("");
    EXPECT_EQ(resolve(asked).error().code, Code::kOutOfRange);
}

FactorRequest asked_of(const std::string& place, const std::string& basis, std::optional<int> year = {}) {
    FactorRequest asked = region(place);
    asked.basis = basis;
    asked.year = year;
    return asked;
}

TEST(Intensity, ABasisThatIsNamedIsKeptTo) {
    const auto usual = resolve(region("aws:us-east-1"));
    ASSERT_TRUE(usual);
    EXPECT_EQ(usual->intensity.basis, "direct");  // place before basis
    const auto lifecycle = resolve(asked_of("aws:us-east-1", "lifecycle"));
    ASSERT_TRUE(lifecycle);
    EXPECT_EQ(lifecycle->intensity.basis, "lifecycle");
    EXPECT_EQ(lifecycle->intensity.zone, "USA");
    EXPECT_TRUE(lifecycle->intensity.fell_back_to_country);
    EXPECT_EQ(lifecycle->intensity.value, *usual->intensity.country_lifecycle);
    const auto direct = resolve(asked_of("PAK", "direct"));
    ASSERT_FALSE(direct);
    EXPECT_THAT(direct.error().what, ::testing::HasSubstr("no direct figure is known for Pakistan"));
}

TEST(Intensity, AYearThatTheTableDoesNotReachIsRefused) {
    const auto before = resolve(asked_of("FRA", "", 1990));
    ASSERT_FALSE(before);
    EXPECT_THAT(before.error().what, ::testing::HasSubstr("in 1990: the first is of "));
    const auto after = resolve(asked_of("FRA", "", 2050));
    ASSERT_FALSE(after);
    EXPECT_THAT(after.error().what, ::testing::HasSubstr("in 2050: the newest is of "));
    const auto near = resolve(asked_of("FRA", "", 2027));
    ASSERT_TRUE(near);
    EXPECT_THAT(near->notes, ::testing::Contains(::testing::HasSubstr("no figure of 2027 for France")));
    const auto exact = resolve(asked_of("FRA", "", 2019));
    ASSERT_TRUE(exact);
    EXPECT_EQ(exact->intensity.year, 2019);
    EXPECT_TRUE(exact->notes.empty());
}

TEST(Pue, RegionsOwnBeforeTheProvidersFleet) {
    const auto own = resolve(region("aws:eu-north-1"));
    ASSERT_TRUE(own);
    EXPECT_EQ(own->pue.from.chosen, "published for aws:eu-north-1");
    EXPECT_DOUBLE_EQ(own->pue.value, 1.10);  // 2024
    EXPECT_DOUBLE_EQ(own->pue.sigma_ln, 0.04);

    HostFacts host;
    host.cloud = "gcp";
    const auto fleet = resolve(region("FRA"), host);
    ASSERT_TRUE(fleet);
    EXPECT_EQ(fleet->pue.from.chosen, "fleet mean of gcp");
    EXPECT_GT(fleet->pue.sigma_ln, 0.0);
}

TEST(Pue, ARoomHasNoneAndAnUnknownSiteTheIndustrys) {
    HostFacts host;
    host.chassis = "laptop";
    EXPECT_EQ(resolve({}, host)->pue.value, 1.0);
    EXPECT_EQ(resolve({}, host)->pue.sigma_ln, 0.0);
    host.virtualisation = "kvm";  // the laptop's firmware may be the host's
    EXPECT_GT(resolve({}, host)->pue.value, 1.3);
    host.virtualisation.clear();
    host.slurm = true;
    EXPECT_GT(resolve({}, host)->pue.value, 1.3);
    EXPECT_GT(resolve({}, HostFacts{})->pue.sigma_ln, 0.1);
}

}  // namespace
}  // namespace gramme::estimate
