// Tables of intensities over time as operators and people write them, and what is wrong with others.
#include "cli/intensity_csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utc.hpp"

namespace gramme::cli {
namespace {

using ::testing::HasSubstr;

std::int64_t at(const char* text) {
    return *parse_utc(text) / 1'000'000'000;
}

IntensitySeries read(const std::string& text, const std::string& basis = "") {
    auto series = parse_intensity_csv(text, "grid.csv", basis);
    EXPECT_TRUE(series) << series.error().what;
    return series ? *std::move(series) : IntensitySeries{};
}

Error refused(const std::string& text, const std::string& basis = "") {
    auto series = parse_intensity_csv(text, "grid.csv", basis);
    EXPECT_FALSE(series);
    return series ? Error{Code::kUsage, "", ""} : series.error();
}

TEST(IntensityCsv, OwnFormWithAllColumns) {
    const IntensitySeries series = read(
        "from,until,gco2e_per_kwh,zone,basis\n"
        "2026-11-01T00:00:00Z,2026-11-01T00:30:00Z,41.5,GB,direct\n"
        "2026-11-01T01:00:00Z,2026-11-01T01:30:00Z,52,GB,direct\n");
    ASSERT_EQ(series.periods.size(), 2U);
    EXPECT_EQ(series.periods[0].from_s, at("2026-11-01T00:00:00Z"));
    EXPECT_EQ(series.periods[0].until_s, at("2026-11-01T00:30:00Z"));
    EXPECT_EQ(series.periods[1].gco2e_per_kwh, 52.0);
    EXPECT_EQ(series.zone, "GB");
    EXPECT_EQ(series.basis, "direct");
    EXPECT_EQ(series.from.chosen, "--intensity-csv grid.csv");
}

constexpr const char* kElectricityMaps =
    "\xEF\xBB\xBF"
    "Datetime (UTC),Country,Zone name,Zone id,Carbon intensity gCO\xE2\x82\x82"
    "eq/kWh (direct),Carbon intensity gCO\xE2\x82\x82"
    "eq/kWh (Life cycle),Data source\r\n"
    "2026-11-01 00:00:00,France,France,FR,10.1,30.5,RTE\r\n"
    "2026-11-01 01:00:00,France,France,FR,20.2,,RTE\r\n"
    "2026-11-01 02:00:00,France,France,FR,30.3,50.5,RTE\r\n";

TEST(IntensityCsv, ElectricityMapsHasBothBases) {
    const IntensitySeries lifecycle = read(kElectricityMaps);
    ASSERT_EQ(lifecycle.periods.size(), 2U);  // an empty cell is a hole
    EXPECT_EQ(lifecycle.basis, "lifecycle");
    EXPECT_EQ(lifecycle.zone, "FR");
    EXPECT_EQ(lifecycle.periods[0].until_s, at("2026-11-01T01:00:00Z"));
    EXPECT_EQ(lifecycle.periods[1].until_s, at("2026-11-01T03:00:00Z"));
    const IntensitySeries direct = read(kElectricityMaps, "direct");
    ASSERT_EQ(direct.periods.size(), 3U);
    EXPECT_EQ(direct.basis, "direct");
    EXPECT_EQ(direct.periods[1].gco2e_per_kwh, 20.2);
}

TEST(IntensityCsv, TheStepIsTheUsualDistance) {
    const IntensitySeries series = read(
        "datetime,carbon_intensity\n"
        "2026-11-01T01:00Z,2\n2026-11-01T00:30Z,1\n2026-11-01T01:30Z,3\n2026-11-01T05:00Z,4\n");
    ASSERT_EQ(series.periods.size(), 4U);  // sorted
    EXPECT_EQ(series.periods[0].gco2e_per_kwh, 1.0);
    EXPECT_EQ(series.periods[2].until_s, at("2026-11-01T02:00:00Z"));
    EXPECT_EQ(series.periods[3].until_s, at("2026-11-01T05:30:00Z"));
}

TEST(IntensityCsv, OffsetsAndUnnamedBasis) {
    const IntensitySeries series = read("time,intensity\n2026-11-01T02:00:00+02:00,7\n", "direct");
    EXPECT_EQ(series.periods[0].from_s, at("2026-11-01T00:00:00Z"));
    EXPECT_EQ(series.periods[0].until_s, at("2026-11-01T01:00:00Z"));  // one row: an hour
    EXPECT_EQ(series.basis, "direct");                                 // nothing in the table says otherwise
}

TEST(IntensityCsv, OtherUnitsAreNotTaken) {
    for (const char* name : {"carbon_intensity_lb_per_mwh", "carbon_intensity_kgco2_per_kwh",
                             "Carbon Intensity (kg/MWh)", "carbon intensity index"}) {
        const Error error = refused("from," + std::string{name} + "\n2026-11-01T00:00Z,1\n");
        EXPECT_THAT(error.what, HasSubstr("is not in g CO2e per kWh")) << name;
    }
    EXPECT_EQ(
        read("from,carbon_intensity_index,gco2e_per_kwh\n2026-11-01T00:00Z,1,56\n").periods[0].gco2e_per_kwh,
        56.0);
}

TEST(IntensityCsv, WhatCameTrueCountsBeforeTheForecast) {
    const IntensitySeries series = read(
        "Datetime (UTC),Forecast Carbon Intensity (gCO2/kWh),Actual Carbon Intensity (gCO2/kWh),Index\n"
        "2026-11-01T00:00Z,100,90,low\n");
    EXPECT_EQ(series.periods[0].gco2e_per_kwh, 90.0);
}

TEST(IntensityCsv, LinesAreThoseOfTheFile) {
    EXPECT_THAT(refused("from,gco2e_per_kwh\n\n\n2026-11-01T00:00Z,x\n").what, HasSubstr("line 4: "));
    EXPECT_THAT(refused("from,gco2e_per_kwh\n" + std::string(70'000, ',') + "\n").what,
                HasSubstr("line 2: is longer"));
}

TEST(IntensityCsv, TwiceOneTimeWithAHoleInOne) {
    const IntensitySeries series = read(
        "from,gco2e_per_kwh\n2026-11-01T00:00Z,\n2026-11-01T00:00Z,5\n2026-11-01T01:00Z,\n"
        "2026-11-01T01:00Z,6\n2026-11-01T02:00Z,\n2026-11-01T02:00Z,7\n");
    ASSERT_EQ(series.periods.size(), 3U);
    EXPECT_EQ(series.periods[2].until_s - series.periods[2].from_s, 3600);
}

TEST(IntensityCsv, FaultsNameLineAndWayOut) {
    const struct {
        std::string text, what, hint;
    } cases[] = {
        {"", "grid.csv: the table is empty", "a table needs"},
        {"from,gco2e_per_kwh\n", "no row has an intensity", ""},
        {"when,gco2e_per_kwh\n", "no column of times", "a table needs"},
        {"datetime;gco2e_per_kwh\n2026-11-01T00:00Z;1\n", "no column of times", "commas"},
        {"from,price\n2026-11-01T00:00Z,1\n", "no column of intensities", "a table needs"},
        {"from,gco2e_per_kwh\n2026-11-01 00:00,1\n", "line 2: the time '2026-11-01 00:00' has no time zone",
         "write 2026-11-01 00:00Z"},
        {"from,gco2e_per_kwh\nyesterday,1\n", "line 2: 'yesterday' is not a time", "2026-11-23T09:00Z"},
        {"from,gco2e_per_kwh\n2026-11-01T00:00Z,-1\n", "line 2: '-1' is no intensity", ""},
        {"from,gco2e_per_kwh\n2026-11-01T00:00Z,1e9\n", "line 2: '1e9' is no intensity", ""},
        {"from,gco2e_per_kwh\n2026-11-01T00:00Z,inf\n", "line 2: 'inf' is no intensity", ""},
        {"from,gco2e_per_kwh\n2026-11-01T00:00Z\n", "line 2: has 1 fields, too few", ""},
        {"from,gco2e_per_kwh\n2026-11-01T00:00Z,1\n2026-11-01T00:00Z,2\n",
         "lines 2 and 3 say two values for one time", ""},
        {"from,until,gco2e_per_kwh\n2026-11-01T01:00Z,2026-11-01T00:00Z,1\n", "line 2: ends before it begins",
         ""},
        {"from,until,gco2e_per_kwh\n2026-11-01T00:00Z,2026-11-01T02:00Z,1\n"
         "2026-11-01T01:00Z,2026-11-01T02:00Z,2\n",
         "lines 2 and 3 say two values", ""},
        {"from,gco2e_per_kwh,zone\n2026-11-01T00:00Z,1,FR\n2026-11-01T01:00Z,1,DE\n",
         "line 3: the zone changes from 'FR' to 'DE'", "one zone"},
        {"from,gco2e_per_kwh\n\"2026-11-01T00:00Z,1\n", "grid.csv: ", ""},
    };
    for (const auto& one : cases) {
        const Error error = refused(one.text);
        EXPECT_EQ(error.code, Code::kMalformed) << one.text;
        EXPECT_THAT(error.what, HasSubstr(one.what)) << one.text;
        EXPECT_THAT(error.hint, HasSubstr(one.hint)) << one.text;
    }
}

TEST(IntensityCsv, ABasisThatIsNotThere) {
    const std::string direct = "from,carbon_intensity_direct\n2026-11-01T00:00Z,1\n";
    EXPECT_EQ(read(direct).basis, "direct");
    EXPECT_EQ(refused(direct, "lifecycle").code, Code::kNotFound);
    EXPECT_EQ(refused("from,gco2e_per_kwh,basis\n2026-11-01T00:00Z,1,direct\n", "lifecycle").code,
              Code::kNotFound);
}

}  // namespace
}  // namespace gramme::cli
