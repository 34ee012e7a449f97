// POST /api/v1/plan/...: the answers of the commands, and requests that are not in order.
#include <gmock/gmock.h>

#include "service_fixture.hpp"

namespace gramme::serve {
namespace {

using ::testing::HasSubstr;
using Json = testing::Json;

class PlanTest : public testing::ServiceFixture {
protected:
    Json post(const std::string& target, const Json& body, int status = 200) {
        const Response response = ask("POST", target, body.dump());
        EXPECT_EQ(response.status, status) << response.body;
        return Json::parse(response.bytes());
    }
    void refused(const std::string& target, const Json& body, const std::string& words) {
        const Json error = post(target, body, 400).at("error");
        EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr(words));
    }
    static Json when() {
        return Json::parse(
            R"({"power_w": 1000, "pue": 1, "hours": 1, "start_not_before": "2026-11-26T18:00+01:00",
            "forecast": {"schema": "gramme/intensity/1", "zone": "DE", "basis": "lifecycle", "sigma_ln": 0.15,
                "measured": 0, "rows": [
                    {"from": "2026-11-26T18:00+01:00", "until": "2026-11-26T19:00+01:00", "gco2e_per_kwh": 300},
                    {"from": "2026-11-26T20:00+01:00", "gco2e_per_kwh": 100},
                    {"from": "2026-11-26T19:00+01:00", "gco2e_per_kwh": 200}]}})");
    }
    static Json where() {
        return Json::parse(R"({"device": "a100", "count": 4, "hours": 10, "region": "POL",
            "regions": ["SWE", "POL"], "devices": ["a100", "h100"], "counts": [4, 8], "speed": ["h100=2"],
            "prices": [{"device": "a100", "price_per_hour": 2, "currency": "EUR"},
                       {"device": "h100", "region": null, "price_per_hour": 5, "currency": "EUR"}]})");
    }
};

constexpr const char* kWhen = "/api/v1/plan/when";
constexpr const char* kWhere = "/api/v1/plan/where";

TEST_F(PlanTest, WhenTakesWhatIntensityPrints) {
    const Json plan = post(kWhen, when());
    EXPECT_EQ(plan.at("schema"), "gramme/plan-when/1");
    EXPECT_EQ(plan.at("best_start").at("start"), "2026-11-26T19:00:00Z");
    EXPECT_EQ(plan.at("best_start").at("runs").at(0).at("from_local"), "2026-11-26T20:00:00+01:00");
    EXPECT_NEAR(plan.at("best_start").at("operational_kgco2e").at("value").get<double>(), 0.1, 1e-12);
    EXPECT_NEAR(plan.at("best_start").at("operational_kgco2e").at("high").get<double>(),
                0.1 * std::exp(1.96 * 0.15), 1e-9);
    EXPECT_EQ(plan.at("forecast").at("zone"), "DE");
}

TEST_F(PlanTest, WhenRefusesWhatCannotBePlanned) {
    Json body = when();
    body.erase("forecast");
    refused(kWhen, body, "forecast is missing");
    body = when();
    body["forecast"]["rows"][1]["from"] = "2026-11-26T20:00";
    refused(kWhen, body, "forecast.rows[1]: 'from' is no time with a zone");
    body = when();
    body["forecast"]["rows"][2]["gco2e_per_kwh"] = -1;
    refused(kWhen, body, "forecast.rows[2]: 'gco2e_per_kwh' is no number");
    body = when();
    body["forecast"]["rows"][2]["gco2e_per_kwh"] = nullptr;
    refused(kWhen, body, "leave out what is not known");
    body = when();
    body["forecast"]["rows"][1]["from"] = "2026-11-26T18:30+01:00";
    refused(kWhen, body, "not in order");
    body = when();
    body["forecast"] = "grid.csv";
    refused(kWhen, body, "forecast: is neither an object nor a list");
    body = when();
    body["forecast"]["rows"] = Json::array();
    refused(kWhen, body, "0 rows");
    body = when();
    body["hours"] = 4;
    refused(kWhen, body, "knows 3 h");
    body = when();
    body["intensity"] = 100;
    refused(kWhen, body, "no key 'intensity'");
    body = when();
    body["region"] = "Atlantis";
    refused(kWhen, body, "Atlantis");
    body = when();
    body["deadline"] = "tomorrow";
    refused(kWhen, body, "deadline");
}

TEST_F(PlanTest, WherePlansPlacesHardwareCountsAndMoney) {
    const Json plan = post(kWhere, where());
    EXPECT_EQ(plan.at("schema"), "gramme/plan-where/1");
    EXPECT_EQ(plan.at("ways").size(), 8U);
    EXPECT_EQ(plan.at("now"), "4 x a100 in POL");
    EXPECT_EQ(plan.at("currency"), "EUR");
    for (const Json& way : plan.at("ways")) {
        if (way.at("label") == "4 x h100 in SWE") {
            EXPECT_EQ(way.at("hours").at("value"), 5.0);
            EXPECT_EQ(way.at("money").at("value"), 100.0);
        }
    }
}

TEST_F(PlanTest, WhereRefusesWhatMakesNoSense) {
    Json body = where();
    body["prices"][1]["currency"] = "USD";
    refused(kWhere, body, "prices[1]: prices in EUR and in USD");
    body = where();
    body["prices"][0].erase("device");
    refused(kWhere, body, "'device' is missing");
    body = where();
    body["counts"] = Json::array({0});
    refused(kWhere, body, "counts");
    body = where();
    body["speed"] = "h100";
    refused(kWhere, body, "is not HARDWARE=RATIO");
    body = where();
    body["regions"] = "all,countries";
    body["counts"] = Json::array({1, 2, 3, 4, 5, 6, 7, 8});
    refused(kWhere, body, "more than 2000 ways");
    body = where();
    body["data"] = "/etc";
    refused(kWhere, body, "for the server to decide");
    body = where();
    body["config"] = "auto";
    refused(kWhere, body, "'config' is for the server to decide");
    body = where();
    body["forecast"] = Json::object();
    refused(kWhere, body, "no key 'forecast'");
}

TEST_F(PlanTest, TrainAndReuseAreThoseOfTheCommands) {
    const Json body = {
        {"parameters", "7B"}, {"tokens", "2T"}, {"device", "a100-80gb"}, {"count", 1024}, {"region", "FRA"}};
    const Json train = post("/api/v1/plan/train", body);
    EXPECT_EQ(train.at("schema"), "gramme/plan-train/1");
    EXPECT_DOUBLE_EQ(train.at("plan").at("flops").get<double>(), 6.0 * 7e9 * 2e12);
    Json reused = body;
    reused.erase("count");
    const Json reuse = post("/api/v1/plan/reuse", reused);
    EXPECT_EQ(reuse.at("schema"), "gramme/plan-reuse/1");
    EXPECT_EQ(reuse.at("ways").at(0).at("way"), "from scratch");
    EXPECT_EQ(reuse.at("from_scratch").at("operational_kgco2e"), train.at("operational_kgco2e"));
}

TEST_F(PlanTest, SearchTakesASpaceAndWhatOneTrainingCosts) {
    const Json body = {
        {"space", "[parameters]\na = [1, 2, 3]\nb = [1, 2]\n"}, {"energy_kwh", 2}, {"region", "FRA"}};
    const Json plan = post("/api/v1/plan/search", body);
    EXPECT_EQ(plan.at("schema"), "gramme/plan-search/1");
    EXPECT_EQ(plan.at("ways").at(0).at("way"), "grid");
    EXPECT_EQ(plan.at("ways").at(0).at("trainings"), 6);
    EXPECT_DOUBLE_EQ(plan.at("ways").at(0).at("energy_kwh").at("value").get<double>(), 12.0);
    refused("/api/v1/plan/search", {{"energy_kwh", 2}}, "space is missing");
    refused("/api/v1/plan/search", {{"space", "[parameters"}, {"energy_kwh", 2}}, "space");
    Json both = body;
    both["pilot"] = "01938f2a";
    refused("/api/v1/plan/search", both, "both say what a training takes");
}

TEST_F(PlanTest, TrainRefusesWhatIsNoTraining) {
    refused("/api/v1/plan/train", {{"parameters", "7B"}}, "how much it is trained on");
    refused("/api/v1/plan/train",
            {{"parameters", "7B"}, {"tokens", "2T"}, {"device", "a100"}, {"data", "/etc"}}, "data");
    refused("/api/v1/plan/train",
            {{"parameters", "7B"}, {"tokens", "2T"}, {"device", "a100"}, {"config", "none"}}, "'config'");
    refused("/api/v1/plan/reuse", {{"parameters", "7B"}, {"device", "a100"}, {"config", "auto"}}, "'config'");
    refused("/api/v1/plan/search", {{"space", "[parameters]\na = [1]\n"}, {"config", "auto"}}, "'config'");
    refused("/api/v1/plan/reuse", {{"parameters", "7B"}, {"device", "a100"}, {"colour", "blue"}}, "colour");
}

}  // namespace
}  // namespace gramme::serve
