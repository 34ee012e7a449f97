#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <gramme.h>

namespace {

using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;

struct Outcome {
    int32_t code = -1;
    std::string text;
    gramme_error error{};
};

Outcome asked(int32_t (*function)(const char*, char**, gramme_error*), const std::string& request) {
    Outcome out;
    char* text = nullptr;
    out.code = function(request.c_str(), &text, &out.error);
    EXPECT_EQ(text != nullptr, out.code == GRAMME_OK);
    out.text = text != nullptr ? text : "";
    gramme_text_free(text);
    return out;
}

Json estimate(const std::string& request) {
    const Outcome out = asked(&gramme_estimate, request);
    EXPECT_EQ(out.code, GRAMME_OK) << out.error.what << " " << out.error.hint;
    return Json::parse(out.text, nullptr, false);
}

double energy(const std::string& request) {
    return estimate(request)["energy_kwh"]["value"].get<double>();
}

TEST(EstimateCapi, AFlatRequestAndOneOfGroupsAreTheSame) {
    const std::string flat = asked(&gramme_estimate,
                                   R"({"hours": 120, "count": 8, "device": "h100", "config": "none",
                                       "region": "FRA"})")
                                 .text;
    EXPECT_EQ(flat, asked(&gramme_estimate,
                          R"({"config": "none", "groups": [{"count": "8", "device": "h100"}], "hours": "120",
                              "region": "FRA", "pue": null})")
                        .text);
    EXPECT_EQ(Json::parse(flat)["schema"], "gramme/footprint/1");
}

TEST(EstimateCapi, PowerIsWattsTimesCountTimesHours) {
    // 300 W x 2 x 10 h = 6 kWh; x PUE 1.5 x 500 g/kWh = 4.5 kg
    const Json json = estimate(
        R"({"power_w": 300, "count": 2, "hours": 10, "pue": 1.5, "intensity": 500, "config": "none"})");
    EXPECT_DOUBLE_EQ(json["energy_kwh"]["value"].get<double>(), 6.0);
    EXPECT_DOUBLE_EQ(json["operational_kgco2e"]["value"].get<double>(), 4.5);
}

TEST(EstimateCapi, GroupsAddUp) {
    EXPECT_DOUBLE_EQ(
        energy(R"({"groups": [{"power_w": 100}, {"power-w": "50", "count": 4}, {"energy_kwh": 2}],
                                "hours": 10, "config": "none"})"),
        1.0 + 2.0 + 2.0);
}

TEST(EstimateCapi, SwitchesAndMixesAreTakenAsJsonHasThem) {
    const Json json = estimate(R"({"device": "a100", "hours": 1, "mix": {"coal": 0.6, "wind": "40%"},
                                   "embodied": false, "water": "off", "config": "none", "equivalences": "none"})");
    EXPECT_FALSE(json.contains("embodied_kgco2e") && !json["embodied_kgco2e"].is_null()) << json;
    EXPECT_FALSE(json.contains("water_l") && !json["water_l"].is_null());
    EXPECT_EQ(json["operational_kgco2e"],
              estimate(R"({"device": "a100", "hours": 1, "mix": "coal=0.6,wind=0.4", "config": "none"})")
                  ["operational_kgco2e"]);
}

TEST(EstimateCapi, WhatMakesNoSenseIsRefusedByName) {
    const auto refused = [](const std::string& request) {
        const Outcome out = asked(&gramme_estimate, request);
        EXPECT_NE(out.code, GRAMME_OK) << request;
        EXPECT_EQ(out.code, out.error.code);
        return std::string{out.error.what} + " | " + out.error.hint;
    };
    EXPECT_THAT(refused(R"({"device": "h100", "huors": 1})"),
                HasSubstr("no key 'huors' | did you mean hours"));
    EXPECT_THAT(refused(R"({"device": "h100", "hours": 1, "hours": 2})"), HasSubstr("hours: is there twice"));
    EXPECT_THAT(refused(R"({"device": "h100", "hours": [1]})"),
                HasSubstr("hours: is neither text nor number"));
    EXPECT_THAT(refused(R"({"device": "h100", "hours": -1})"), HasSubstr("--hours: '-1' is below 0"));
    EXPECT_THAT(refused(R"({"device": 100, "hours": 1})"), HasSubstr("no device is called '100'"));
    EXPECT_THAT(refused(R"({"device": "h100", "power_w": 1, "hours": 1})"),
                HasSubstr("power_w: stands beside device"));
    EXPECT_THAT(refused(R"({"groups": [{"hours": 1}]})"), HasSubstr("hours: is one for all groups"));
    EXPECT_THAT(refused(R"({"groups": [{"count": 1}]})"), HasSubstr("groups: one says neither"));
    EXPECT_THAT(refused(R"({"groups": [], "count": 1})"), HasSubstr("count: stands beside groups"));
    EXPECT_THAT(refused(R"({"device": "h100", "hours": 1, "region": "atlantis"})"), HasSubstr("--region: "));
    EXPECT_THAT(refused(R"({"device": "h100", "hours": 1, "intensity_csv": "a.csv"})"),
                HasSubstr("only the program has this flag"));
    EXPECT_THAT(refused(R"({"device": "h100", "hours": 1, "start": "2026-01-01T00:00Z"})"),
                HasSubstr("--start matters only"));
    EXPECT_THAT(refused(R"({"device": "h100\u0000", "hours": 1})"), HasSubstr("NUL"));
    EXPECT_EQ(asked(&gramme_estimate, "[1]").code, GRAMME_MALFORMED);
    EXPECT_EQ(asked(&gramme_estimate, "").code, GRAMME_MALFORMED);
    EXPECT_EQ(asked(&gramme_estimate, std::string(100'000, '[')).code, GRAMME_MALFORMED);
    EXPECT_EQ(asked(&gramme_estimate, R"({"a":)" + std::string(100'000, '[')).code, GRAMME_MALFORMED);
    EXPECT_EQ(asked(&gramme_estimate, "{\"device\": \"\xff\"}").code, GRAMME_MALFORMED);
    EXPECT_EQ(asked(&gramme_estimate, std::string(2'000'000, ' ')).code, GRAMME_OUT_OF_RANGE);
    EXPECT_EQ(gramme_estimate(nullptr, nullptr, nullptr), GRAMME_USAGE);
}

TEST(EstimateCapi, LongTextsOfErrorsEndAtAWholeCharacter) {
    std::string name;
    for (int i = 0; i < 400; ++i) {
        name += "é";
    }
    const Outcome out =
        asked(&gramme_estimate, R"({"device": "x)" + name + R"(", "hours": 1, "config": "none"})");
    const std::string what = out.error.what;
    EXPECT_GT(what.size(), 480U);
    EXPECT_LT(what.size(), sizeof out.error.what);
    EXPECT_NE(static_cast<unsigned char>(what.back()), 0xC3U);  // the first byte of an é
}

TEST(CompareCapi, RowsAreRankedAsNamed) {
    const Outcome out =
        asked(&gramme_compare,
              R"({"device": "h100", "hours": 10, "regions": ["FRA", "POL", "FRA"], "config": "none"})");
    ASSERT_EQ(out.code, GRAMME_OK) << out.error.what;
    const Json json = Json::parse(out.text);
    EXPECT_EQ(json["schema"], "gramme/compare/1");
    ASSERT_EQ(json["rows"].size(), 2U);
    EXPECT_EQ(out.text, asked(&gramme_compare,
                              R"({"device": "h100", "hours": 10, "regions": "FRA,POL", "config": "none"})")
                            .text);
    EXPECT_EQ(asked(&gramme_compare, R"({"device": "h100", "hours": 10})").code, GRAMME_USAGE);
    // A list in a request names no file.
    EXPECT_NE(asked(&gramme_compare, R"({"device": "h100", "hours": 10, "regions": "/etc/passwd"})").code,
              GRAMME_OK);
}

TEST(EstimateColumns, EachRowIsWhatOneEstimateSays) {
    const std::array<double, 3> hours{1.0, 20.0, 0.5};
    const std::array<double, 3> count{1.0, 8.0, 3.0};
    const std::array<double, 3> utilisation{0.1, 0.7, 1.0};
    std::array<double, 3> kwh{};
    std::array<double, 3> high{};
    gramme_columns in{};
    in.size = sizeof in;
    in.hours = hours.data();
    in.count = count.data();
    in.utilisation = utilisation.data();
    gramme_figures out{};
    out.size = sizeof out;
    out.energy_kwh = kwh.data();
    out.operational_high = high.data();
    gramme_error error{};
    ASSERT_EQ(gramme_estimate_columns(R"({"device": "h100", "region": "FRA", "config": "none"})", &in, 3,
                                      &out, &error),
              GRAMME_OK)
        << error.what;
    EXPECT_EQ(out.rows_without, 0U);
    for (std::size_t i = 0; i < hours.size(); ++i) {
        const Json one =
            estimate(R"({"device": "h100", "region": "FRA", "config": "none", "hours": )" +
                     std::to_string(hours.at(i)) + R"(, "count": )" + std::to_string(count.at(i)) +
                     R"(, "utilisation": )" + std::to_string(utilisation.at(i)) + "}");
        EXPECT_NEAR(kwh.at(i), one["energy_kwh"]["value"].get<double>(), 1e-9 * kwh.at(i));
        EXPECT_NEAR(high.at(i), one["operational_kgco2e"]["high"].get<double>(), 1e-9 * high.at(i));
    }
}

TEST(EstimateColumns, WhatIsNotKnownIsNoNumber) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> hours{1.0, kNaN, -1.0, 2.0, 1e300};
    const std::vector<double> pue{1.0, 1.0, 1.0, 0.5, 1.0};
    std::vector<double> kwh(5, 7.0);
    gramme_columns in{};
    in.size = sizeof in;
    in.hours = hours.data();
    in.pue = pue.data();
    gramme_figures out{};
    out.size = sizeof out;
    out.energy_kwh = kwh.data();
    ASSERT_EQ(gramme_estimate_columns(R"({"power_w": 1000, "config": "none"})", &in, 5, &out, nullptr),
              GRAMME_OK);
    EXPECT_EQ(out.rows_without, 4U);
    EXPECT_DOUBLE_EQ(kwh[0], 1.0);
    for (std::size_t i = 1; i < kwh.size(); ++i) {
        EXPECT_TRUE(std::isnan(kwh[i])) << i;
    }
    out.size = 0;
    EXPECT_EQ(gramme_estimate_columns(R"({"power_w": 1000})", &in, 5, &out, nullptr), GRAMME_USAGE);
}

}  // namespace
