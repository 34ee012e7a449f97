// Live carbon intensity: the real program and its network module against a server of this machine that
// answers as documented, late, wrong, without end and never.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <ctime>
#include <filesystem>

#include "http_server.hpp"
#include "sandbox.hpp"

namespace gramme::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "s3cret-key-4711";

const std::string kBritain = R"({"data": [
    {"from": "2024-01-01T00:00Z", "to": "2024-01-01T00:30Z",
     "intensity": {"forecast": 120, "actual": 118, "index": "moderate"}},
    {"from": "2024-01-01T00:30Z", "to": "2024-01-01T01:00Z",
     "intensity": {"forecast": 110, "actual": 112.5, "index": "moderate"}}]})";
const std::string kFrance = R"({"zone": "FR", "data": [
    {"carbonIntensity": 41, "datetime": "2024-01-01T00:00:00.000Z", "isEstimated": true}]})";
const std::string kCalifornia = R"({"data": [{"point_time": "2024-01-01T00:00:00+00:00", "value": 1000}],
    "meta": {"data_point_period_seconds": 3600, "region": "CAISO_NORTH", "signal_type": "co2_moer",
             "units": "lbs_co2_per_mwh"}})";
/// The half hour that is now, and the one before it.
std::string britain_now() {
    constexpr std::int64_t kHalfHour = 1800;
    const std::int64_t now_s = ::time(nullptr);
    const std::int64_t begin_s = now_s - now_s % kHalfHour;
    const auto text = [](std::int64_t at_s) {
        const std::time_t at = at_s;
        std::tm parts{};
        ::gmtime_r(&at, &parts);
        char out[32];
        (void)std::strftime(out, sizeof out, "%Y-%m-%dT%H:%MZ", &parts);
        return std::string{out};
    };
    return R"({"data": [{"from": ")" + text(begin_s - kHalfHour) + R"(", "to": ")" + text(begin_s) +
           R"(", "intensity": {"actual": 118}}, {"from": ")" + text(begin_s) + R"(", "to": ")" +
           text(begin_s + kHalfHour) + R"(", "intensity": {"actual": 112.5}}]})";
}

const Words kHour{"--from", "2024-01-01T00:00:00Z", "--until", "2024-01-01T01:00:00Z"};

class Live : public Integration {
protected:
    void SetUp() override {
#if !defined(GRAMME_HAS_NET_MODULE)
        GTEST_SKIP() << "built without libcurl";
#endif
        box.env["XDG_CACHE_HOME"] = box.path("cache");
        box.env["ELECTRICITYMAPS_TOKEN"] = kKey;
        box.env["WATTTIME_USER"] = "ada";
        box.env["WATTTIME_PASSWORD"] = kKey;
    }

    Outcome ask(const HttpServer& server, const std::string& who, const Words& options = {}) {
        return box.gramme(joined(joined({"intensity", who, "--live-url", server.url()}, kHour), options));
    }

    /// Nothing on standard output, one error, and no key anywhere.
    void fails(const Outcome& outcome, int exit_code, const std::string& words) {
        EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_THAT(outcome.err, AllOf(HasSubstr("gramme: "), HasSubstr(words)));
        no_key(outcome);
    }

    void no_key(const Outcome& outcome) {
        for (const std::string& secret : {std::string{kKey}, std::string{"YWRhOnMzY3JldC1rZXktNDcxMQ=="}}) {
            EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(secret)));
            for (const fs::directory_entry& entry : fs::recursive_directory_iterator{box.path()}) {
                EXPECT_THAT(entry.path().string(), Not(HasSubstr(secret)));
                if (entry.is_regular_file()) {
                    EXPECT_THAT(file_text(entry.path()), Not(HasSubstr(secret))) << entry.path();
                }
            }
        }
    }
};

TEST_F(Live, NesoTellsHalfHours) {
    const HttpServer server{{http_answer(200, kBritain)}};
    const Outcome outcome = ask(server, "neso", {"--format", "csv"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out,
              "from,until,gco2e_per_kwh,zone,basis\n"
              "2024-01-01T00:00:00Z,2024-01-01T00:30:00Z,118,GB,direct\n"
              "2024-01-01T00:30:00Z,2024-01-01T01:00:00Z,112.5,GB,direct\n");
    EXPECT_EQ(outcome.err, "");
    ASSERT_EQ(server.heard().size(), 1U);
    EXPECT_THAT(server.heard()[0],
                AllOf(HasSubstr("GET /intensity/2024-01-01T00:00Z/2024-01-01T01:00Z HTTP/1.1"),
                      HasSubstr("User-Agent: gramme/"), Not(HasSubstr(kKey))));
}

TEST_F(Live, ElectricityMapsTellsHours) {
    const HttpServer server{{http_answer(200, kFrance)}};
    const Outcome outcome = ask(server, "electricitymaps:FR", {"--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json told = Json::parse(outcome.out);
    EXPECT_EQ(told.at("schema"), "gramme/intensity/1");
    EXPECT_EQ(told.at("zone"), "FR");
    EXPECT_EQ(told.at("basis"), "lifecycle");
    EXPECT_EQ(told.at("estimated"), 1);
    EXPECT_EQ(told.at("rows").at(0).at("gco2e_per_kwh"), 41.0);
    EXPECT_THAT(outcome.err, HasSubstr("1 of 1 values are estimates"));
    EXPECT_THAT(server.heard()[0], HasSubstr("auth-token: " + std::string{kKey}));
    no_key(outcome);
}

TEST_F(Live, WattTimeIsLoggedInToFirst) {
    const HttpServer server{{http_answer(200, R"({"token": "jwt.4711"})"), http_answer(200, kCalifornia)}};
    const Outcome outcome = ask(server, "watttime:CAISO_NORTH", {"--format", "csv"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("453.59237,CAISO_NORTH,marginal\n"));
    ASSERT_EQ(server.heard().size(), 2U);
    EXPECT_THAT(server.heard()[0], AllOf(HasSubstr("GET /login "), HasSubstr("Authorization: Basic YWRhOn")));
    EXPECT_THAT(server.heard()[1], HasSubstr("Authorization: Bearer jwt.4711"));
    EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr("jwt.4711")));
    no_key(outcome);
}

TEST_F(Live, TheZoneIsThatOfTheRegion) {
    const HttpServer server{{http_answer(200, kFrance)}};
    EXPECT_EQ(ask(server, "electricitymaps", {"--region", "aws:eu-west-3"}).exit_code, 0);
    EXPECT_THAT(server.heard()[0], HasSubstr("zone=FR&"));
    fails(ask(server, "electricitymaps", {"--region", "aws:us-east-1"}), 64, "electricitymaps:US-CAL-CISO");
    EXPECT_EQ(server.heard().size(), 1U);
}

TEST_F(Live, WhatIsSettledIsAskedForOnce) {
    const HttpServer server{{http_answer(200, kBritain)}};
    const Outcome first = ask(server, "neso", {"--format", "csv"});
    const Outcome second = ask(server, "neso", {"--format", "csv"});
    EXPECT_EQ(second.exit_code, 0) << second.err;
    EXPECT_EQ(second.out, first.out);
    EXPECT_EQ(server.heard().size(), 1U);
    std::size_t files = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{box.path("cache/gramme/intensity")}) {
        struct stat status {};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U);
        ++files;
        write_file(entry.path(), "{\"damaged");
    }
    EXPECT_EQ(files, 1U);
    const Outcome damaged = ask(server, "neso", {"--format", "csv"});
    EXPECT_EQ(damaged.out, first.out);
    EXPECT_THAT(damaged.err, HasSubstr("is passed over"));
    EXPECT_EQ(server.heard().size(), 2U);
    EXPECT_EQ(ask(server, "neso", {"--no-cache"}).exit_code, 0);
    EXPECT_EQ(server.heard().size(), 3U);
}

TEST_F(Live, AnOldValueIsNotTheNewest) {
    const HttpServer server{{http_answer(200, kBritain)}};
    fails(box.gramme({"intensity", "neso", "--live-url", server.url()}), 69,
          "no value for GB now: the newest is of 2024-01-01T00:30:00Z until 2024-01-01T01:00:00Z");
    EXPECT_FALSE(file_exists(box.path("cache/gramme/intensity"))) << "nor is it kept";
}

TEST_F(Live, ACacheFileThatNestsDeeplyIsPassedOver) {
    const HttpServer server{{http_answer(200, kBritain)}};
    ASSERT_EQ(ask(server, "neso").exit_code, 0);
    for (const fs::directory_entry& entry : fs::directory_iterator{box.path("cache/gramme/intensity")}) {
        const std::size_t levels = 2'000'000;
        write_file(entry.path(), "{\"schema\":" + std::string(levels, '[') + std::string(levels, ']') + "}");
    }
    const Outcome outcome = ask(server, "neso");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("is passed over: it nests deeper"));
}

TEST_F(Live, AKeyInsideAnotherHidesBoth) {
    box.env["WATTTIME_PASSWORD"] = "ada-4711-secret";
    const HttpServer server{{http_answer(401, R"({"error": "ada-4711-secret is not ada's"})")}};
    const Outcome outcome = ask(server, "watttime:CAISO_NORTH");
    fails(outcome, 77, "status 401: (key) is not (key)'s");
    EXPECT_THAT(outcome.err, Not(HasSubstr("4711")));
}

TEST_F(Live, AModuleThatOthersCouldHaveWrittenIsNotLoaded) {
    const HttpServer server{{http_answer(200, kBritain)}};
    fs::create_directories(box.path("open/bin"));
    fs::create_directories(box.path("open/lib/gramme"));
    fs::copy_file(gramme_program(), box.path("open/bin/gramme"));
    const fs::path build = fs::path{gramme_program()}.parent_path().parent_path();
    fs::copy_file(build / "lib/gramme/libgramme_net.so", box.path("open/lib/gramme/libgramme_net.so"));
    const auto asked = [&] {
        return run_to_end(box.launch(joined(
            {box.path("open/bin/gramme"), "intensity", "neso", "--no-cache", "--live-url", server.url()},
            kHour)));
    };
    fs::permissions(box.path("open/lib/gramme"), fs::perms{0755});
    EXPECT_EQ(asked().exit_code, 0);
    fs::permissions(box.path("open/lib/gramme"), fs::perms{01777});
    fails(asked(), 77, "the network module is not loaded");
    EXPECT_EQ(server.heard().size(), 1U);
}

TEST_F(Live, TheNewestValueIsKeptForFiveMinutes) {
    const HttpServer server{{http_answer(200, britain_now())}};
    for (int i = 0; i < 2; ++i) {
        const Outcome outcome = box.gramme({"intensity", "neso", "--live-url", server.url()});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_THAT(outcome.out, AllOf(HasSubstr("112.5"), Not(HasSubstr("118")), HasSubstr("CC-BY-4.0")));
    }
    ASSERT_EQ(server.heard().size(), 1U);
    EXPECT_THAT(server.heard()[0], HasSubstr("GET /intensity HTTP"));
}

TEST_F(Live, ACacheThatCannotBeWrittenIsAWarning) {
    write_file(box.path("cache"), "a file, no folder");
    const HttpServer server{{http_answer(200, kBritain)}};
    const Outcome outcome = ask(server, "neso");
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.err, HasSubstr("warning: nothing is kept in"));
}

TEST_F(Live, ALateAnswerIsNotWaitedFor) {
    const HttpServer server{[](const Connection& to, const std::string&, std::size_t) {
        to.wait(20.0);
        to.send(http_answer(200, kBritain));
    }};
    const Outcome outcome = ask(server, "neso", {"--live-timeout", "0.3"});
    fails(outcome, 69, "did not answer in time");
    EXPECT_LT(outcome.wall_s, 10.0);
    EXPECT_EQ(server.heard().size(), 1U);
}

TEST_F(Live, ABodyThatTricklesIsNotWaitedFor) {
    const HttpServer server{[](const Connection& to, const std::string&, std::size_t) {
        to.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{");
        while (to.send(" ")) {
            sleep_s(0.05);
        }
    }};
    fails(ask(server, "neso", {"--live-timeout", "0.5"}), 69, "did not answer in time");
}

TEST_F(Live, AnEndlessBodyIsCut) {
    const HttpServer server{[](const Connection& to, const std::string&, std::size_t) {
        to.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"data\": [");
        const std::string more(65536, ' ');
        while (to.send(more)) {
        }
    }};
    const Outcome outcome = ask(server, "neso", {"--live-timeout", "60"});
    fails(outcome, 65, "more than 4 MiB");
    EXPECT_LT(outcome.wall_s, 30.0);
}

TEST_F(Live, EndlessHeadersAreCut) {
    const HttpServer server{[](const Connection& to, const std::string&, std::size_t) {
        to.send("HTTP/1.1 200 OK\r\n");
        std::string more;
        for (int i = 0; i < 1000; ++i) {
            more += "X-More: " + std::string(1000, 'x') + "\r\n";
        }
        while (to.send(more)) {
        }
    }};
    const Outcome outcome = ask(server, "neso", {"--live-timeout", "60"});
    // libcurl of its own accord, or we.
    EXPECT_THAT(outcome.exit_code, ::testing::AnyOf(65, 69)) << outcome.err;
    fails(outcome, outcome.exit_code, "NESO");
    EXPECT_LT(outcome.wall_s, 30.0);
    if (!is_sanitized()) {
        EXPECT_LT(outcome.usage.ru_maxrss, 200 * 1024) << "KiB";
    }
}

TEST_F(Live, AKeyIsNotSentToWhoCannotSpeakTls) {
    const HttpServer server{{http_answer(200, kFrance)}};
    const std::string url = "https" + server.url().substr(4);
    const Outcome outcome = box.gramme(
        joined({"intensity", "electricitymaps:FR", "--live-url", url, "--live-timeout", "1"}, kHour));
    fails(outcome, 69, "Electricity Maps");
    EXPECT_TRUE(server.heard().empty());
}

TEST_F(Live, NobodyListens) {
    std::string url;
    {
        const HttpServer server{{""}};
        url = server.url();
    }
    fails(box.gramme({"intensity", "neso", "--live-url", url}), 69, "cannot be reached");
}

TEST_F(Live, AConnectionThatBreaksIsTriedThreeTimes) {
    const HttpServer server{[](const Connection&, const std::string&, std::size_t) {}};
    fails(ask(server, "neso"), 69, "cannot be reached");
    EXPECT_EQ(server.heard().size(), 3U);
}

TEST_F(Live, AWrongAnswerIsBadData) {
    for (
        const char* body :
        {"<html><body>Sign in to the Wi-Fi</body></html>", "", "[]", "null", "7", R"({"data": 7})",
         R"({"data": [7]})", R"({"data": [{"from": 0, "to": 1, "intensity": {"actual": 1}}]})",
         R"({"data": [{"from": "2024-01-01T00:00Z", "to": "2024-01-01T00:30Z", "intensity": {"actual": -1}}]})",
         R"({"data": [{"from": "2024-01-01T00:00Z", "to": "2024-01-01T00:30Z", "intensity": {"actual": NaN}}]})",
         R"({"data": [{"from": "2024-01-01T00:00Z", "to": "2024-01-01T00:30Z", "intensity": {"actual": "9"}}]})",
         R"({"data": [{"from": "2024-01-01T00:00Z", "to": "2024-01-01T00:30Z", "intensity": {"actual": 9e9}}]})"}) {
        const HttpServer server{{http_answer(200, body)}};
        fails(ask(server, "neso"), 65, "not as documented");
        EXPECT_EQ(server.heard().size(), 1U) << body;
    }
    const HttpServer deep{{http_answer(200, std::string(1U << 20U, '['))}};
    fails(ask(deep, "neso"), 65, "nests too deeply");
}

TEST_F(Live, AnotherUnitIsBadData) {
    std::string body = kCalifornia;
    body.replace(body.find("lbs_co2_per_mwh"), 15, "kg_co2_per_mwh");
    const HttpServer server{{http_answer(200, R"({"token": "t"})"), http_answer(200, body)}};
    fails(ask(server, "watttime:CAISO_NORTH"), 65, "unit");
}

TEST_F(Live, AStatusHasItsExitCodeAndNoKeyGetsOut) {
    const std::string echo = R"({"error": "cannot serve )" + std::string{kKey} + "\"}";
    for (const auto& [status, exit_code] :
         std::vector<std::pair<int, int>>{{400, 69}, {401, 77}, {403, 77}, {404, 69}, {501, 69}, {204, 69}}) {
        const HttpServer server{{http_answer(status, echo)}};
        fails(ask(server, "electricitymaps:FR"), exit_code, "status " + std::to_string(status));
        EXPECT_EQ(server.heard().size(), 1U) << status;
    }
    EXPECT_FALSE(file_exists(box.path("cache/gramme/intensity")));
}

TEST_F(Live, ARedirectIsNotFollowed) {
    const HttpServer thief{{http_answer(200, kFrance)}};
    const HttpServer server{{http_answer(302, "", "Location: " + thief.url() + "/\r\n")}};
    fails(ask(server, "electricitymaps:FR"), 69, "status 302");
    EXPECT_TRUE(thief.heard().empty());
}

TEST_F(Live, AServerInTroubleIsAskedAgain) {
    const HttpServer server{{http_answer(500, "oops"), http_answer(200, kBritain)}};
    EXPECT_EQ(ask(server, "neso").exit_code, 0);
    EXPECT_EQ(server.heard().size(), 2U);
}

TEST_F(Live, RetryAfterIsHonouredUpToTenSeconds) {
    const HttpServer server{{http_answer(429, "", "Retry-After: 2\r\n"), http_answer(200, kBritain)}};
    const Outcome outcome = ask(server, "neso");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_GE(outcome.wall_s, 2.0);
    const HttpServer busy{{http_answer(429, "", "Retry-After: 3600\r\n")}};
    fails(ask(busy, "neso"), 69, "ask again in 3600 s");
    EXPECT_EQ(busy.heard().size(), 1U);
}

TEST_F(Live, AProxyNeverSeesWhatIsForThisMachine) {
    const HttpServer proxy{{http_answer(200, kFrance)}};
    const HttpServer server{{http_answer(200, kFrance)}};
    box.env["http_proxy"] = box.env["ALL_PROXY"] = proxy.url();
    EXPECT_EQ(ask(server, "electricitymaps:FR").exit_code, 0);
    EXPECT_TRUE(proxy.heard().empty());
}

TEST_F(Live, WithoutAKeyNothingIsAsked) {
    const HttpServer server{{http_answer(200, kFrance)}};
    box.env.erase("ELECTRICITYMAPS_TOKEN");
    fails(ask(server, "electricitymaps:FR"), 77, "ELECTRICITYMAPS_TOKEN is not set");
    box.env["ELECTRICITYMAPS_TOKEN"] = std::string{kKey} + "\r\nX-Evil: 1";
    fails(ask(server, "electricitymaps:FR"), 77, "ELECTRICITYMAPS_TOKEN holds something that is no key");
    EXPECT_TRUE(server.heard().empty());
}

TEST_F(Live, ALineThatIsWrongAsksNothing) {
    const HttpServer server{{http_answer(200, kFrance)}};
    const std::string url = server.url();
    for (const Words& words : std::vector<Words>{
             {"intensity"},
             {"intensity", "entsoe", "--live-url", url},
             {"intensity", "watttime", "--live-url", url},
             {"intensity", "neso:FR", "--live-url", url},
             {"intensity", "electricitymaps:F/R", "--live-url", url},
             {"intensity", "neso", "--live-url", "http://example.org"},
             {"intensity", "neso", "--live-url", url, "--basis", "lifecycle"},
             {"intensity", "neso", "--live-url", url, "--until", "2024-01-01"},
             {"intensity", "neso", "--live-url", url, "--from", "yesterday"},
             {"intensity", "neso", "--live-url", url, "--from", "2024-01-02", "--until", "2024-01-01"},
             {"intensity", "neso", "--live-url", url, "--from", "2020-01-02", "--until", "2024-01-01"},
             {"intensity", "neso", "--live-url", url, "--from", "1970-01-01", "--until", "1970-01-01"},
             {"intensity", "neso", "--live-url", url, "--from", "2024-01-01", "--until", "2024-01-01"},
             {"intensity", "neso", "--live-url", url, "--live-timeout", "0"},
             {"intensity", "neso", "--live-url", url, "--format", "xml"}}) {
        fails(box.gramme(words), 64, "hint: ");
    }
    EXPECT_TRUE(server.heard().empty());
}

TEST_F(Live, WithoutTheModuleItSaysWhatToInstall) {
    const HttpServer server{{http_answer(200, kBritain)}};
    ASSERT_EQ(ask(server, "neso").exit_code, 0);
    fs::create_directories(box.path("alone/bin"));
    fs::copy_file(gramme_program(), box.path("alone/bin/gramme"));
    const auto alone = [&](const Words& options) {
        return run_to_end(box.launch(joined(
            joined({box.path("alone/bin/gramme"), "intensity", "neso", "--live-url", server.url()}, kHour),
            options)));
    };
    fails(alone({"--no-cache"}), 69, "libgramme_net.so");
    EXPECT_EQ(alone({}).exit_code, 0) << "what is in the cache needs no network";
    write_file(box.path("alone/lib/gramme/libgramme_net.so"), "no library");
    fails(alone({"--no-cache"}), 69, "cannot be loaded");
    EXPECT_EQ(server.heard().size(), 1U);
}

TEST_F(Live, TheProgramItselfKnowsNoCurl) {
    const Outcome libraries = box.tool({"ldd", gramme_program()});
    ASSERT_EQ(libraries.exit_code, 0) << libraries.err;
    EXPECT_THAT(libraries.out, AllOf(HasSubstr("libc.so"), Not(HasSubstr("curl")), Not(HasSubstr("ssl"))));
}

TEST_F(Live, AFolderCannotAskForIt) {
    // Only the command line names a server: a gramme.toml that somebody else wrote does not.
    const HttpServer server{{http_answer(200, kFrance)}};
    write_file(box.cwd + "/gramme.toml", "live-url = \"" + server.url() + "\"\n");
    const Outcome outcome = box.gramme({"regions", "paris"});
    EXPECT_TRUE(server.heard().empty());
    EXPECT_NE(outcome.exit_code, 0) << "an unknown key is an error";
}

TEST_F(Live, AnEstimateIsCostedWithWhatTheProviderTells) {
    const HttpServer server{{http_answer(200, kBritain)}};
    const Words job{"estimate", "--power-w", "1000",    "--hours",           "1",
                    "--pue",    "1",         "--start", "2024-01-01T00:00Z", "--json"};
    const Outcome live = box.gramme(joined(job, {"--intensity-live", "neso", "--live-url", server.url()}));
    ASSERT_EQ(live.exit_code, 0) << live.err;
    const Json json = Json::parse(live.out);
    // Half a kWh at 118 and half at 112.5
    EXPECT_NEAR(json["operational_kgco2e"]["value"].get<double>(), 0.11525, 1e-12);
    const Json& grid = json["factors"]["intensity_gco2e_per_kwh"];
    EXPECT_EQ(grid["source"], "neso_live");
    EXPECT_EQ(grid["basis"], "direct");
    EXPECT_EQ(grid["chosen"], "--intensity-live neso:GB");
    EXPECT_GT(grid["sigma_ln"].get<double>(), 0.0);
    ASSERT_EQ(server.heard().size(), 1U);
    EXPECT_THAT(server.heard()[0], HasSubstr("/intensity/2024-01-01T00:00Z/2024-01-01T01:00Z"));

    // What `gramme intensity` writes is a table for --intensity-csv.
    write_file(box.cwd + "/grid.csv", ask(server, "neso", {"--format", "csv"}).out);
    const Outcome table = box.gramme(joined(job, {"--intensity-csv", "grid.csv"}));
    ASSERT_EQ(table.exit_code, 0) << table.err;
    EXPECT_EQ(Json::parse(table.out)["operational_kgco2e"]["value"], json["operational_kgco2e"]["value"]);

    const Outcome both = box.gramme(joined(job, {"--intensity-csv", "grid.csv", "--intensity-live", "neso"}));
    EXPECT_EQ(both.exit_code, 64);
    EXPECT_EQ(both.out, "");
    EXPECT_EQ(server.heard().size(), 1U) << "the second answer came from the cache";
}

TEST_F(Live, WithoutAStartTheNewestValueStandsForTheWholeJob) {
    const std::string now = R"({"data": [{"from": "NOW", "to": "THEN",
        "intensity": {"forecast": 120, "actual": 118, "index": "moderate"}}]})";
    const auto stamp = [](std::time_t at) {
        char text[32];
        std::tm utc{};
        ::gmtime_r(&at, &utc);
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%MZ", &utc);
        return std::string{text};
    };
    const std::time_t half_hour = std::time(nullptr) / 1800 * 1800;
    std::string answer = now;
    answer.replace(answer.find("NOW"), 3, stamp(half_hour - 1800));
    answer.replace(answer.find("THEN"), 4, stamp(half_hour));
    const HttpServer server{{http_answer(200, answer)}};
    const Outcome out = box.gramme({"estimate", "--power-w", "1000", "--hours", "120", "--pue", "1", "--json",
                                    "--intensity-live", "neso", "--live-url", server.url()});
    ASSERT_EQ(out.exit_code, 0) << out.err;
    EXPECT_NEAR(Json::parse(out.out)["operational_kgco2e"]["value"].get<double>(), 120 * 0.118, 1e-9);
}

TEST_F(Live, NothingIsRecostedWhereTheProviderFails) {
    ASSERT_EQ(box.gramme({"run", "--quiet", "--region", "GBR", "--csv", "none", "--", "true"}).exit_code, 0);
    const std::string before = box.gramme({"runs", "export", "--all"}).out;
    const HttpServer server{{http_answer(401, "{}"), http_answer(200, "{}")}};
    const Words recost{"runs", "recost", "--all", "--intensity-live", "neso", "--live-url", server.url()};
    fails(box.gramme(recost), 77, "NESO");
    fails(box.gramme(recost), 65, "NESO");
    EXPECT_EQ(box.gramme({"runs", "export", "--all"}).out, before);
}

}  // namespace
}  // namespace gramme::testing
