// Answers in the shape that the providers document; the numbers are made up.
#include "live/providers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gramme::live {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kStart = 1'767'225'600;  // 2026-01-01T00:00:00Z
constexpr std::int64_t kMuchLater = kStart + 30 * 24 * kHour;

Query query_of(Provider provider, const std::string& zone, bool span = true, const std::string& basis = "") {
    Query query{provider, zone, basis, std::nullopt};
    if (span) {
        query.span = Span{kStart, kStart + 2 * kHour};
    }
    return *checked_query(query);
}

const Query kFrance = query_of(Provider::kElectricityMaps, "FR");
const Query kFranceNow = query_of(Provider::kElectricityMaps, "FR", false);
const Query kCalifornia = query_of(Provider::kWattTime, "CAISO_NORTH");
const Query kBritain = query_of(Provider::kNeso, "GB");

void expect_malformed(const Query& query, const std::string& body, const std::string& why) {
    const auto points = points_of(query, body);
    ASSERT_FALSE(points) << body;
    EXPECT_EQ(points.error().code, Code::kMalformed) << body;
    EXPECT_THAT(points.error().what, HasSubstr(why)) << body;
}

TEST(ElectricityMaps, AsksWhereTheTimeIs) {
    EXPECT_EQ(address_of(kFrance, "https://h", kMuchLater),
              "https://h/v3/carbon-intensity/past-range?zone=FR&emissionFactorType=lifecycle"
              "&temporalGranularity=hourly&shouldUseFallbackCallerLookup=false"
              "&start=2026-01-01T00:00:00Z&end=2026-01-01T02:00:00Z");
    EXPECT_THAT(address_of(kFrance, "https://h", kStart + 3 * kHour),
                HasSubstr("/v3/carbon-intensity/history?"));
    EXPECT_THAT(address_of(kFranceNow, "https://h", kStart), HasSubstr("/v3/carbon-intensity/latest?"));
    EXPECT_THAT(address_of(query_of(Provider::kElectricityMaps, "FR", true, "direct"), "", kStart),
                HasSubstr("emissionFactorType=direct"));
}

TEST(ElectricityMaps, ReadsAPastRange) {
    const auto points = points_of(kFrance, R"({"zone": "FR", "data": [
        {"zone": "FR", "carbonIntensity": 56, "datetime": "2026-01-01T00:00:00.000Z",
         "emissionFactorType": "lifecycle", "isEstimated": false, "estimationMethod": null},
        {"zone": "FR", "carbonIntensity": 41.5, "datetime": "2026-01-01T01:00:00.000Z",
         "emissionFactorType": "lifecycle", "isEstimated": true, "estimationMethod": "TIME_SLICER_AVERAGE"}]})");
    ASSERT_TRUE(points) << points.error().what;
    ASSERT_EQ(points->size(), 2U);
    EXPECT_EQ((*points)[0].from_s, kStart);
    EXPECT_EQ((*points)[0].until_s, kStart + kHour);
    EXPECT_EQ((*points)[0].gco2e_per_kwh, 56.0);
    EXPECT_EQ((*points)[0].knowledge, Knowledge::kMeasured);
    EXPECT_EQ((*points)[1].gco2e_per_kwh, 41.5);
    EXPECT_EQ((*points)[1].knowledge, Knowledge::kEstimated);
}

TEST(ElectricityMaps, ReadsHistoryAndTheNewest) {
    EXPECT_EQ(points_of(kFrance, R"({"zone": "FR", "history": [
        {"carbonIntensity": 56, "datetime": "2026-01-01T00:00:00.000Z"}]})")
                  ->size(),
              1U);
    EXPECT_EQ(points_of(kFranceNow, R"({"zone": "FR", "carbonIntensity": 56,
        "datetime": "2026-01-01T00:00:00.000Z", "isEstimated": true})")
                  ->front()
                  .gco2e_per_kwh,
              56.0);
}

TEST(ElectricityMaps, LeavesAHoleWhereThereIsNoValue) {
    const auto points = points_of(kFrance, R"({"zone": "FR", "data": [
        {"carbonIntensity": null, "datetime": "2026-01-01T00:00:00.000Z"}]})");
    ASSERT_TRUE(points);
    EXPECT_TRUE(points->empty());
}

TEST(ElectricityMaps, RefusesWhatWasNotAskedFor) {
    const auto item = [](const std::string& members) {
        return R"({"zone": "FR", "data": [{"datetime": "2026-01-01T00:00:00Z", )" + members + "}]}";
    };
    expect_malformed(kFrance, R"({"zone": "DE", "data": []})", "'zone' is not FR");
    expect_malformed(kFrance, item(R"("carbonIntensity": 5, "zone": "DE")"), "'zone'");
    expect_malformed(kFrance, item(R"("carbonIntensity": 5, "emissionFactorType": "direct")"),
                     "'emissionFactorType'");
    expect_malformed(kFrance, item(R"("carbonIntensity": 5, "temporalGranularity": "daily")"),
                     "'temporalGranularity'");
    expect_malformed(kFrance, item(R"("carbonIntensity": "56")"), "no number");
    expect_malformed(kFrance, item(R"("carbonIntensity": -1)"), "from 0 to 5000");
    expect_malformed(kFrance, item(R"("carbonIntensity": 5001)"), "from 0 to 5000");
    expect_malformed(kFrance, item(R"("carbonIntensity": NaN)"), "no JSON");
    expect_malformed(kFrance, item(R"("carbonIntensity": 1e999)"), "no JSON");
    expect_malformed(kFrance, item(R"("carbonIntensity": 5, "isEstimated": "yes")"), "'isEstimated'");
    expect_malformed(kFrance, R"({"zone": "FR", "data": {}})", "'data' is no list");
    expect_malformed(kFrance, R"({"zone": "FR", "data": [7]})", "'datetime'");
    expect_malformed(kFrance, R"({"zone": "FR", "data": [{"carbonIntensity": 5, "datetime": 7}]})",
                     "'datetime'");
    expect_malformed(kFrance, "[]", "no JSON object");
    expect_malformed(kFrance, "<html>captive portal</html>", "no JSON");
    expect_malformed(kFrance, "", "no JSON");
    expect_malformed(kFranceNow, R"({"zone": "FR"})", "'carbonIntensity'");
}

TEST(WattTime, AsksForTheSignalOfTheBasis) {
    EXPECT_EQ(address_of(kCalifornia, "https://h", kMuchLater),
              "https://h/v3/historical?region=CAISO_NORTH&signal_type=co2_moer"
              "&start=2026-01-01T00:00:00Z&end=2026-01-01T02:00:00Z");
    EXPECT_EQ(address_of(query_of(Provider::kWattTime, "CAISO_NORTH", false), "https://h", kStart),
              "https://h/v3/forecast?region=CAISO_NORTH&signal_type=co2_moer&horizon_hours=1");
    EXPECT_THAT(
        address_of(query_of(Provider::kWattTime, "CAISO_NORTH", false, "direct"), "https://h", kStart),
        HasSubstr("/v3/historical?region=CAISO_NORTH&signal_type=co2_aoer&start=2025-12-30T00:00:00Z"));
    EXPECT_EQ(login_address("https://h"), "https://h/login");
}

std::string watttime_answer(const std::string& value, const std::string& units = "lbs_co2_per_mwh") {
    return R"({"data": [{"point_time": "2026-01-01T00:00:00+00:00", "value": )" + value +
           R"(}], "meta": {"data_point_period_seconds": 300, "region": "CAISO_NORTH", "warnings": [],
           "signal_type": "co2_moer", "model": {"date": "2022-10-01"}, "units": ")" +
           units + R"("}})";
}

TEST(WattTime, TurnsPoundsPerMegawattHourIntoGrams) {
    const auto points = points_of(kCalifornia, watttime_answer("1000"));
    ASSERT_TRUE(points) << points.error().what;
    ASSERT_EQ(points->size(), 1U);
    EXPECT_DOUBLE_EQ(points->front().gco2e_per_kwh, 453.59237);  // 1000 lb x 453.59237 g / 1000 kWh
    EXPECT_EQ(points->front().until_s - points->front().from_s, 300);
    EXPECT_EQ(points->front().knowledge, Knowledge::kEstimated);
    EXPECT_TRUE(points_of(kCalifornia, watttime_answer("null"))->empty());
}

TEST(WattTime, RefusesAnotherUnitRegionOrSignal) {
    expect_malformed(kCalifornia, watttime_answer("1000", "g_co2_per_kwh"), "unit");
    expect_malformed(kCalifornia, R"({"data": []})", "'meta'");
    expect_malformed(kCalifornia, R"({"data": [], "meta": {}})", "unit");
    expect_malformed(kCalifornia, R"({"data": [], "meta": {"units": "lbs_co2_per_mwh", "region": "PJM"}})",
                     "'region'");
    expect_malformed(kCalifornia,
                     R"({"data": [], "meta": {"units": "lbs_co2_per_mwh", "signal_type": "co2_aoer"}})",
                     "'signal_type'");
    expect_malformed(kCalifornia,
                     R"({"data": [], "meta": {"units": "lbs_co2_per_mwh", "data_point_period_seconds": 0}})",
                     "period");
    expect_malformed(kCalifornia, watttime_answer("-3"), "from 0 to 5000");
    expect_malformed(kCalifornia, watttime_answer("20000"), "from 0 to 5000");
    expect_malformed(kCalifornia, watttime_answer("\"1000\""), "no number");
}

TEST(WattTime, TakesATokenThatCanBeAHeaderOnly) {
    EXPECT_EQ(*token_of_login(R"({"token": "abc.DEF-1_2"})"), "abc.DEF-1_2");
    for (const char* body :
         {R"({"token": "a\nX-Evil: 1"})", R"({"token": ""})", R"({"token": 7})", "{}", "[]", "nope"}) {
        const auto token = token_of_login(body);
        ASSERT_FALSE(token) << body;
        EXPECT_EQ(token.error().code, Code::kMalformed);
    }
}

TEST(Neso, AsksByTheMinute) {
    EXPECT_EQ(address_of(kBritain, "https://h", kMuchLater),
              "https://h/intensity/2026-01-01T00:00Z/2026-01-01T02:00Z");
    EXPECT_EQ(address_of(query_of(Provider::kNeso, "GB", false), "https://h", kMuchLater),
              "https://h/intensity");
}

TEST(Neso, TakesTheForecastWhereThereIsNoActualValue) {
    const auto points = points_of(kBritain, R"({"data": [
        {"from": "2026-01-01T00:00Z", "to": "2026-01-01T00:30Z",
         "intensity": {"forecast": 266, "actual": 263, "index": "moderate"}},
        {"from": "2026-01-01T00:30Z", "to": "2026-01-01T01:00Z",
         "intensity": {"forecast": 250, "actual": null, "index": "moderate"}},
        {"from": "2026-01-01T01:00Z", "to": "2026-01-01T01:30Z",
         "intensity": {"forecast": null, "actual": null, "index": null}}]})");
    ASSERT_TRUE(points) << points.error().what;
    ASSERT_EQ(points->size(), 2U);
    EXPECT_EQ((*points)[0].gco2e_per_kwh, 263.0);
    EXPECT_EQ((*points)[0].knowledge, Knowledge::kMeasured);
    EXPECT_EQ((*points)[1].gco2e_per_kwh, 250.0);
    EXPECT_EQ((*points)[1].until_s - (*points)[1].from_s, 1800);
    EXPECT_EQ((*points)[1].knowledge, Knowledge::kForecast);
}

TEST(Neso, RefusesWhatIsNotAsDocumented) {
    expect_malformed(kBritain, R"({"data": "none"})", "'data'");
    expect_malformed(kBritain, R"({"data": [{"from": "2026-01-01T00:00Z", "to": "2026-01-01T00:30Z"}]})",
                     "'intensity'");
    expect_malformed(kBritain,
                     R"({"data": [{"from": "2026-01-01T00:30Z", "to": "2026-01-01T00:00Z",
                         "intensity": {"actual": 1}}]})",
                     "'to'");
    expect_malformed(kBritain,
                     R"({"data": [{"from": "2026-01-01T00:00Z", "to": "2026-01-01T00:30Z",
                         "intensity": {"actual": true}}]})",
                     "'actual' is no number");
}

TEST(Complaint, IsWhatTheServerSaysOfItsError) {
    EXPECT_EQ(complaint_of(R"({"error": "Zone unknown"})"), "Zone unknown");
    EXPECT_EQ(complaint_of(R"({"message": "no plan"})"), "no plan");
    EXPECT_EQ(complaint_of(R"({"error": {"code": "400 Bad Request", "message": "bad date"}})"), "bad date");
    EXPECT_EQ(complaint_of(R"({"error": 7})"), "");
    EXPECT_EQ(complaint_of("<html>"), "");
    EXPECT_EQ(complaint_of("[1]"), "");
}

TEST(Base64, IsThatOfRfc4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

}  // namespace
}  // namespace gramme::live
