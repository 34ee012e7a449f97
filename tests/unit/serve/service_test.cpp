#include "service_fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace gramme::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = testing::Json;
using gramme::testing::kSecond;
using gramme::testing::kStart;
using gramme::testing::made_up_run;

constexpr const char* kId = "01936b2e-0000-7000-8000-000000000001";

std::string id_of(int number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 12 - digits.size(), '0');
    return "01936b2e-0000-7000-8000-" + digits;
}

class ServiceTest : public testing::ServiceFixture {
protected:
    /// Without its log, which holds what the file has lost.
    void damage() {
        std::error_code ignored;
        std::filesystem::remove(folder_.file("runs.db-wal"), ignored);
        std::filesystem::remove(folder_.file("runs.db-shm"), ignored);
        gramme::testing::write_file(folder_.file("runs.db"), std::string(8192, 'x'));
    }
    void add_many(int count) {
        for (int i = 1; i <= count; ++i) {
            RunRecord run = made_up_run(id_of(i));
            run.started_wall_ns = kStart + i * kSecond;
            run.project = i % 2 == 0 ? "even" : "odd";
            run.name = "run " + std::to_string(i);
            run.tags = {{"model", i % 3 == 0 ? "big" : "small"}};
            add(run, i == 1);
        }
    }
};

TEST_F(ServiceTest, AnEmptyStoreHasAnEmptyPageAndNoSumOfZero) {
    const Json page = get("/api/v1/runs");
    EXPECT_EQ(page.at("total"), 0);
    EXPECT_TRUE(page.at("rows").empty());
    const Json totals = get("/api/v1/totals");
    EXPECT_TRUE(totals.at("all").at("energy_kwh").is_null()) << "unknown is never zero";
    EXPECT_TRUE(totals.at("all").at("operational_kgco2e").is_null());
    EXPECT_EQ(get("/api/v1/health").at("runs"), 0);
    EXPECT_EQ(get("/api/v1/live").at("runs").size(), 0U);
}

TEST_F(ServiceTest, PagesHoldEachRunOnceNewestFirst) {
    add_many(7);
    std::vector<std::string> ids;
    for (int page = 1; page <= 3; ++page) {
        const Json json = get("/api/v1/runs?limit=3&page=" + std::to_string(page));
        EXPECT_EQ(json.at("total"), 7);
        for (const Json& row : json.at("rows")) {
            ids.push_back(row.at("id"));
        }
    }
    ASSERT_EQ(ids.size(), 7U);
    for (int i = 0; i < 7; ++i) {
        EXPECT_EQ(ids[static_cast<std::size_t>(i)], id_of(7 - i));
    }
}

TEST_F(ServiceTest, FiltersNarrowListAndSumsAlike) {
    add_many(6);
    EXPECT_EQ(get("/api/v1/runs?project=even").at("total"), 3);
    EXPECT_EQ(get("/api/v1/runs?tag=model").at("total"), 6);
    EXPECT_EQ(get("/api/v1/runs?tag=model%3Dbig").at("total"), 2);
    EXPECT_EQ(get("/api/v1/runs?q=run%205").at("total"), 1);
    EXPECT_EQ(get("/api/v1/runs?q=%25").at("total"), 0) << "a % is a %, not everything";
    EXPECT_EQ(get("/api/v1/runs?from=2026-11-23T09:00:03Z&until=2026-11-23T09:00:05Z").at("total"), 2);
    EXPECT_EQ(get("/api/v1/totals?project=even").at("all").at("runs"), 3);
    EXPECT_EQ(get("/api/v1/totals").at("projects").size(), 2U);
    EXPECT_EQ(get("/api/v1/totals").at("all").at("with_gaps"), 1);
    EXPECT_EQ(get("/api/v1/totals").at("months").at(0).at("month"), "2026-11");
}

TEST_F(ServiceTest, ASpanOfAnotherRunIsNotAddedAgain) {
    add_many(1);
    RunRecord part = made_up_run(id_of(2));
    part.part_of = id_of(1);
    add(part);
    EXPECT_EQ(get("/api/v1/runs").at("total"), 2);
    EXPECT_EQ(get("/api/v1/totals").at("all").at("runs"), 1);
    const Json spans = get("/api/v1/runs?part_of=" + id_of(1));
    EXPECT_EQ(spans.at("total"), 1);
    EXPECT_EQ(spans.at("rows").at(0).at("id"), id_of(2));
    EXPECT_EQ(get("/api/v1/runs?part_of=" + id_of(2)).at("total"), 0);
}

TEST_F(ServiceTest, ARowNamesTheHardware) {
    RunRecord run = made_up_run();
    run.host.cpu_model = "AMD EPYC 7742";
    run.host.gpu_models = {"NVIDIA A100", "NVIDIA A100"};
    add(run);
    const Json row = get("/api/v1/runs").at("rows").at(0);
    EXPECT_EQ(row.at("cpu_model"), "AMD EPYC 7742");
    EXPECT_EQ(row.at("gpu_models").size(), 2U);
}

TEST_F(ServiceTest, SortsByFiguresAndNames) {
    add_many(4);
    EXPECT_EQ(get("/api/v1/runs?sort=name").at("rows").at(0).at("name"), "run 1");
    EXPECT_EQ(get("/api/v1/runs?sort=-name").at("rows").at(0).at("name"), "run 4");
    EXPECT_EQ(get("/api/v1/runs?sort=started").at("rows").at(0).at("name"), "run 1");
    EXPECT_EQ(get("/api/v1/runs?sort=-carbon").at("rows").size(), 4U);
    EXPECT_EQ(get("/api/v1/runs?sort=colour", 400).at("error").at("code"), "usage");
}

TEST_F(ServiceTest, AMisspeltFilterShowsAnErrorAndNotEverything) {
    const Json error = get("/api/v1/runs?projekt=even", 400);
    EXPECT_THAT(error.at("error").at("message").get<std::string>(), HasSubstr("projekt"));
}

TEST_F(ServiceTest, ARunHasItsResultWithoutItsCommand) {
    add(made_up_run());
    const Json run = get(std::string{"/api/v1/runs/"} + kId);
    EXPECT_EQ(run.at("schema"), "gramme/footprint/1");
    EXPECT_EQ(run.at("run").at("name"), "first try");
    EXPECT_FALSE(run.at("run").contains("command")) << "it can hold secrets";
    EXPECT_EQ(get("/api/v1/runs/01936b2e").at("run").at("id"), kId) << "a unique beginning is enough";
    EXPECT_EQ(get("/api/v1/runs/ffffffff", 404).at("error").at("status"), 404);
}

TEST_F(ServiceTest, LiveAndStoredRunsAreFoundByOneRule) {
    add(made_up_run());
    RunRecord running = made_up_run("01936b2e-0000-7000-8000-0000000000ff");
    const auto journal = store::Journal::create(live_folder(), running, 7);
    ASSERT_TRUE(journal) << journal.error().what;
    EXPECT_EQ(get("/api/v1/runs/" + running.id).at("run").at("state"), "running");
    EXPECT_EQ(get("/api/v1/runs/01936b2e-0000-7000-8000-0000000000f").at("run").at("id"), running.id);
    EXPECT_EQ(get(std::string{"/api/v1/runs/"} + kId).at("run").at("state"), "finished");
    for (const char* view : {"", "/windows", "/explain", "/elsewhere", "/report?as=json"}) {
        const Json error = get(std::string{"/api/v1/runs/01936b2e"} + view, 400).at("error");
        EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr(kId)) << view;
        EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr(running.id)) << view;
        EXPECT_THAT(error.at("hint").get<std::string>(), HasSubstr("more characters")) << view;
    }
    EXPECT_EQ(get("/api/v1/runs/019", 404).at("error").at("code"), "not_found") << "too short for either";
    EXPECT_EQ(ask("GET", "/api/v1/runs/" + running.id + ".gramme").status, 404) << "a file is no id";
    remake({true, "127.0.0.1", "", true});
    EXPECT_EQ(ask("DELETE", "/api/v1/runs/01936b2e").status, 400);
    EXPECT_THAT(ask("DELETE", "/api/v1/runs/" + running.id).body, HasSubstr("still being measured"));
    EXPECT_THAT(ask("POST", "/api/v1/runs/01936b2e-0000-7000-8000-000000000001x/recost", "{}").body,
                HasSubstr("No run"));
}

TEST_F(ServiceTest, EveryViewOfARunIsAnswered) {
    add(made_up_run());
    const std::string run = std::string{"/api/v1/runs/"} + kId;
    EXPECT_EQ(get(run + "/windows").at("devices").at(0).at("device"), "cpu0");
    EXPECT_EQ(get(run + "/explain").at("schema"), "gramme/explain/1");
    for (const char* format : {"model-card", "latex", "markdown", "boamps", "sci", "html", "json", "csv"}) {
        const Response report = ask("GET", run + "/report?as=" + format);
        EXPECT_EQ(report.status, 200) << format << report.body;
        EXPECT_THAT(report.body, Not(HasSubstr("--token=secret"))) << format;
    }
    EXPECT_EQ(ask("GET", run + "/report?as=poem").status, 400);
}

TEST_F(ServiceTest, ElsewhereIsTheSameEnergyOnAnotherGrid) {
    RunRecord run = made_up_run();
    run.asked.region = "FRA";
    add(run);
    const std::string path = std::string{"/api/v1/runs/"} + kId;
    const double here = get(path).at("operational_kgco2e").at("value");
    const Json there = get(path + "/elsewhere?regions=countries");
    EXPECT_EQ(there.at("here"), "FRA");
    EXPECT_GT(there.at("rows").size(), 150U);
    double before = 0.0;
    bool seen = false;
    for (const Json& row : there.at("rows")) {
        const double value = row.at("operational_kgco2e").at("value");
        EXPECT_GE(value, before);
        before = value;
        if (row.at("zone") == "FRA") {
            seen = true;
            EXPECT_NEAR(value, here, 1e-12);
        }
    }
    EXPECT_TRUE(seen);
}

TEST_F(ServiceTest, NothingIsChangedWithoutLeave) {
    add(made_up_run());
    const std::string run = std::string{"/api/v1/runs/"} + kId;
    EXPECT_EQ(ask("DELETE", run).status, 403);
    EXPECT_EQ(ask("PATCH", run, R"({"name":"x"})").status, 403);
    EXPECT_EQ(ask("POST", run + "/recost", R"({"region":"SWE"})").status, 403);
    EXPECT_EQ(ask("POST", run + "/recost", R"({"region":"SWE","dry_run":true})").status, 200);
    EXPECT_EQ(get(run).at("footprints"), 1);
    EXPECT_EQ(get(run).at("run").at("name"), "first try");
}

TEST_F(ServiceTest, WithLeaveRunsAreRenamedRecostedAndDeleted) {
    add(made_up_run());
    Access access;
    access.allow_write = true;
    remake(access);
    const std::string run = std::string{"/api/v1/runs/"} + kId;
    EXPECT_EQ(ask("PATCH", run, R"({"name":"<b>second</b>"})").status, 200);
    EXPECT_EQ(get(run).at("run").at("name"), "<b>second</b>");
    EXPECT_EQ(get("/api/v1/runs").at("rows").at(0).at("name"), "<b>second</b>");
    const Json first = get(run);
    EXPECT_TRUE(first.at("earlier_footprints").empty());
    EXPECT_EQ(ask("POST", run + "/recost", R"({"region":"SWE"})").status, 200);
    EXPECT_EQ(get(run).at("footprints"), 2);
    const Json earlier = get(run).at("earlier_footprints");
    ASSERT_EQ(earlier.size(), 1U);
    EXPECT_EQ(earlier.at(0).at("operational_kgco2e"), first.at("operational_kgco2e"));
    EXPECT_EQ(earlier.at(0).at("computed_at"), first.at("computed_at"));
    EXPECT_EQ(earlier.at(0).at("factors").at("intensity_gco2e_per_kwh").at("zone"), "WLD");
    EXPECT_EQ(get(run + "/elsewhere?regions=FRA").at("here"), "SWE") << "where the newest footprint has it";
    EXPECT_EQ(get(run).at("factors").at("intensity_gco2e_per_kwh").at("zone"), "SWE");
    EXPECT_DOUBLE_EQ(get("/api/v1/runs").at("rows").at(0).at("operational_kgco2e").at("value").get<double>(),
                     get(run).at("operational_kgco2e").at("value").get<double>());
    for (const char* body :
         {"", "[]", "{}", R"({"name":1})", R"({"name":"a\nb"})", R"({"name":"a","id":"b"})"}) {
        EXPECT_EQ(ask("PATCH", run, body).status, 400) << body;
    }
    for (const char* body : {R"({"name":"a\u001b[31m"})", R"({"name":"a\u0085b"})", R"({"name":"a\u2028b"})",
                             R"({"name":"a\u007fb"})", R"({"name":"a","name":"b"})"}) {
        EXPECT_EQ(ask("PATCH", run, body).status, 400) << body;
    }
    EXPECT_EQ(ask("POST", run + "/recost", R"({"region":"SWE","region":"FRA"})").status, 400);
    EXPECT_EQ(ask("POST", run + "/recost", R"({"device":"h100"})").status, 400);
    EXPECT_EQ(ask("DELETE", run).status, 204);
    EXPECT_EQ(ask("DELETE", run).status, 404);
    EXPECT_EQ(get("/api/v1/runs").at("total"), 0);
    EXPECT_EQ(get("/api/v1/totals").at("all").at("runs"), 0);
}

TEST_F(ServiceTest, EstimatesSayTheSameAsTheCommand) {
    const Response response = ask("POST", "/api/v1/estimate",
                                  R"({"device":"h100-sxm5-80gb","count":8,"hours":120,"region":"FRA"})");
    ASSERT_EQ(response.status, 200) << response.body;
    const Json json = Json::parse(response.body);
    EXPECT_EQ(json.at("schema"), "gramme/footprint/1");
    EXPECT_EQ(json.at("factors").at("intensity_gco2e_per_kwh").at("zone"), "FRA");
    EXPECT_EQ(ask("POST", "/api/v1/estimate/report?as=latex", R"({"power_w":100,"hours":1})").status, 200);
    EXPECT_EQ(ask("POST", "/api/v1/compare", R"({"power_w":100,"hours":1,"regions":"aws"})").status, 200);
    EXPECT_EQ(
        ask("POST", "/api/v1/estimate/elsewhere?regions=FRA,SWE", R"({"power_w":100,"hours":1})").status,
        200);
}

TEST_F(ServiceTest, BadRequestsAreNamed) {
    for (const char* body :
         {"", "{", "[]", "null", "\"x\"", R"({"device":"h1000","hours":1})",
          R"({"device":"h100","hours":-1})", R"({"device":"h100","hours":1,"region":"Atlantis"})",
          R"({"device":"h100","hours":1,"data":"/etc"})", R"({"devise":"h100"})",
          R"({"device":"h100","hours":1e999})"}) {
        const Response response = ask("POST", "/api/v1/estimate", body);
        EXPECT_TRUE(response.status == 400 || response.status == 404) << body << response.body;
        EXPECT_EQ(Json::parse(response.body).at("schema"), "gramme/error/1") << body;
    }
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    EXPECT_EQ(ask("POST", "/api/v1/estimate", deep).status, 400);
    EXPECT_EQ(ask("POST", "/api/v1/estimate", "{\"mix\":" + deep + "}").status, 400);
}

TEST_F(ServiceTest, DepthIsCheckedBeforeAnythingWalksThroughIt) {
    const std::string deep =
        R"({"dry_run":true,"mix":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
    EXPECT_EQ(ask("POST", "/api/v1/runs/x/recost", deep).status, 400);
    EXPECT_EQ(ask("POST", "/api/v1/estimate", deep).status, 400);
    remake({true, "127.0.0.1", "", true});
    EXPECT_EQ(ask("PATCH", "/api/v1/runs/x", R"({"name":)" + deep + "}").status, 400);
}

TEST_F(ServiceTest, WhatWouldTakeMinutesIsRefused) {
    std::string names = "\"x0\"";
    std::string list = "x0";
    for (int i = 1; i <= 600; ++i) {
        names += ",\"x" + std::to_string(i) + "\"";
        list += ",x" + std::to_string(i);
    }
    EXPECT_EQ(ask("POST", "/api/v1/compare", R"({"power_w":1,"hours":1,"regions":[)" + names + "]}").status,
              400);
    EXPECT_EQ(ask("POST", "/api/v1/estimate/elsewhere?regions=" + list, R"({"power_w":1,"hours":1})").status,
              400);
    EXPECT_EQ(
        ask("POST", "/api/v1/estimate", R"({"hours":1,"device":")" + std::string(5000, 'h') + "\"}").status,
        400);
    EXPECT_EQ(ask("GET", "/api/v1/devices?q=" + std::string(300, 'h')).status, 400);
    for (const char* none : {"", ",", "%20"}) {
        EXPECT_EQ(ask("POST", std::string{"/api/v1/estimate/elsewhere?regions="} + none,
                      R"({"power_w":1,"hours":1})")
                      .status,
                  400);
    }
}

TEST_F(ServiceTest, WhatChangesARunNamesItWhole) {
    add(made_up_run());
    remake({true, "127.0.0.1", "", true});
    EXPECT_EQ(ask("DELETE", "/api/v1/runs/01936b2e").status, 400);
    EXPECT_EQ(ask("PATCH", "/api/v1/runs/01936b2e", R"({"name":"x"})").status, 400);
    EXPECT_EQ(ask("POST", "/api/v1/runs/01936b2e/recost", R"({"region":"SWE"})").status, 400);
    EXPECT_EQ(ask("POST", "/api/v1/runs/01936b2e/recost", R"({"region":"SWE","dry_run":true})").status, 200);
    EXPECT_EQ(get("/api/v1/runs").at("total"), 1);
}

TEST_F(ServiceTest, AKeyThatIsNotKnownOrThereTwiceIsRefusedEverywhere) {
    add(made_up_run());
    for (const Route& route : routes()) {
        std::string path{route.pattern};
        if (const std::size_t at = path.find("{id}"); at != std::string::npos) {
            path.replace(at, 4, kId);
        }
        if (route.method == "GET") {
            EXPECT_EQ(ask("GET", path + "?colour=red").status, 400) << path;
        }
    }
    EXPECT_EQ(ask("GET", "/api/v1/runs?q=a&q=b").status, 400);
}

TEST_F(ServiceTest, AStoreThatIsReplacedIsTheOneThatIsRead) {
    add(made_up_run());
    EXPECT_EQ(get("/api/v1/health").at("runs"), 1);
    std::filesystem::create_directory(folder_.file("aside"));
    for (const char* name : {"runs.db", "runs.db-wal", "runs.db-shm"}) {
        std::error_code ignored;
        std::filesystem::rename(folder_.file(name), folder_.file(std::string{"aside/"} + name), ignored);
    }
    EXPECT_EQ(get("/api/v1/runs", 503).at("error").at("code"), "unavailable");
    EXPECT_FALSE(std::filesystem::exists(folder_.file("runs.db"))) << "who reads makes no store";
    add(made_up_run(id_of(5)));
    EXPECT_EQ(get("/api/v1/runs").at("rows").at(0).at("id"), id_of(5));
}

TEST_F(ServiceTest, ADamagedStoreIsNotTheClientsFault) {
    add(made_up_run());
    damage();
    EXPECT_EQ(ask("GET", "/api/v1/totals").status, 503);
}

TEST_F(ServiceTest, AStoreThatCannotBeReadIsSaid) {
    damage();
    EXPECT_EQ(get("/api/v1/runs", 503).at("error").at("code"), "unavailable");
    EXPECT_EQ(get("/api/v1/health").at("status"), "store_unreadable");
    EXPECT_EQ(ask("POST", "/api/v1/estimate", R"({"power_w":100,"hours":1})").status, 200)
        << "needs no store";
}

TEST_F(ServiceTest, PathsAndMethodsThatAreNotThere) {
    EXPECT_EQ(ask("GET", "/api/v1/nothing").status, 404);
    EXPECT_EQ(ask("GET", "/api/v2/runs").status, 404);
    EXPECT_EQ(ask("PUT", "/api/v1/runs").status, 405);
    EXPECT_EQ(ask("POST", "/").status, 405);
    EXPECT_EQ(ask("GET", "/assets/none.js").status, 404);
    EXPECT_EQ(ask("GET", "/runs/a/b/c.js").status, 404);
    EXPECT_EQ(ask("GET", "/nowhere").status, 404);
    EXPECT_THAT(ask("GET", "/nowhere").type, HasSubstr("text/html")) << "for a person who mistyped";
    EXPECT_EQ(ask("GET", "/planner/never").status, 404);
    for (const char* view : {"/", "/runs", "/runs/01936b2e", "/compare", "/calculator", "/planner",
                             "/planner/when", "/regions", "/method"}) {
        EXPECT_EQ(ask("GET", view).status, 200) << view;
    }
}

TEST_F(ServiceTest, TheTokenInTheAddressBecomesACookie) {
    remake({false, "0.0.0.0", "0123456789abcdef", false});
    const Response response = ask("GET", "/calculator?token=0123456789abcdef");
    EXPECT_EQ(response.status, 303);
    EXPECT_THAT(response.headers, ::testing::Contains(::testing::Pair("Location", "/calculator")));
    EXPECT_THAT(response.headers, ::testing::Contains(::testing::Pair("Set-Cookie", HasSubstr("HttpOnly"))));
    EXPECT_THAT(response.headers, ::testing::Contains(::testing::Pair(
                                      "Set-Cookie", ::testing::StartsWith("gramme_token_7777="))));
    EXPECT_THAT(ask("GET", "/compare?ids=a,b&token=0123456789abcdef&q=x%0d%0aA:%20%26&e").headers,
                ::testing::Contains(::testing::Pair("Location", "/compare?ids=a,b&q=x%0D%0AA:%20%26&e=")));
    EXPECT_EQ(ask("GET", "/calculator?token=wrong").status, 401);
    for (const char* path : {"/x%0d%0aX-Evil:1", "/%09/evil.example", "//evil.example"}) {
        const Response answer = ask("GET", std::string{path} + "?token=0123456789abcdef");
        EXPECT_THAT(answer.headers, ::testing::Contains(::testing::Pair("Location", "/"))) << path;
    }
    EXPECT_EQ(ask("GET", "/api/v1/runs").status, 401);
    EXPECT_EQ(ask("GET", "/metrics").status, 401);
}

TEST_F(ServiceTest, MetricsNameNoRun) {
    add(made_up_run());
    const Response metrics = ask("GET", "/metrics");
    EXPECT_THAT(metrics.body, HasSubstr("gramme_store_runs 1\n"));
    EXPECT_THAT(metrics.body, Not(HasSubstr("digits")));
    EXPECT_THAT(metrics.body, Not(HasSubstr("01936b2e")));
}

}  // namespace
}  // namespace gramme::serve
