// Which row of grid intensity answers (docs/method/reference-data.md#intensity). Numbers are those of data/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "refdata/tables.hpp"

namespace gramme::refdata {
namespace {

using ::testing::HasSubstr;

Intensity intensity_at(std::string_view typed, Basis basis = Basis::kLifecycle,
                       std::optional<int> year = {}) {
    const Tables tables;
    const auto place = tables.find_place(typed);
    EXPECT_TRUE(place) << typed;
    const auto found = tables.intensity(*place, basis, year);
    EXPECT_TRUE(found) << typed << ": " << found.error().what;
    return found ? *found : Intensity{};
}

struct Expected {
    std::string_view place;
    double value;
    int year;
    Basis basis;
    std::string_view zone, source;
    friend void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.place; }
};

class IntensityOfPlace : public ::testing::TestWithParam<Expected> {};

TEST_P(IntensityOfPlace, IsTheRowOfTheZone) {
    const Intensity found = intensity_at(GetParam().place);
    EXPECT_DOUBLE_EQ(found.value.value(), GetParam().value);
    EXPECT_EQ(found.year, GetParam().year);
    EXPECT_EQ(found.basis, GetParam().basis);
    EXPECT_EQ(found.zone, GetParam().zone);
    EXPECT_EQ(found.source, GetParam().source);
    EXPECT_FALSE(found.fell_back_to_country);
}

INSTANTIATE_TEST_SUITE_P(
    Places, IntensityOfPlace,
    ::testing::Values(Expected{"Montreal", 34.5, 0, Basis::kLifecycle, "CA-QC", "hydroquebec_lca"},
                      Expected{"Mumbai", 678.76, 2024, Basis::kDirect, "IN-WE", "google_rci"},
                      Expected{"Paris", 41.44, 2025, Basis::kLifecycle, "FRA", "owid_ember_2026"},
                      Expected{"us-east-1", 270.48, 2023, Basis::kDirect, "US-EGRID-SRVC", "egrid2023"},
                      Expected{"Norway", 28.11, 2025, Basis::kLifecycle, "NOR", "owid_ember_2026"},
                      Expected{"Poland", 588.6, 2025, Basis::kLifecycle, "POL", "owid_ember_2026"},
                      Expected{"US-OR", 165.6, 2023, Basis::kDirect, "US-OR", "egrid2023"},
                      Expected{"aws:eu-west-3", 41.44, 2025, Basis::kLifecycle, "FRA", "owid_ember_2026"},
                      Expected{"aws:ap-south-1", 678.76, 2024, Basis::kDirect, "IN-WE", "google_rci"},
                      Expected{"gcp:us-central1", 412.72, 2024, Basis::kDirect, "US-MISO-SPP", "google_rci"},
                      Expected{"azure:westeurope", 253.56, 2025, Basis::kLifecycle, "NLD",
                               "owid_ember_2026"}));

TEST(Intensity, QuebecHasADirectFigureToo) {
    const Intensity found = intensity_at("Quebec", Basis::kDirect);
    EXPECT_DOUBLE_EQ(found.value.value(), 5.48);
    EXPECT_EQ(found.year, 2024);
    EXPECT_EQ(found.basis, Basis::kDirect);
}

TEST(Intensity, ADirectFigureStandsBesideTheCountrysLifecycleFigure) {
    const Intensity found = intensity_at("Mumbai");
    ASSERT_TRUE(found.country_lifecycle);
    EXPECT_DOUBLE_EQ(found.country_lifecycle->value(), 670.13);
    EXPECT_EQ(found.country_lifecycle_zone, "IND");
    EXPECT_EQ(found.country_lifecycle_year, 2025);
    EXPECT_EQ(found.country_lifecycle_source, "owid_ember_2026");
}

TEST(Intensity, ALifecycleFigureNeedsNothingBesideIt) {
    EXPECT_FALSE(intensity_at("France").country_lifecycle);
}

TEST(Intensity, AnOldLifecycleRowIsPassedOverForANewerDirectOne) {
    // Western India: lifecycle 721 of 2020 is four years older than the newest row, direct 2024.
    EXPECT_EQ(intensity_at("IN-WE").year, 2024);
    // When 2021 is asked it is one year older than the newest row that counts, direct 2021.
    const Intensity then = intensity_at("IN-WE", Basis::kLifecycle, 2021);
    EXPECT_DOUBLE_EQ(then.value.value(), 721.0);
    EXPECT_EQ(then.basis, Basis::kLifecycle);
}

TEST(Intensity, ThreeYearsAreNotYetOld) {
    EXPECT_EQ(intensity_at("IN-WE", Basis::kLifecycle, 2023).year, 2020);
    EXPECT_EQ(intensity_at("IN-WE", Basis::kLifecycle, 2024).year, 2024);
}

TEST(Intensity, AYearTakesTheNewestRowNotAfterIt) {
    EXPECT_DOUBLE_EQ(intensity_at("France", Basis::kLifecycle, 2022).value.value(), 78.54);
    EXPECT_EQ(intensity_at("France", Basis::kLifecycle, 2022).year, 2022);
    EXPECT_EQ(intensity_at("France", Basis::kLifecycle, 2099).year, 2025);
}

TEST(Intensity, TheLaterPublishedSourceAnswersForAYear) {
    // USA 2023: 369.47 in the release of 2024, 392.89 in that of 2026.
    EXPECT_DOUBLE_EQ(intensity_at("USA", Basis::kLifecycle, 2023).value.value(), 392.89);
}

TEST(Intensity, AYearBeforeTheFirstRowTakesTheFirstRow) {
    const Intensity found = intensity_at("Norway", Basis::kLifecycle, 1995);
    EXPECT_EQ(found.year, 2010);
    EXPECT_DOUBLE_EQ(found.value.value(), 42.88);
}

TEST(Intensity, QuebecInAYearWithALifecycleRowTakesIt) {
    EXPECT_DOUBLE_EQ(intensity_at("Quebec", Basis::kLifecycle, 2020).value.value(), 27.0);
    EXPECT_DOUBLE_EQ(intensity_at("Quebec", Basis::kLifecycle, 2024).value.value(), 34.5);
}

TEST(Intensity, NoLifecycleFigureIsZero) {
    for (const GridRow& row : Tables{}.grid_rows()) {
        if (row.basis == Basis::kLifecycle) {
            EXPECT_GT(row.intensity.value(), 0.0) << row.zone << ' ' << row.year;
        }
    }
    const Intensity found = intensity_at("CAF");
    EXPECT_DOUBLE_EQ(found.value.value(), 111.11);
    EXPECT_EQ(found.year, 2012);
}

TEST(Intensity, AnUndatedRowThatIsNotPreferredDoesNotCount) {
    // Manitoba: an unchecked undated lifecycle 26.3, and direct 1.3 of 2019.
    const Intensity found = intensity_at("Manitoba");
    EXPECT_EQ(found.basis, Basis::kDirect);
    EXPECT_EQ(found.year, 2019);
}

TEST(Intensity, NationalDirectFiguresComeBeforeAProvidersWeighting) {
    EXPECT_EQ(intensity_at("France", Basis::kDirect).source, "rte_bilan");
    EXPECT_EQ(intensity_at("India", Basis::kDirect).source, "cea_v21");
}

TEST(Intensity, AZoneWithoutARowFallsBackToItsCountry) {
    const std::pair<std::string, std::string> zones[] = {
        {"grid_zones.csv",
         "zone,country_iso3,zone_type,name,source\nFR-IDF,FRA,subdivision,Ile-de-France,iso_3166\n"}};
    const auto tables = Tables::with_overrides(zones);
    ASSERT_TRUE(tables) << tables.error().what;
    const auto place = tables->find_place("Ile-de-France");
    ASSERT_TRUE(place);
    EXPECT_EQ(place->zone, "FR-IDF");
    const auto found = tables->intensity(*place, Basis::kLifecycle, {});
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->fell_back_to_country);
    EXPECT_EQ(found->zone, "FRA");
    EXPECT_DOUBLE_EQ(found->value.value(), 41.44);
}

TEST(Intensity, ACountryWithoutARowIsNotFoundByName) {
    const Tables tables;
    const auto place = tables.find_place("Andorra");
    ASSERT_TRUE(place);
    const auto found = tables.intensity(*place, Basis::kLifecycle, {});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kNotFound);
    EXPECT_THAT(found.error().what, HasSubstr("Andorra"));
    EXPECT_THAT(found.error().hint, HasSubstr("--intensity"));
}

TEST(Intensity, EveryRegionHasOneOnEitherBasis) {
    const Tables tables;
    for (const CloudRegion& region : tables.cloud_regions()) {
        const auto place = tables.find_place(std::string(region.provider) + ":" + std::string(region.region));
        ASSERT_TRUE(place);
        for (const Basis basis : {Basis::kLifecycle, Basis::kDirect}) {
            const auto found = tables.intensity(*place, basis, {});
            ASSERT_TRUE(found) << region.region;
            EXPECT_TRUE(tables.source(found->source)) << found->source;
            EXPECT_EQ(found->zone, place->zone);
        }
    }
}

TEST(Intensity, TheWorldHasALifecycleFigure) {
    const Tables tables;
    const auto found = tables.intensity(tables.world(), Basis::kLifecycle, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->basis, Basis::kLifecycle);
    EXPECT_NEAR(found->value.value(), 460.0, 20.0);
}

}  // namespace
}  // namespace gramme::refdata
