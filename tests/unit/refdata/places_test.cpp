// What a person types as a place (docs/method/reference-data.md#place).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "refdata/tables.hpp"

namespace gramme::refdata {
namespace {

using ::testing::HasSubstr;

Place found(std::string_view typed) {
    const auto place = Tables{}.find_place(typed);
    EXPECT_TRUE(place) << typed << ": " << place.error().what << "; " << place.error().hint;
    return place ? *place : Place{};
}

Error refused(std::string_view typed) {
    const auto place = Tables{}.find_place(typed);
    EXPECT_FALSE(place) << typed << " became " << place->zone;
    return place ? Error{} : place.error();
}

struct Typed {
    std::string_view text, zone, region;
    friend void PrintTo(const Typed& typed, std::ostream* out) { *out << typed.text; }
};

class PlaceByName : public ::testing::TestWithParam<Typed> {};

TEST_P(PlaceByName, IsZoneAndRegion) {
    const Place place = found(GetParam().text);
    EXPECT_EQ(place.zone, GetParam().zone);
    EXPECT_EQ(place.region, GetParam().region);
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, PlaceByName,
    ::testing::Values(
        Typed{"aws:eu-west-3", "FRA", "aws:eu-west-3"}, Typed{"eu-west-3", "FRA", "aws:eu-west-3"},
        Typed{" EU-West-3 ", "FRA", "aws:eu-west-3"}, Typed{"amazon:eu-west-3", "FRA", "aws:eu-west-3"},
        Typed{"FRA", "FRA", ""}, Typed{"FR", "FRA", ""}, Typed{"fr", "FRA", ""}, Typed{"France", "FRA", ""},
        Typed{"Paris", "FRA", ""}, Typed{"CA-QC", "CA-QC", ""}, Typed{"ca-qc", "CA-QC", ""},
        Typed{"Quebec", "CA-QC", ""}, Typed{"Québec", "CA-QC", ""}, Typed{"Montreal", "CA-QC", ""},
        Typed{"Montréal", "CA-QC", ""}, Typed{"MONTREAL", "CA-QC", ""}, Typed{"Mumbai", "IN-WE", ""},
        Typed{"us-east-1", "US-EGRID-SRVC", "aws:us-east-1"},
        Typed{"alibaba:us-east-1", "US-EGRID-SRVC", "alibaba:us-east-1"},
        Typed{"lambda:us-east-1", "US-VA", "lambda:us-east-1"}, Typed{"USA", "USA", ""},
        Typed{"US", "USA", ""}, Typed{"United States", "USA", ""},
        Typed{"united  states of America", "USA", ""}, Typed{"UK", "GBR", ""}, Typed{"GB", "GBR", ""},
        Typed{"Britain", "GBR", ""}, Typed{"Germany", "DEU", ""}, Typed{"Deutschland", "DEU", ""},
        Typed{"California", "US-CA", ""}, Typed{"US-CA", "US-CA", ""}, Typed{"CA", "CAN", ""},
        Typed{"world", "WLD", ""}, Typed{"WLD", "WLD", ""}, Typed{"EU", "EU27", ""},
        Typed{"gcp:europe-west9", "FRA", "gcp:europe-west9"},
        Typed{"google:europe-west9", "FRA", "gcp:europe-west9"},
        Typed{"europe-west9", "FRA", "gcp:europe-west9"},
        Typed{"gcp:us-central1", "US-MISO-SPP", "gcp:us-central1"},
        Typed{"gcp:asia-south1", "IN-WE", "gcp:asia-south1"},
        Typed{"azure:westeurope", "NLD", "azure:westeurope"},
        Typed{"microsoft:francecentral", "FRA", "azure:francecentral"},
        Typed{"westeurope", "NLD", "azure:westeurope"}, Typed{"West Europe", "NLD", "azure:westeurope"},
        Typed{"aws:paris", "FRA", "aws:eu-west-3"}, Typed{"Turkey", "TUR", ""}, Typed{"Türkiye", "TUR", ""},
        Typed{"turkiye", "TUR", ""}, Typed{"São Paulo", "BR-CS", ""}, Typed{"Osasco", "BR-CS", ""}));

TEST(FindPlace, CountryComesBeforeACityOfItsName) {
    EXPECT_EQ(found("Singapore").zone, "SGP");
    EXPECT_EQ(found("Singapore").city, "");
    EXPECT_EQ(found("Luxembourg").zone, "LUX");
    EXPECT_EQ(found("Hong Kong").zone, "HKG");
}

TEST(FindPlace, CountryComesBeforeAStateOfItsName) {
    EXPECT_EQ(found("Georgia").zone, "GEO");
    EXPECT_EQ(found("US-GA").zone, "US-GA");
}

TEST(FindPlace, ZoneCodeComesBeforeARegionCode) {
    EXPECT_EQ(found("bhs").zone, "BHS");  // the Bahamas, not OVHcloud's Beauharnois
    EXPECT_EQ(found("ovhcloud:bhs").zone, "CA-QC");
}

TEST(FindPlace, RegionCarriesItsProviderAndPue) {
    const Place place = found("aws:ap-south-1");
    EXPECT_EQ(place.provider, "aws");
    EXPECT_EQ(place.city, "Mumbai");
    EXPECT_EQ(place.zone, "IN-WE");
    EXPECT_EQ(place.country_iso3, "IND");
    ASSERT_TRUE(place.pue);
    EXPECT_DOUBLE_EQ(*place.pue, 1.42);
    EXPECT_EQ(place.pue_year, 2024);
    EXPECT_EQ(place.pue_source, "gsf_rtc");
}

TEST(FindPlace, CityHasNoProvidersPue) {
    const Place place = found("Mumbai");
    EXPECT_EQ(place.city, "Mumbai");
    EXPECT_EQ(place.provider, "");
    EXPECT_EQ(place.zone_name, "Western India");
    EXPECT_EQ(place.country_iso3, "IND");
    EXPECT_FALSE(place.pue);
}

TEST(FindPlace, RegionNameOfSeveralProvidersIsTheOnlyHyperscalers) {
    EXPECT_EQ(found("eu-west-1").region, "aws:eu-west-1");  // alibaba has London under the same name
    EXPECT_EQ(found("ap-southeast-3").region, "aws:ap-southeast-3");
}

TEST(FindPlace, RegionNameOfSmallProvidersIsTheZoneTheyShare) {
    const Place place = found("hil");  // hetzner and ovhcloud, both Hillsboro
    EXPECT_EQ(place.zone, "US-EGRID-NWPP");
    EXPECT_EQ(place.region, "");
}

TEST(FindPlace, RegionNameInTwoZonesIsRefusedWithTheCandidates) {
    const Error error = refused("me-east-1");
    EXPECT_EQ(error.code, Code::kMalformed);
    EXPECT_THAT(error.what, HasSubstr("alibaba:me-east-1 (ARE)"));
    EXPECT_THAT(error.what, HasSubstr("huawei:me-east-1 (SAU)"));
}

TEST(FindPlace, MisspeltNamesGetTheNearestOffered) {
    EXPECT_THAT(refused("eu-wset-3").hint, HasSubstr("did you mean eu-west-3"));
    EXPECT_THAT(refused("aws:eu-west-33").hint, HasSubstr("did you mean aws:eu-west-3"));
    EXPECT_THAT(refused("Frnace").hint, HasSubstr("did you mean France"));
    EXPECT_THAT(refused("Montrael").hint, HasSubstr("Montreal"));
    EXPECT_THAT(refused("azur:westeurope").hint, HasSubstr("did you mean azure"));
    EXPECT_THAT(refused("Qebec").hint, HasSubstr("Quebec"));
    EXPECT_THAT(refused("Atlantis-upon-Sea").hint, HasSubstr("`gramme regions TEXT` searches"));
    EXPECT_EQ(refused("Atlantis-upon-Sea").code, Code::kNotFound);
}

TEST(FindPlace, OddInputIsNotFound) {
    for (const std::string_view typed : {"", " ", ":", "aws:", ":eu-west-3", "a:b:c", "\xff\xfe", "aws: :"}) {
        EXPECT_FALSE(Tables{}.find_place(typed)) << typed;
    }
}

TEST(FindPlace, EveryRegionIsItself) {
    const Tables tables;
    const auto regions = tables.cloud_regions();
    EXPECT_GT(regions.size(), 400U);
    for (const CloudRegion& region : regions) {
        const std::string id = std::string(region.provider) + ":" + std::string(region.region);
        const Place place = found(id);
        EXPECT_EQ(place.region, id);
        EXPECT_EQ(place.zone, region.grid_zone);
        EXPECT_EQ(place.pue, region.pue);
    }
}

TEST(FindPlace, EveryZoneIsItselfByCode) {
    std::set<std::string_view> zones;
    const auto rows = Tables{}.grid_rows();
    for (const GridRow& row : rows) {
        zones.insert(row.zone);
    }
    EXPECT_GT(zones.size(), 360U);
    for (const std::string_view zone : zones) {
        EXPECT_EQ(found(zone).zone, zone);
    }
}

TEST(FindPlace, EveryCountryIsItselfByName) {
    const auto rows = Tables{}.grid_rows();
    for (const GridRow& row : rows) {
        if (row.zone_type == "country" && row.preferred) {
            EXPECT_EQ(found(row.name).zone, row.zone);
        }
    }
}

TEST(FindPlace, EveryCityOfACloudIsAPlace) {
    const auto regions = Tables{}.cloud_regions();
    for (const CloudRegion& region : regions) {
        if (!region.city.empty()) {
            EXPECT_EQ(found(region.city).country_iso3, region.country_iso3) << region.city;
        }
    }
}

TEST(World, IsTheWholeWorld) {
    const Place world = Tables{}.world();
    EXPECT_EQ(world.zone, "WLD");
    EXPECT_EQ(world.zone_name, "World");
    EXPECT_EQ(world.country_iso3, "");
}

}  // namespace
}  // namespace gramme::refdata
