// gramme compare as a person types it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command_context.hpp"
#include "temporary.hpp"

namespace gramme::cli {
namespace {

using nlohmann::json;
using testing::CapturedTerminal;
using testing::EnvHost;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;

class CompareCommand : public ::testing::Test {
protected:
    struct Outcome {
        int code;
        std::string out, err;
    };
    [[nodiscard]] Outcome line(std::vector<std::string> typed) const {
        typed.insert(typed.begin(), "compare");
        CapturedTerminal captured{"", false};
        const EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}}};
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    [[nodiscard]] json rows(std::vector<std::string> typed) const {
        typed.emplace_back("--json");
        return json::parse(line(std::move(typed)).out);
    }
    [[nodiscard]] static std::vector<std::string> labels(const json& all) {
        std::vector<std::string> out;
        for (const json& row : all["rows"]) {
            out.push_back(row["label"]);
        }
        return out;
    }
    TemporaryFolder folder;
};

using Labels = std::vector<std::string>;

TEST_F(CompareCommand, ABestOfZeroHasNoRatio) {
    const Outcome text = line({"--energy-sources", "wind,coal", "--basis", "direct", "--energy-kwh", "1"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("none: the best emits nothing"));
    EXPECT_THAT(text.out, Not(HasSubstr("~")));
    const json all = rows({"--energy-sources", "wind,coal", "--basis", "direct", "--energy-kwh", "1"});
    EXPECT_TRUE(all["ratio"].is_null() && all["grid_ratio"].is_null() && all["pue_ratio"].is_null());
    EXPECT_TRUE(all["rows"][1]["times_best"].is_null());
    EXPECT_EQ(all["rows"][1]["like_best"], false);
    const Outcome none = line({"--regions", "FRA,DEU", "--energy-kwh", "0"});
    EXPECT_THAT(none.out, HasSubstr("no row emits anything"));
    EXPECT_THAT(none.out, Not(HasSubstr("by the grid")));
}

TEST_F(CompareCommand, YearsWithoutAFigureAreLeftOutAndSaid) {
    // The figures of France begin with 2010 and end with 2025.
    const Outcome before = line({"--years", "1990-2000", "--energy-kwh", "1", "--region", "FRA"});
    EXPECT_EQ(before.code, 64) << before.out;
    EXPECT_THAT(before.err, HasSubstr("no figure for France before 2010"));
    const Outcome around = line({"--years", "2005-2011,2024-2100", "--energy-kwh", "1", "--region", "FRA"});
    EXPECT_EQ(around.code, 0) << around.err;
    EXPECT_THAT(around.out, HasSubstr("2005-2009: no figure for France before 2010"));
    EXPECT_THAT(around.out, HasSubstr("2026-2100: no figure for France after 2025"));
    EXPECT_EQ(rows({"--years", "2005-2011,2024-2100", "--energy-kwh", "1", "--region", "FRA"})["rows"].size(),
              4U);
}

TEST_F(CompareCommand, ARepeatedFigureSaysOfWhichYearItIs) {
    const Outcome hole = line({"--years", "2011-2013", "--energy-kwh", "1", "--region", "BDI"});
    EXPECT_EQ(hole.code, 0) << hole.err;
    EXPECT_THAT(hole.out, HasSubstr("2012 (of 2011)"));
    EXPECT_THAT(hole.out, HasSubstr("that of 2011 for 2012"));
}

TEST_F(CompareCommand, ACountAloneCountsEachRow) {
    const json eight = rows({"--devices", "h100,a100", "--hours", "10", "--count", "8"});
    const json one = rows({"--devices", "h100,a100", "--hours", "10"});
    ASSERT_EQ(eight["rows"].size(), 2U);
    EXPECT_NEAR(eight["rows"][0]["energy_kwh"]["value"].get<double>(),
                8.0 * one["rows"][0]["energy_kwh"]["value"].get<double>(), 1e-9);
}

TEST_F(CompareCommand, ATypingErrorInAListIsBadDataBehindTheTable) {
    const Outcome wrong = line({"--devices", "h100,foo", "--hours", "10"});
    EXPECT_EQ(wrong.code, 65);
    EXPECT_THAT(wrong.out, HasSubstr("best"));
    EXPECT_THAT(wrong.err, HasSubstr("foo"));
    EXPECT_EQ(line({"--regions", "gcp", "--energy-kwh", "1", "--basis", "direct"}).code, 0);
    EXPECT_EQ(line({"--regions", "gcp,countries", "--energy-kwh", "1", "--basis", "direct"}).code, 0)
        << "nobody typed the single names";
    const Outcome beside = line({"--regions", "gcp,Atlantis", "--energy-kwh", "1"});
    EXPECT_EQ(beside.code, 65);
    EXPECT_THAT(beside.err, HasSubstr("Atlantis"));
    const Outcome place = line({"--regions", "FRA", "--energy-kwh", "1", "--region", "foo"});
    EXPECT_EQ(place.code, 64) << place.err;
    EXPECT_EQ(line({"--regions", folder.path(), "--energy-kwh", "1"}).code, 66);
}

TEST_F(CompareCommand, PlacesStandOnceAndThatOfRegionIsARow) {
    EXPECT_EQ(labels(rows({"--regions", "FRA,DEU,France,fra", "--energy-kwh", "1"})), (Labels{"FRA", "DEU"}));
    const json all = rows({"--regions", "FRA,DEU", "--region", "POL", "--energy-kwh", "1000"});
    EXPECT_EQ(labels(all), (Labels{"FRA", "DEU", "POL"}));
    EXPECT_EQ(all["saving"]["from"], "POL");
    EXPECT_EQ(all["saving"]["to"], "FRA");
    EXPECT_NEAR(all["saving"]["kgco2e"].get<double>(),
                all["rows"][2]["operational_kgco2e"]["value"].get<double>() -
                    all["rows"][0]["operational_kgco2e"]["value"].get<double>(),
                1e-9);
    const std::string file = folder.write("places.txt",
                                          "\xEF\xBB\xBF"
                                          "FRA\nDEU\n");
    EXPECT_EQ(labels(rows({"--regions", file, "--energy-kwh", "1"})), (Labels{"FRA", "DEU"}));
}

TEST_F(CompareCommand, AWideTableHasItsBars) {
    const std::string text = line({"--regions", "all", "--energy-kwh", "1000"}).out;
    EXPECT_THAT(text, HasSubstr(" #######"));
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        EXPECT_LE(text.find('\n', at) - at, 80U) << text.substr(at, text.find('\n', at) - at);
    }
}

TEST_F(CompareCommand, WhatHasNoEffectIsAWrongLine) {
    const std::vector<Labels> wrong{{"--devices", "h100", "--energy-kwh", "5"},
                                    {"--devices", "h100", "--power-w", "5", "--hours", "1"},
                                    {"--devices", "h100", "--instance", "aws:p4d.24xlarge", "--hours", "1"},
                                    {"--instances", "aws:p4d.24xlarge", "--device", "h100", "--hours", "1"},
                                    {"--instances", "aws:p4d.24xlarge", "--host", "none", "--hours", "1"},
                                    {"--energy-sources", "wind", "--mix", "coal=1", "--energy-kwh", "1"},
                                    {"--years", "2020", "--year", "2019", "--energy-kwh", "1"}};
    for (const Labels& typed : wrong) {
        const Outcome outcome = line(typed);
        EXPECT_EQ(outcome.code, 64) << typed[0] << typed[2];
        EXPECT_THAT(outcome.err, HasSubstr("has no effect beside")) << typed[0] << typed[2];
    }
}

}  // namespace
}  // namespace gramme::cli
