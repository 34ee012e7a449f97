// gramme serve: the real program, asked over loopback while others measure.
#include <gmock/gmock.h>

#include <csignal>

#include "serve_fixture.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(Serve, ShowsARunWhileItIsMeasuredAndAfterwards) {
    serve();
    EXPECT_EQ(get("/api/v1/runs").at("total"), 0);
    const Process run =
        box.start({"run", "--csv", "none", "--name", "<b>live</b>", "--region", "FRA", "--", "sleep", "30"});
    Json live;
    ASSERT_TRUE(comes_true([&] {
        live = get("/api/v1/live");
        return live.is_object() && live.value("runs", Json::array()).size() == 1 &&
               !live["runs"][0]["energy_kwh"].is_null();
    })) << live;
    const std::string id = live["runs"][0]["id"];
    EXPECT_EQ(live["runs"][0]["name"], "<b>live</b>");
    EXPECT_EQ(get("/api/v1/runs/" + id).at("run").at("state"), "running");
    EXPECT_FALSE(get("/api/v1/runs/" + id + "/windows").at("devices").empty());
    EXPECT_THAT(exchange("GET /api/v1/live/stream HTTP/1.1\r\nHost: localhost\r\n\r\n", id),
                HasSubstr("event: live"));
    run.send(SIGTERM);
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/runs").value("total", 0) == 1; }));
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/live").at("runs").empty(); }));
    EXPECT_EQ(get("/api/v1/runs/" + id).at("run").at("state"), "finished");
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, ARunWhoseGrammeIsKilledStaysInSight) {
    serve();
    const Process run = box.start({"run", "--csv", "none", "--", "sleep", "30"});
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/live").at("runs").size() == 1; }));
    run.send_to_group(SIGKILL);
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/runs").value("total", 0) == 1; }));
    EXPECT_EQ(get("/api/v1/runs").at("rows").at(0).at("state"), "interrupted");
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, SaysTheSameAsTheCommands) {
    box.run({"--csv", "none", "--region", "FRA"}, {"true"});
    serve();
    const std::string id = text_of(box.runs().at(0), "id");
    EXPECT_EQ(get("/api/v1/runs/" + id).at("operational_kgco2e"), box.show(id).at("operational_kgco2e"));
    const Json rows = Json::parse(box.gramme({"regions", "paris", "--json"}).out).at("rows");
    EXPECT_EQ(get("/api/v1/regions?q=paris").at("rows"), rows);
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, MetricsPassPrometheusOwnCheck) {
    if (box.tool({"sh", "-c", "command -v promtool"}).exit_code != 0) {
        GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
    }
    const Process run = box.start({"run", "--csv", "none", "--", "sleep", "30"});
    serve();
    ASSERT_TRUE(comes_true([&] { return get("/api/v1/live").at("runs").size() == 1; }));
    const std::string answer =
        exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    write_file(box.path("metrics"), answer.substr(answer.find("\r\n\r\n") + 4));
    const Outcome checked = box.tool({"sh", "-c", "promtool check metrics < " + box.path("metrics")});
    EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
    EXPECT_THAT(answer, HasSubstr("gramme_live_runs 1\n"));
    run.send(SIGTERM);
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, KeepsNothingBesideTheStore) {
    box.run({"--csv", "none"}, {"true"});
    serve();
    EXPECT_EQ(get("/api/v1/health").at("runs"), 1);
    box.run({"--csv", "none"}, {"true"});
    EXPECT_EQ(get("/api/v1/health").at("runs"), 2);
    EXPECT_EQ(stop(), 0);
}

TEST_F(Serve, RefusesAddressesAndSecretsThatAreNone) {
    EXPECT_EQ(box.gramme({"serve", "--listen", "example.org:80"}).exit_code, 64);
    EXPECT_EQ(box.gramme({"serve", "--store", "none"}).exit_code, 64);
    box.env["GRAMME_SERVE_TOKEN"] = "short";
    const Outcome outcome = box.gramme({"serve"});
    EXPECT_EQ(outcome.exit_code, 64);
    EXPECT_THAT(outcome.err, HasSubstr("GRAMME_SERVE_TOKEN"));
}

TEST_F(Serve, WithATokenOfOnesOwnLoopbackNeedsItToo) {
    box.env["GRAMME_SERVE_TOKEN"] = "0123456789abcdef";
    serve();
    EXPECT_EQ(get("/api/v1/runs").at("error").at("status"), 401);
    EXPECT_THAT(
        exchange("GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer 0123456789abcdef\r\n"
                 "Connection: close\r\n\r\n"),
        StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(stop(), 0);
}

}  // namespace
}  // namespace gramme::testing
