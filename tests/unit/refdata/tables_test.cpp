// Every row of every table, as the program holds it.
#include "refdata/tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "refdata/image.hpp"

namespace gramme::refdata {
namespace {

TEST(Tables, HoldAllRows) {
    const View view = compiled_view();
    EXPECT_EQ(view.zones.size(), 382U);
    EXPECT_EQ(view.intensities.size(), 4'023U);
    EXPECT_EQ(view.regions.size(), 402U);
    EXPECT_EQ(view.cpus.size(), 4'651U);
    EXPECT_EQ(view.pues.size(), 153U);
    EXPECT_EQ(view.cpu_powers.size(), 45U);
}

TEST(Tables, PassTheChecksAgainWhenReadBack) {
    const auto checked = check_records(records_of(compiled_view()), /*compiled_in=*/true);
    EXPECT_TRUE(checked) << checked.error().what;
}

TEST(Tables, EveryGridRowIsPlausible) {
    const Tables tables;
    for (const GridRow& row : tables.grid_rows()) {
        SCOPED_TRACE(std::string(row.zone) + " " + std::to_string(row.year));
        EXPECT_GE(row.intensity.value(), 0.0);
        EXPECT_LE(row.intensity.value(), 1'500.0);
        EXPECT_TRUE(row.year == 0 || (row.year >= 2010 && row.year <= 2026));
        EXPECT_TRUE(tables.source(row.source));
        EXPECT_EQ(row.country_iso3.empty(), row.zone_type == "aggregate");
    }
}

TEST(Tables, EveryRegionIsPlausible) {
    const Tables tables;
    std::set<std::string> ids;
    for (const CloudRegion& row : tables.cloud_regions()) {
        const std::string id = std::string(row.provider) + ":" + std::string(row.region);
        SCOPED_TRACE(id);
        EXPECT_TRUE(ids.insert(id).second);
        EXPECT_TRUE(tables.source(row.source));
        EXPECT_EQ(row.country_iso3.size(), 3U);
        if (row.pue) {
            EXPECT_GE(*row.pue, 1.0);
            EXPECT_LE(*row.pue, 1.6);
            EXPECT_GE(row.pue_year, 2022);
            EXPECT_TRUE(tables.source(row.pue_source));
        }
    }
}

TEST(Tables, RegionsOfOneCityStandCloseTogether) {
    std::map<std::string, Coordinates> cities;
    std::size_t placed = 0;
    for (const CloudRegion& row : Tables{}.cloud_regions()) {
        SCOPED_TRACE(std::string(row.provider) + ":" + std::string(row.region));
        if (!row.at) {
            continue;
        }
        ++placed;
        EXPECT_LE(std::abs(row.at->latitude), 72.0);  // no region lies nearer to a pole
        EXPECT_LE(std::abs(row.at->longitude), 180.0);
        if (row.city.empty()) {
            continue;  // a point of a state
        }
        const auto [first, is_new] =
            cities.emplace(std::string(row.city) + ", " + std::string(row.country_iso3), *row.at);
        EXPECT_NEAR(first->second.latitude, row.at->latitude, 0.6);  // of 0.57: Azure's London is in Surrey
        EXPECT_NEAR(first->second.longitude, row.at->longitude, 0.7);
    }
    EXPECT_EQ(placed, 321U);
}

TEST(Tables, PlacesOnTheMapAreThoseOfTheTable) {
    const Tables tables;
    const auto at = [&](const char* region) {
        const auto place = tables.find_place(region);
        return place && place->at ? std::pair(place->at->latitude, place->at->longitude)
                                  : std::pair(0.0, 0.0);
    };
    EXPECT_EQ(at("aws:eu-west-3"), std::pair(48.86, 2.35));
    EXPECT_EQ(at("aws:sa-east-1"), std::pair(-23.55, -46.63));
    EXPECT_EQ(at("gcp:africa-south1"), std::pair(-26.21, 28.03)) << "Johannesburg is south of the equator";
    EXPECT_EQ(at("azure:spaincentral"), std::pair(40.42, -3.7)) << "Madrid is west of Greenwich";
    EXPECT_EQ(sizeof(RegionRow), 44U) << "a place on the map costs four bytes";
}

TEST(Tables, EveryCpuIsPlausible) {
    const View view = compiled_view();
    const Tables tables;
    for (const CpuRow& row : view.cpus) {
        const std::string_view model = view.text(row.model);
        SCOPED_TRACE(model);
        EXPECT_LE(row.tdp_w, 800.0F);
        EXPECT_LE(row.cores, 288);
        EXPECT_TRUE(tables.source(view.text(row.source)));
        const auto found = tables.find_cpu(model);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->id, view.text(row.id));
    }
}

TEST(Tables, EveryCurveRises) {
    for (const CpuPowerRow& row : compiled_view().cpu_powers) {
        EXPECT_GT(row.full_w_per_thread, row.idle_w_per_thread);
        EXPECT_GE(row.sigma_ln, 0.3);
        EXPECT_GT(row.full_per_tdp, row.idle_per_tdp);
        EXPECT_GT(row.idle_per_tdp, 0.0);
        EXPECT_GE(row.sigma_ln_per_tdp, 0.25);
    }
}

TEST(Tables, EveryEquivalenceHasASourceAndAPositiveWeight) {
    const Tables tables;
    double last = 0.0;
    for (const EquivalenceRow& row : tables.equivalences()) {
        EXPECT_GT(row.kgco2e_per_unit, 0.0) << row.key;
        EXPECT_GE(row.kgco2e_per_unit, last) << "sorted by size: " << row.key;
        last = row.kgco2e_per_unit;
        EXPECT_TRUE(tables.source(row.source)) << row.key;
        EXPECT_FALSE(row.label.empty());
    }
}

TEST(Tables, EquivalencesShownSpanAGramToFiftyTonnes) {
    std::vector<std::string> shown;
    for (const EquivalenceRow& row : Tables{}.equivalences()) {
        if (row.shown_by_default) {
            shown.emplace_back(row.key);
        }
    }
    EXPECT_THAT(shown, ::testing::ElementsAre("web_search", "phone_charge", "tv_hour", "car_km",
                                              "flight_paris_london", "flight_new_york_san_francisco_return",
                                              "car_year", "car_lifetime"));
}

TEST(Tables, CarKilometreIsThatOfEpa) {
    for (const EquivalenceRow& row : Tables{}.equivalences()) {
        if (row.key == "car_km") {
            EXPECT_NEAR(row.kgco2e_per_unit, 0.393 / 1.609344, 1e-4);  // 393 g per mile
            EXPECT_EQ(row.source, "epa_equiv_2026");
        }
    }
}

TEST(Pue, OfTheHyperscalersIsTheNewestFleetMean) {
    const Tables tables;
    EXPECT_DOUBLE_EQ(tables.provider_pue("aws")->value, 1.15);
    EXPECT_EQ(tables.provider_pue("aws")->year, 2024);
    EXPECT_DOUBLE_EQ(tables.provider_pue("gcp")->value, 1.09);
    EXPECT_EQ(tables.provider_pue("gcp")->year, 2024);
    EXPECT_DOUBLE_EQ(tables.provider_pue("azure")->value, 1.17);
    EXPECT_EQ(tables.provider_pue("azure")->year, 2025);
    EXPECT_TRUE(tables.source(tables.provider_pue("azure")->source));
}

TEST(Pue, OfAProviderWithoutAFleetMeanIsUnknown) {
    EXPECT_FALSE(Tables{}.provider_pue("hetzner"));
    EXPECT_FALSE(Tables{}.provider_pue("scaleway"));  // figures by site, none for the fleet
    EXPECT_FALSE(Tables{}.provider_pue(""));
}

TEST(Pue, OfTheIndustryCoversTheSurveysRange) {
    const Pue pue = Tables{}.industry_pue();
    EXPECT_DOUBLE_EQ(pue.value, 1.54);
    EXPECT_EQ(pue.year, 2025);
    EXPECT_EQ(pue.source, "uptime_survey");
    EXPECT_NEAR(pue.value * std::exp(-1.96 * pue.sigma_ln), 1.08, 0.01);
    EXPECT_NEAR(pue.value * std::exp(+1.96 * pue.sigma_ln), 2.20, 0.01);
}

TEST(Source, IsFoundById) {
    const auto source = Tables{}.source("uptime_survey");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->publisher, "Uptime Institute");
    EXPECT_FALSE(Tables{}.source("nobody"));
}

}  // namespace
}  // namespace gramme::refdata
