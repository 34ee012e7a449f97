// Intensities over time through the real program: estimate and recost.
#include <gmock/gmock.h>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

using ::testing::HasSubstr;

class Intensity : public Integration {
protected:
    void write(const std::string& name, const std::string& text) const {
        write_file(box.cwd + "/" + name, text);
    }
};

constexpr const char* kDay =
    "from,gco2e_per_kwh\n2026-11-01T00:00Z,30\n2026-11-01T01:00Z,40\n2026-11-01T02:00Z,80\n";

TEST_F(Intensity, AnEstimateIsCostedHourByHour) {
    write("grid.csv", kDay);
    const Outcome out = box.gramme({"estimate", "--power-w", "1000", "--hours", "2", "--pue", "1", "--start",
                                    "2026-11-01T00:30Z", "--intensity-csv", "grid.csv", "--json"});
    ASSERT_EQ(out.exit_code, 0) << out.err;
    const Json json = Json::parse(out.out);
    // 0.5 kWh at 30, 1 kWh at 40, 0.5 kWh at 80
    EXPECT_NEAR(json["operational_kgco2e"]["value"].get<double>(), 0.095, 1e-12);
    const Json& grid = json["factors"]["intensity_gco2e_per_kwh"];
    EXPECT_EQ(grid["in_time"]["periods"], 3);
    EXPECT_EQ(grid["source"], "user");
    EXPECT_EQ(json["run"]["started_at"], "2026-11-01T00:30:00Z");

    write("result.json", out.out);
    const Outcome explained = box.gramme({"explain", "result.json"});
    ASSERT_EQ(explained.exit_code, 0) << explained.err;
    EXPECT_THAT(explained.out, HasSubstr("mean over the energy of 3 values, 30 to 80 g/kWh"));
}

TEST_F(Intensity, WithoutAStartTheSeriesGivesIt) {
    write("grid.csv", kDay);
    const Outcome out = box.gramme(
        {"estimate", "--energy-kwh", "2", "--hours", "2", "--pue", "1", "--intensity-csv", "grid.csv"});
    ASSERT_EQ(out.exit_code, 0) << out.err;
    EXPECT_THAT(out.out, HasSubstr("start of the job: 2026-11-01T00:00:00Z"));
    EXPECT_THAT(out.out, HasSubstr("35 g/kWh"));
}

TEST_F(Intensity, WhatCannotBeIsRefused) {
    write("grid.csv", kDay);
    write("bad.csv", "from,gco2e_per_kwh\n2026-11-01T00:00Z,many\n");
    const std::vector<std::string> job{"estimate", "--power-w", "1000", "--hours", "2"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), job.begin(), job.end());
        return box.gramme(more);
    };
    const Outcome late = with({"--intensity-csv", "grid.csv", "--start", "2026-12-01T00:00Z"});
    EXPECT_EQ(late.exit_code, 65);
    EXPECT_THAT(late.err, HasSubstr("it holds 2026-11-01T00:00:00Z to 2026-11-01T03:00:00Z"));
    const Outcome bad = with({"--intensity-csv", "bad.csv"});
    EXPECT_EQ(bad.exit_code, 65);
    EXPECT_THAT(bad.err, HasSubstr("bad.csv: line 2: 'many' is no intensity"));
    const Outcome absent = with({"--intensity-csv", "none.csv"});
    EXPECT_EQ(absent.exit_code, 66);
    EXPECT_THAT(absent.err, HasSubstr("none.csv"));
    const Outcome zoneless = with({"--intensity-csv", "grid.csv", "--start", "2026-11-01T00:00"});
    EXPECT_EQ(zoneless.exit_code, 64);
    EXPECT_THAT(zoneless.err, HasSubstr("has no time zone"));
    const Outcome timeless = box.gramme({"estimate", "--energy-kwh", "2", "--intensity-csv", "grid.csv"});
    EXPECT_EQ(timeless.exit_code, 65);
    EXPECT_THAT(timeless.err, HasSubstr("--hours"));
    for (const Outcome& one : {late, bad, absent, zoneless, timeless}) {
        EXPECT_EQ(one.out, "");
    }
}

TEST_F(Intensity, OptionsThatWouldChangeNothingAreRefused) {
    write("grid.csv", kDay);
    const Words rows[] = {
        {"--power-w", "1", "--hours", "2", "--start", "2026-11-01T00:00Z"},
        {"--power-w", "1", "--hours", "2", "--energy-source", "wind", "--intensity-csv", "grid.csv"},
        {"--power-w", "1", "--hours", "2", "--profile", "mlco2", "--intensity-csv", "grid.csv"},
        {"--power-w", "1", "--hours", "2", "--utilisation", "0.5"},
        {"--energy-kwh", "1", "--power-model", "tdp"},
        {"--instance", "aws:p4d.24xlarge", "--hours", "1", "--host", "none"},
        {"--device", "h100", "--hours", "10", "--device", "a100", "--hours", "5"},
        {"--energy-kwh", "1", "--intensity", "50", "--year", "2020"},
        {"--energy-kwh", "1", "--intensity", "50", "--basis", "direct"},
        {"--energy-kwh", "1", "--mix", "coal=1", "--energy-source", "wind"},
    };
    for (const Words& row : rows) {
        const Outcome out = box.gramme(joined({"estimate"}, row));
        EXPECT_EQ(out.exit_code, 64) << row[row.size() - 2] << out.err;
        EXPECT_EQ(out.out, "");
        EXPECT_THAT(out.err, HasSubstr("hint: "));
    }
}

TEST_F(Intensity, ARunIsRecostedOverItsOwnTime) {
    ASSERT_EQ(box.gramme({"run", "--region", "FRA", "--pue", "1.5", "--csv", "none", "--", "sleep", "1.1"})
                  .exit_code,
              0);
    const Json before = Json::parse(box.gramme({"runs", "export", "--all"}).out)["runs"];
    const std::string day = before[0]["run"]["started_at"].get<std::string>().substr(0, 10);
    write("grid.csv", "from,until,gco2e_per_kwh,basis\n" + day + ",2100-01-01,123.5,lifecycle\n");
    const Outcome out = box.gramme({"runs", "recost", "--all", "--intensity-csv", "grid.csv", "--json"});
    ASSERT_EQ(out.exit_code, 0) << out.err;
    const Json json = Json::parse(out.out);
    EXPECT_TRUE(json["rows"][0]["added"].get<bool>());
    EXPECT_NEAR(json["rows"][0]["intensity_gco2e_per_kwh"].get<double>(), 123.5, 1e-9);
    EXPECT_NEAR(json["rows"][0]["pue"].get<double>(), 1.5, 1e-12);
    const Json after = Json::parse(box.gramme({"runs", "export", "--all"}).out)["runs"];
    EXPECT_NEAR(after[0]["operational_kgco2e"]["value"].get<double>(),
                after[0]["energy_kwh"]["value"].get<double>() * 1.5 * 0.1235, 1e-12);
    // Of all runs, those from another time stay as they are; one that is named is an error.
    write("old.csv", "from,gco2e_per_kwh\n2020-01-01T00:00Z,5\n");
    const Outcome left = box.gramme({"runs", "recost", "--all", "--intensity-csv", "old.csv"});
    EXPECT_EQ(left.exit_code, 0) << left.err;
    EXPECT_THAT(left.out, HasSubstr("left as it is: --intensity-csv old.csv has no intensity"));
    const Outcome named = box.gramme(
        {"runs", "recost", after[0]["run"]["id"].get<std::string>(), "--intensity-csv", "old.csv"});
    EXPECT_EQ(named.exit_code, 65);
}

}  // namespace
}  // namespace gramme::testing
