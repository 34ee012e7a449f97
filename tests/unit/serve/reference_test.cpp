// The tables over HTTP: regions with their place on the map, sources with their figures, and the same energy
// elsewhere.
#include <gmock/gmock.h>

#include <set>

#include "serve/run_filter.hpp"
#include "service_fixture.hpp"

namespace gramme::serve {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = testing::Json;
using gramme::testing::made_up_run;

constexpr const char* kRun = "/api/v1/runs/01936b2e-0000-7000-8000-000000000001";

class ReferenceTest : public testing::ServiceFixture {
protected:
    void add_in(const std::string& region, const std::string& basis = "") {
        RunRecord run = made_up_run();
        run.asked.region = region;
        run.asked.basis = basis;
        add(run);
    }
    Json elsewhere(const std::string& query) { return get(std::string{kRun} + "/elsewhere?" + query); }

    static std::string label_of(const Json& row) {
        return row.at("region").is_null() ? row.at("zone") : row.at("region");
    }
    static Json row_of(const Json& answer, const std::string& label) {
        for (const Json& row : answer.at("rows")) {
            if (label_of(row) == label) {
                return row;
            }
        }
        ADD_FAILURE() << label << " is not there";
        return Json::object();
    }
};

TEST_F(ReferenceTest, RegionsStandOnTheMapAndCountriesDoNot) {
    add_in("FRA");
    const Json paris = row_of(elsewhere("regions=aws"), "aws:eu-west-3");
    EXPECT_EQ(paris.at("latitude"), 48.86);
    EXPECT_EQ(paris.at("longitude"), 2.35);
    const Json france = row_of(elsewhere("regions=aws,FRA"), "FRA");
    EXPECT_TRUE(france.at("latitude").is_null());
    EXPECT_TRUE(france.at("longitude").is_null()) << "unknown is not the Gulf of Guinea";
    const Json regions = get("/api/v1/regions?q=aws%20paris");
    for (const Json& row : regions.at("rows")) {
        EXPECT_EQ(row.at("latitude"), 48.86);
        EXPECT_EQ(row.at("longitude"), 2.35);
    }
    EXPECT_TRUE(get("/api/v1/regions?q=WLD").at("rows").at(0).at("latitude").is_null());
}

TEST_F(ReferenceTest, AllRegionsAndCountriesAreOneAnswer) {
    add_in("FRA");
    const Json both = elsewhere("regions=all,countries");
    std::set<std::string> labels;
    double before = 0.0;
    for (const Json& row : both.at("rows")) {
        EXPECT_TRUE(labels.insert(label_of(row)).second) << label_of(row) << " is there twice";
        EXPECT_GE(row.at("operational_kgco2e").at("value"), before);
        before = row.at("operational_kgco2e").at("value");
    }
    for (const char* part : {"all", "countries"}) {
        const Json answer = elsewhere(std::string{"regions="} + part);
        for (const Json& row : answer.at("rows")) {
            EXPECT_TRUE(labels.contains(label_of(row))) << part << ": " << label_of(row);
        }
    }
    EXPECT_EQ(both.at("here"), "FRA");
    EXPECT_EQ(ask("GET", std::string{kRun} + "/elsewhere?regions=all,Atlantis").status, 404)
        << "what a person named must be there";
}

TEST_F(ReferenceTest, ARunOnAnotherBasisSaysBothItsFigures) {
    add_in("us-east-1");  // 270.48 g/kWh direct; beside it the USA, 384.4 lifecycle
    const double headline = get(kRun).at("operational_kgco2e").at("value");
    const Json there = elsewhere("regions=aws");
    EXPECT_EQ(there.at("basis"), "lifecycle");
    const Json& own = there.at("own");
    EXPECT_EQ(own.at("basis"), "direct");
    EXPECT_EQ(own.at("gco2e_per_kwh"), 270.48);
    EXPECT_EQ(own.at("operational_kgco2e").at("value"), headline) << "what the run's own page says";
    EXPECT_EQ(own.at("ranked_kgco2e"), row_of(there, there.at("here")).at("operational_kgco2e"));
    EXPECT_NEAR(own.at("ranked_kgco2e").at("value").get<double>() / headline, 384.4 / 270.48, 1e-9);
    EXPECT_EQ(own.at("differs_in"), Json::array({"basis"}));
}

TEST_F(ReferenceTest, RankedOnTheBasisOfTheRunItsRowIsItsHeadline) {
    add_in("us-east-1");
    const double headline = get(kRun).at("operational_kgco2e").at("value");
    const Json there = elsewhere("regions=all&basis=direct");
    EXPECT_EQ(there.at("basis"), "direct");
    EXPECT_THAT(there.at("own").at("differs_in"), IsEmpty());
    const Json here = row_of(there, "aws:us-east-1");
    EXPECT_NEAR(here.at("operational_kgco2e").at("value").get<double>(), headline, 1e-12 * headline);
    for (const Json& row : there.at("rows")) {
        EXPECT_EQ(row.at("basis"), "direct");
    }
    EXPECT_EQ(ask("GET", std::string{kRun} + "/elsewhere?basis=best").status, 400);
}

TEST_F(ReferenceTest, ALifecycleRunIsTheSameInItsRow) {
    add_in("FRA");
    EXPECT_THAT(elsewhere("regions=countries").at("own").at("differs_in"), IsEmpty());
    EXPECT_EQ(elsewhere("regions=countries&basis=direct").at("own").at("differs_in"), Json::array({"basis"}));
}

TEST_F(ReferenceTest, AnIntensityOfOnesOwnHasNoRow) {
    RunRecord run = made_up_run();
    run.asked.region = "FRA";
    run.asked.intensity_gco2e_per_kwh = 20.0;
    add(run);
    const Json there = elsewhere("regions=FRA,SWE");
    EXPECT_TRUE(there.at("here").is_null());
    EXPECT_TRUE(there.at("own").at("ranked_kgco2e").is_null());
    EXPECT_TRUE(there.at("own").at("basis").is_null());
    EXPECT_EQ(there.at("own").at("gco2e_per_kwh"), 20.0);
}

TEST_F(ReferenceTest, AnOlderYearAndAnotherPueAreSaid) {
    RunRecord run = made_up_run();
    run.asked.region = "FRA";
    run.asked.pue = 1.2;
    add(run);
    EXPECT_THAT(elsewhere("regions=FRA").at("own").at("differs_in"), IsEmpty())
        << "the building is that of the run in its own row";
    const Json estimate = Json::parse(ask("POST", "/api/v1/estimate/elsewhere?regions=FRA",
                                          R"({"energy_kwh":1,"region":"FRA","year":2019})")
                                          .body);
    EXPECT_THAT(estimate.at("own").at("differs_in"), IsEmpty()) << "rows are of the year that was asked";
    EXPECT_EQ(estimate.at("own").at("year"), 2019);
}

TEST_F(ReferenceTest, SourcesSayWhatTheyAreUsedFor) {
    const Json answer = get("/api/v1/sources");
    for (const Json& row : answer.at("rows")) {
        EXPECT_FALSE(row.at("used_for").is_null()) << row;
    }
    const Json rte = get("/api/v1/sources?q=google_rci").at("rows").at(0);
    EXPECT_EQ(rte.at("note"), "weighted by Google use");
    EXPECT_THAT(rte.at("used_for").get<std::string>(), HasSubstr("grid_intensity"));
    EXPECT_EQ(get("/api/v1/sources?q=electricitymaps_live").at("rows").at(0).at("used_for"),
              "live intensity");
}

TEST_F(ReferenceTest, ASourceOpensToItsFigures) {
    const Json all = get("/api/v1/sources/owid_ember_2026?limit=2");
    EXPECT_EQ(all.at("rows").size(), 2U);
    EXPECT_GT(all.at("total"), 3000);
    EXPECT_EQ(all.at("source").at("source"), "owid_ember_2026");
    const Json france = get("/api/v1/sources/owid_ember_2026?q=france");
    EXPECT_THAT(france.at("rows"), Contains(Json{{"table", "grid_intensity"},
                                                 {"name", "France (FRA), lifecycle"},
                                                 {"value", 41.44},
                                                 {"unit", "g/kWh"},
                                                 {"year", 2025}}));
    EXPECT_LT(france.at("total"), 40);
    const Json missing = get("/api/v1/sources/owid_ember_2025", 404);
    EXPECT_THAT(missing.at("error").at("hint").get<std::string>(), HasSubstr("owid_ember_202"));
}

TEST(Totals, ProjectsThatAreNotListedAreCounted) {
    store::RunTotals totals;
    totals.projects.resize(201);
    const Json cut = Json::parse(totals_json(totals));
    EXPECT_EQ(cut.at("projects").size(), 200U);
    EXPECT_EQ(cut.at("projects_total"), 201);
}

}  // namespace
}  // namespace gramme::serve
