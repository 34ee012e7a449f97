// A person's own tables over the compiled ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "refdata/tables.hpp"

namespace gramme::refdata {
namespace {

using ::testing::HasSubstr;
using Texts = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kOwnSource =
    "source,title,publisher,licence,share_alike,url\nmine,Our meter,Us,own,yes,https://example.org/\n";

Tables with(const Texts& texts) {
    auto tables = Tables::with_overrides(texts);
    EXPECT_TRUE(tables) << tables.error().what;
    return tables ? *tables : Tables{};
}

Error refused(const Texts& texts) {
    const auto tables = Tables::with_overrides(texts);
    EXPECT_FALSE(tables);
    return tables ? Error{} : tables.error();
}

TEST(Overrides, NothingAddedChangesNothing) {
    const Tables plain;
    const Tables same = with({});
    EXPECT_EQ(same.grid_rows().size(), plain.grid_rows().size());
    EXPECT_EQ(same.cloud_regions().size(), plain.cloud_regions().size());
    EXPECT_EQ(same.find_place("Montréal")->zone, "CA-QC");
    EXPECT_DOUBLE_EQ(same.intensity(*same.find_place("Mumbai"), Basis::kLifecycle, {})->value.value(),
                     678.76);
    EXPECT_EQ(same.find_cpu("AMD EPYC 7763 64-Core Processor")->id, "amd-epyc-7763");
}

TEST(Overrides, APreferredRowAnswersInPlaceOfTheCompiledOne) {
    const Tables tables =
        with({{"my/sources.csv", kOwnSource},
              {"my/grid_intensity.csv",
               "zone,year,gco2e_per_kwh,basis,preferred,source\nFRA,2026,33.5,lifecycle,1,mine\n"}});
    const auto found = tables.intensity(*tables.find_place("Paris"), Basis::kLifecycle, {});
    ASSERT_TRUE(found);
    EXPECT_DOUBLE_EQ(found->value.value(), 33.5);
    EXPECT_EQ(found->source, "mine");
    EXPECT_EQ(tables.source("mine")->title, "Our meter");
}

TEST(Overrides, AnEqualKeyReplaces) {
    const Tables tables = with({{"grid_intensity.csv",
                                 "zone,year,gco2e_per_kwh,basis,preferred,source\n"
                                 "FRA,2025,40,lifecycle,1,owid_ember_2026\n"}});
    EXPECT_EQ(tables.grid_rows().size(), Tables{}.grid_rows().size());
    EXPECT_DOUBLE_EQ(tables.intensity(*tables.find_place("FR"), Basis::kLifecycle, {})->value.value(), 40.0);
}

TEST(Overrides, ALifecycleFigureOfZeroIsRefused) {
    EXPECT_THAT(refused({{"grid_intensity.csv",
                          "zone,year,gco2e_per_kwh,basis,preferred,source\n"
                          "FRA,2025,40,lifecycle,1,owid_ember_2026\n"
                          "FRA,2026,0,lifecycle,0,owid_ember_2026\n"}})
                    .what,
                HasSubstr("grid_intensity.csv:3:gco2e_per_kwh: a lifecycle intensity of 0"));
    // What stations burn can be nothing.
    EXPECT_EQ(with({{"grid_intensity.csv",
                     "zone,year,gco2e_per_kwh,basis,preferred,source\n"
                     "FRA,2026,0,direct,0,owid_ember_2026\n"}})
                  .grid_rows()
                  .size(),
              Tables{}.grid_rows().size() + 1);
}

TEST(Overrides, ARegionOfOnesOwnIsFound) {
    const Tables tables = with({{"cloud_regions.csv",
                                 "provider,region,city,country_iso3,grid_zone,source\n"
                                 "ourlab,basement,Grenoble,FRA,FRA,gramme_names\n"},
                                {"pue.csv",
                                 "provider,region,year,pue,sigma_ln,kind,source\n"
                                 "ourlab,basement,2026,1.31,0.02,reported,uptime_survey\n"}});
    const auto place = tables.find_place("ourlab:basement");
    ASSERT_TRUE(place);
    EXPECT_EQ(place->zone, "FRA");
    EXPECT_DOUBLE_EQ(place->pue.value(), 1.31);
    EXPECT_EQ(tables.find_place("Grenoble")->zone, "FRA");
    EXPECT_EQ(tables.find_place("basement")->region, "ourlab:basement");
}

TEST(Overrides, ARegionOfOnesOwnMayHaveAPlaceOnTheMap) {
    const std::string header = "provider,region,latitude,longitude,grid_zone,source\n";
    const Tables tables =
        with({{"cloud_regions.csv", header + "ourlab,basement,45.188529,5.724524,FRA,gramme_names\n"
                                             "ourlab,ship,0,-0,FRA,gramme_names\n"
                                             "ourlab,attic,,,FRA,gramme_names\n"}});
    const auto basement = tables.find_place("ourlab:basement");
    ASSERT_TRUE(basement && basement->at);
    EXPECT_DOUBLE_EQ(basement->at->latitude, 45.19) << "to a hundredth of a degree";
    EXPECT_DOUBLE_EQ(basement->at->longitude, 5.72);
    const auto ship = tables.find_place("ourlab:ship");
    ASSERT_TRUE(ship && ship->at) << "0 degrees is a place and not unknown";
    EXPECT_DOUBLE_EQ(ship->at->latitude, 0.0);
    EXPECT_FALSE(tables.find_place("ourlab:attic")->at);
    EXPECT_FALSE(tables.find_place("FRA")->at);
}

TEST(Overrides, HalfAPlaceOrOneBesideTheGlobeIsRefused) {
    const auto fault = [](const std::string& degrees) {
        return refused({{"cloud_regions.csv", "provider,region,latitude,longitude,grid_zone,source\nx,y," +
                                                  degrees + ",FRA,gramme_names\n"}});
    };
    EXPECT_EQ(fault("45.1,").what,
              "cloud_regions.csv:2:longitude: latitude and longitude belong together; leave both empty where "
              "they are unknown");
    EXPECT_THAT(fault(",5.7").what, HasSubstr("cloud_regions.csv:2:latitude: latitude and longitude"));
    EXPECT_EQ(fault("90.01,5").what, "cloud_regions.csv:2:latitude: 90.01 is outside -90 to 90");
    EXPECT_EQ(fault("45,-180.5").what, "cloud_regions.csv:2:longitude: -180.5 is outside -180 to 180");
    EXPECT_EQ(fault("45,-180.5").code, Code::kOutOfRange);
    EXPECT_THAT(fault("nan,5").what, HasSubstr("is not a number"));
    EXPECT_THAT(fault("45N,5").what, HasSubstr("is not a number"));
}

TEST(Overrides, ACpuCurveOfOnesOwnReplaces) {
    const Tables tables = with({{"cpu_power.csv",
                                 "source,microarchitecture,full_w_per_thread,idle_w_per_thread,sigma_ln\n"
                                 "ccf-specpower,zen3-milan,2,0.5,0.1\n"}});  // columns may stand in any order
    EXPECT_DOUBLE_EQ(tables.cpu_power("zen3-milan").full_w_per_thread, 2.0);
    EXPECT_TRUE(tables.cpu_power("").generic);
    EXPECT_EQ(tables.cpu_power("zen3-milan").full_per_tdp, 0.0);  // their watts of a thread, not our ratios
}

TEST(Overrides, RatiosOfTheTdpBelongTogether) {
    for (const std::string cells : {"0.1,,0.3", "0.1,0.9,", ",0.9,0.3", "0.9,0.1,0.3"}) {
        const auto tables = Tables::with_overrides(
            Texts{{"cpu_power.csv",
                   "microarchitecture,idle_w_per_thread,full_w_per_thread,sigma_ln,idle_per_tdp,full_per_tdp,"
                   "sigma_ln_per_tdp,source\nzen3-milan,0.5,2,0.1," +
                       cells + ",ccf-specpower\n"}});
        ASSERT_FALSE(tables) << cells;
        EXPECT_NE(tables.error().what.find("full_per_tdp"), std::string::npos) << tables.error().what;
    }
}

TEST(Overrides, TextsOutliveTheirInput) {
    Tables tables;
    {
        Texts texts = {
            {"equivalences.csv",
             "key,label,unit,kgco2e_per_unit,source\nbread,loaves of bread,loaf,0.5,gramme_names\n"}};
        tables = with(texts);
    }
    bool seen = false;
    for (const EquivalenceRow& row : tables.equivalences()) {
        seen = seen || row.label == "loaves of bread";
    }
    EXPECT_TRUE(seen);
}

TEST(Overrides, FaultsNameFileLineAndColumn) {
    EXPECT_EQ(refused({{"my/grid_intensity.csv",
                        "zone,year,gco2e_per_kwh,basis,source\nFRA,2026,abc,lifecycle,mine\n"}})
                  .what,
              "my/grid_intensity.csv:2:gco2e_per_kwh: \"abc\" is not a number");
    EXPECT_THAT(refused({{"grid_intensity.csv",
                          "zone,year,gco2e_per_kwh,basis,source\nFRA,2026,40,lifecycle,nobody\n"}})
                    .what,
                HasSubstr("grid_intensity.csv:2:source: \"nobody\" is not in sources.csv"));
    EXPECT_THAT(
        refused({{"cloud_regions.csv", "provider,region,grid_zone,source\nx,y,XX-1,gramme_names\n"}}).what,
        HasSubstr("cloud_regions.csv:2:grid_zone: \"XX-1\" is not in grid_zones.csv"));
    const Error range = refused({{"pue.csv",
                                  "provider,region,year,pue,sigma_ln,kind,source\n"
                                  "aws,,2026,0.9,0.02,reported,uptime_survey\n"}});
    EXPECT_EQ(range.code, Code::kOutOfRange);
    EXPECT_EQ(range.what, "pue.csv:2:pue: 0.9 is outside 1 to 3");
}

TEST(Overrides, ARowThatStandsTwiceIsRefused) {
    EXPECT_THAT(
        refused({{"place_aliases.csv", "alias,zone,source\nHome,FRA,gramme_names\nHOME,DEU,gramme_names\n"}})
            .what,
        HasSubstr("place_aliases.csv:3:alias: the key \"home\" stands already in line 2"));
}

TEST(Overrides, AnotherFileNameIsNotFound) {
    const Error error = refused({{"grid_intensities.csv", "zone\n"}});
    EXPECT_EQ(error.code, Code::kNotFound);
    EXPECT_THAT(error.hint, HasSubstr("grid_intensity.csv"));
}

}  // namespace
}  // namespace gramme::refdata
