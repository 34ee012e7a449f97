// gramme plan when as a person types it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/utc.hpp"
#include "cli/command_context.hpp"
#include "temporary.hpp"

namespace gramme::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using testing::CapturedTerminal;
using testing::EnvHost;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;

using Words = std::vector<std::string>;

struct Outcome {
    int code = 0;
    std::string out, err;
};

class PlanWhen : public ::testing::Test {
protected:
    [[nodiscard]] Outcome line(Words typed) const {
        typed.insert(typed.begin(), {"plan", "when"});
        CapturedTerminal captured{"", false};
        EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}}};
        host.instant.wall_ns = *parse_utc("2026-11-26T16:22:03Z");
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    /// 1 kW, with no PUE, so that kWh are hours.
    [[nodiscard]] Outcome job(const std::string& hours, const std::string& grid, Words more = {}) const {
        Words typed{"--power-w", "1000", "--pue", "1", "--hours", hours, "--intensity-csv", grid};
        typed.insert(typed.end(), more.begin(), more.end());
        return line(std::move(typed));
    }
    [[nodiscard]] json told(const std::string& hours, const std::string& grid, Words more = {}) const {
        more.emplace_back("--json");
        const Outcome out = job(hours, grid, std::move(more));
        EXPECT_EQ(out.code, 0) << out.err;
        return json::parse(out.out);
    }
    void refused(const Outcome& out, int code, const std::string& words) const {
        EXPECT_EQ(out.code, code) << out.out << out.err;
        EXPECT_THAT(out.err, HasSubstr(words));
        EXPECT_EQ(out.out, "");
    }
    TemporaryFolder folder;
    /// Berlin's evening and night: 17:00Z is the first hour.
    std::string night = folder.write("grid.csv",
                                     "from,gco2e_per_kwh,zone,basis\n"
                                     "2026-11-26T18:00+01:00,300,DE,lifecycle\n"
                                     "2026-11-26T19:00+01:00,100,DE,lifecycle\n"
                                     "2026-11-26T20:00+01:00,400,DE,lifecycle\n"
                                     "2026-11-26T21:00+01:00,400,DE,lifecycle\n"
                                     "2026-11-26T22:00+01:00,120,DE,lifecycle\n"
                                     "2026-11-26T23:00+01:00,200,DE,lifecycle\n");
};

TEST_F(PlanWhen, SaysNowBestAndPausesOnBothClocks) {
    const json plan = told("2", night);
    EXPECT_EQ(plan["schema"], "gramme/plan-when/1");
    EXPECT_NEAR(plan["now"]["operational_kgco2e"]["value"].get<double>(), 0.4, 1e-12);
    EXPECT_EQ(plan["best_start"]["start"], "2026-11-26T21:00:00Z");
    EXPECT_EQ(plan["best_start"]["runs"][0]["from_local"], "2026-11-26T22:00:00+01:00");
    EXPECT_NEAR(plan["best_start"]["operational_kgco2e"]["value"].get<double>(), 0.32, 1e-12);
    EXPECT_NEAR(plan["best_start"]["saving_percent"].get<double>(), 20.0, 1e-9);
    // 100, then 120 and ten minutes of the 200 behind it.
    EXPECT_EQ(plan["with_pauses"]["pauses"], 1);
    EXPECT_NEAR(plan["with_pauses"]["operational_kgco2e"]["value"].get<double>(), 0.22 + 0.2 / 6.0, 1e-12);
    EXPECT_EQ(plan["with_pauses"]["runs"][1]["until"], "2026-11-26T22:10:00Z");
    EXPECT_EQ(plan["start_command"], "echo 'gramme run -- COMMAND' | TZ=UTC at -t 202611262100");
    const Outcome text = job("2", night);
    EXPECT_THAT(text.out, AllOf(HasSubstr("2026-11-26T21:00Z to 23:00Z (22:00 to 2026-11-27 00:00 +01:00)"),
                                HasSubstr("20 % less than now"), HasSubstr("none is invented"),
                                HasSubstr("average of the grid"), HasSubstr("at -t 202611262100"),
                                HasSubstr("the forecast begins at 2026-11-26T17:00:00Z")));
    std::istringstream lines{text.out};
    for (std::string one; std::getline(lines, one);) {
        EXPECT_LE(one.size(), 80U) << one;
    }
}

TEST_F(PlanWhen, WhatAPauseCostsIsTheirsToSay) {
    EXPECT_EQ(told("2", night, {"--pause-minutes", "0"})["with_pauses"]["operational_kgco2e"]["value"], 0.22);
    EXPECT_EQ(told("2", night, {"--pause-kwh", "1"})["with_pauses"]["pauses"], 0);
    EXPECT_EQ(told("2", night, {"--pause-w", "900"})["with_pauses"]["pauses"], 0);
    EXPECT_EQ(told("2", night, {"--least-run-hours", "2"})["with_pauses"]["pauses"], 0);
    refused(job("2", night, {"--pause-w", "1001"}), 64, "more than the job draws");
    refused(job("2", night, {"--pause-minutes", "-1"}), 64, "--pause-minutes: '-1'");
}

TEST_F(PlanWhen, TheDeadlineHoldsInAnyTimeZone) {
    const json early = told("2", night, {"--deadline", "2026-11-26T15:00-05:00"});
    EXPECT_EQ(early["window"]["until"], "2026-11-26T20:00:00Z");
    EXPECT_EQ(early["best_start"]["start"], "2026-11-26T17:00:00Z");
    EXPECT_TRUE(early["start_command"].is_null());
    const json late = told("2", night, {"--start-not-before", "2026-11-26T21:30+01:00"});
    EXPECT_EQ(late["now"]["start"], "2026-11-26T20:30:00Z");
    EXPECT_EQ(late["best_start"]["start"], "2026-11-26T21:00:00Z");
}

TEST_F(PlanWhen, AForecastOfUtcIsShownOnTheClockOfTheDeadline) {
    const std::string utc = folder.write("utc.csv",
                                         "datetime (utc),gco2e_per_kwh\n2026-10-25 00:00,90\n"
                                         "2026-10-25 01:00,50\n2026-10-25 02:00,10\n2026-10-25 03:00,70\n");
    const json plan = told(
        "1", utc, {"--start-not-before", "2026-10-25T02:00+02:00", "--deadline", "2026-10-25T05:00+01:00"});
    EXPECT_EQ(plan["best_start"]["runs"][0]["from_local"], "2026-10-25T03:00:00+01:00");
}

TEST_F(PlanWhen, AnHourThatComesTwiceIsTwoHours) {
    const std::string change = folder.write("change.csv",
                                            "from,gco2e_per_kwh\n2026-10-25T01:00+02:00,90\n"
                                            "2026-10-25T02:00+02:00,80\n2026-10-25T02:00+01:00,10\n"
                                            "2026-10-25T03:00+01:00,70\n");
    const json plan = told("1", change, {"--start-not-before", "2026-10-25T01:00+02:00"});
    EXPECT_EQ(plan["best_start"]["start"], "2026-10-25T01:00:00Z");
    EXPECT_EQ(plan["best_start"]["runs"][0]["from_local"], "2026-10-25T02:00:00+01:00");
    EXPECT_EQ(plan["window"]["values"], 4);
    const std::string zoneless =
        folder.write("zoneless.csv", "from,gco2e_per_kwh\n2026-10-25T02:00,80\n2026-10-25T02:00,10\n");
    refused(job("1", zoneless), 65, "has no time zone");
}

TEST_F(PlanWhen, WhatCannotBePlannedSaysWhatTo) {
    refused(line({"--power-w", "1000", "--hours", "2"}), 64, "no forecast of the grid was given");
    refused(job("7", night), 65, "knows 6 h");
    refused(job("2", night, {"--deadline", "2026-11-26T18:00Z"}), 65, "the job takes 2 h");
    refused(job("2", night, {"--deadline", "2026-11-26T16:00Z"}), 64, "is not after the earliest start");
    refused(job("2", night, {"--deadline", "2026-11-27T08:00"}), 64, "has no time zone");
    refused(job("2", night, {"--deadline", "2026-11-27"}), 64,
            "write 2026-11-27T00:00Z for its beginning or 2026-11-28T00:00Z for its end");
    refused(job("2", night, {"--start-not-before", "2026-11-30"}), 64, "2026-12-01T00:00Z for its end");
    refused(job("1e6", night), 64, "more than 100,000");
    refused(job("2", night, {"--start-not-before", "2026-12-01T00:00Z"}), 65, "before the earliest start");
    refused(line({"--hours", "2", "--intensity-csv", night}), 64, "nothing to estimate");
    refused(line({"--energy-kwh", "2", "--intensity-csv", night}), 64, "--hours is needed");
    refused(line({"--power-w", "1", "--hours", "2", "--intensity-live", "electricitymaps:DE"}), 64,
            "is asked for the past here");
    refused(job("2", folder.path() + "/none.csv"), 66, "none.csv");
    const std::string gap = folder.write("gap.csv",
                                         "from,until,gco2e_per_kwh\n2026-11-26T17:00Z,2026-11-26T18:00Z,1\n"
                                         "2026-11-26T21:00Z,2026-11-26T23:00Z,1\n");
    refused(job("1", gap), 65, "says nothing from 2026-11-26T18:00:00Z until 2026-11-26T21:00:00Z");
}

TEST_F(PlanWhen, AForecastStandsWhereNothingIsObservedYet) {
    const std::string both = folder.write("both.csv",
                                          "datetime (utc),carbon_intensity,carbon intensity forecast\n"
                                          "2026-11-26 16:00,100,110\n2026-11-26 17:00,,80\n"
                                          "2026-11-26 18:00,null,60\n");
    const json plan = told("1", both, {"--start-not-before", "2026-11-26T16:00Z"});
    EXPECT_EQ(plan["now"]["gco2e_per_kwh"], 100.0) << "what was observed counts";
    EXPECT_EQ(plan["best_start"]["start"], "2026-11-26T18:00:00Z");
}

TEST_F(PlanWhen, NotesWhatChangesTheMeaning) {
    const json abroad = told("2", night, {"--region", "FRA", "--deadline", "2026-11-28T00:00Z"});
    ASSERT_GE(abroad["notes"].size(), 3U);
    EXPECT_THAT(abroad["notes"][0].get<std::string>(), HasSubstr("the region is France"));
    EXPECT_EQ(abroad["window"]["forecast_is_short"], true);
    const std::string marginal = folder.write(
        "marginal.csv",
        "from,gco2e_per_kwh,basis\n2026-11-26T17:00Z,800,marginal\n2026-11-26T18:00Z,500,marginal\n");
    EXPECT_THAT(job("1", marginal).out,
                AllOf(HasSubstr("no footprint"), Not(HasSubstr("average of the grid"))));
    const Outcome zero = job("1", folder.write("zero.csv",
                                               "from,gco2e_per_kwh\n2026-11-26T17:00Z,0\n"
                                               "2026-11-26T18:00Z,0\n"));
    EXPECT_EQ(zero.code, 0) << zero.err;
    EXPECT_THAT(zero.out, HasSubstr("start at once"));
}

}  // namespace
}  // namespace gramme::cli
