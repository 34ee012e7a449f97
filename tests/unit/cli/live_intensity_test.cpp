#include "cli/live_intensity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::cli {
namespace {

using ::testing::HasSubstr;

TEST(ElectricityMapsZone, IsTheCountryOfARegionWhereThatIsOneZone) {
    const refdata::Tables tables;
    for (const char* region : {"FRA", "FR", "aws:eu-west-3", "Paris"}) {
        const auto zone = electricity_maps_zone(tables, region);
        ASSERT_TRUE(zone) << region << ": " << zone.error().what;
        EXPECT_EQ(*zone, "FR");
    }
    EXPECT_EQ(*electricity_maps_zone(tables, "aws:eu-central-1"), "DE");
    EXPECT_EQ(*electricity_maps_zone(tables, "aws:eu-west-2"), "GB");
}

TEST(ElectricityMapsZone, IsAskedForWhereACountryHasSeveral) {
    const refdata::Tables tables;
    for (const char* region : {"USA", "aws:us-east-1", "CA-QC", "Mumbai", "SWE", "WLD", "nowhere at all"}) {
        const auto zone = electricity_maps_zone(tables, region);
        ASSERT_FALSE(zone) << region;
        EXPECT_EQ(zone.error().code, Code::kUsage);
    }
    EXPECT_THAT(electricity_maps_zone(tables, "USA").error().hint, HasSubstr("electricitymaps:US-CAL-CISO"));
}

TEST(ElectricityMapsZone, TablesKnowTheTwoLettersOfCountriesOnly) {
    const refdata::Tables tables;
    EXPECT_EQ(tables.iso2("DEU"), "DE");
    EXPECT_EQ(tables.iso2("US-CA"), "");
    EXPECT_EQ(tables.iso2("no zone"), "");
}

}  // namespace
}  // namespace gramme::cli
