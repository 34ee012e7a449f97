// gramme runs import as a person types it, and what the other commands say of such runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "../../golden/golden.hpp"
#include "cli/command_context.hpp"
#include "cli/import_place.hpp"
#include "temporary.hpp"

namespace gramme::cli {
namespace {

using gramme::testing::expect_golden;
using nlohmann::json;
using testing::CapturedTerminal;
using testing::EnvHost;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;

constexpr std::int64_t kNovember = 1'795'424'400'000'000'000;  // 2026-11-23T09:00:00Z
constexpr const char* kGpuRun = "00000000-0000-4000-8000-000000000008";

class ImportCommand : public ::testing::Test {
protected:
    struct Outcome {
        int code;
        std::string out, err;
    };
    /// In a folder with the fixtures, so that their names are short and the same everywhere.
    void SetUp() override {
        const std::filesystem::path from = std::string{GRAMME_SOURCE_DIR} + "/tests/fixtures/codecarbon";
        std::filesystem::copy(from, folder.path());
        std::filesystem::current_path(folder.path());
    }
    void TearDown() override { std::filesystem::current_path("/"); }
    [[nodiscard]] Outcome line(const std::vector<std::string>& typed) const {
        CapturedTerminal captured{"", false};
        EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}}};
        host.instant.wall_ns = kNovember;
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    [[nodiscard]] Outcome import(std::vector<std::string> words) const {
        words.insert(words.begin(), {"runs", "import", "--utc-offset", "+01:00"});
        return line(words);
    }
    [[nodiscard]] json rows(const Outcome& outcome) const { return json::parse(outcome.out)["rows"]; }
    [[nodiscard]] std::vector<std::string> generations() const {
        std::vector<std::string> out;
        for (const char* name : {"0.1", "1.2", "2.0", "2.2", "2.3", "2.8", "3.0", "3.2", "3.3.0", "3.3.2"}) {
            out.push_back(std::string{name} + ".csv");
        }
        return out;
    }

    TemporaryFolder folder;
};

TEST_F(ImportCommand, TakesEveryGeneration) {
    const Outcome outcome = import(generations());
    EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
    expect_golden("import/generations.txt", outcome.out + outcome.err);
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 16U);
}

TEST_F(ImportCommand, AgainAddsNothing) {
    ASSERT_EQ(import(generations()).code, kExitOk);
    const Outcome again = import(generations());
    EXPECT_EQ(again.code, kExitOk);
    EXPECT_THAT(again.err, HasSubstr("0 runs imported, 16 runs in the store already"));
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 16U);
}

TEST_F(ImportCommand, DryRunOnlyShows) {
    const Outcome outcome = import({"--dry-run", "--json", "3.2.csv"});
    EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
    expect_golden("import/dry_run.json", outcome.out);
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 0U);
}

TEST_F(ImportCommand, ABadRowIsNamedAndTheOthersAreTaken) {
    const std::string file = folder.write("bad.csv",
                                          "timestamp,project_name,run_id,duration,emissions,energy_consumed\n"
                                          "2024-03-01T11:00:00,p,one,60,0.001,0.01\n"
                                          "2024-03-01T11:00:00,p,two,60,0.001,-0.01\n");
    const Outcome outcome = import({"--json", file, folder.write("other.txt", "no table")});
    EXPECT_EQ(outcome.code, kExitBadData);
    EXPECT_EQ(rows(outcome).size(), 1U);
    EXPECT_THAT(outcome.err, HasSubstr("bad.csv:3: not imported: energy_consumed: '-0.01' is below 0"));
    EXPECT_THAT(outcome.err, HasSubstr("other.txt:1: not imported: the first line is no header"));
    EXPECT_EQ(json::parse(outcome.out)["rejected"].size(), 2U);
}

TEST_F(ImportCommand, AFileThatCannotBeReadIsNamedAndTheOthersAreTaken) {
    std::filesystem::create_directory("folder.csv");
    folder.write("large.csv", "");
    std::filesystem::resize_file("large.csv", (std::uintmax_t{64} << 20U) + 1);
    const Outcome outcome = import({"none.csv", "3.2.csv", "large.csv", "folder.csv", "3.0.csv", "--json"});
    EXPECT_EQ(outcome.code, kExitNoInput) << outcome.err;
    EXPECT_EQ(rows(outcome).size(), 2U);
    EXPECT_THAT(outcome.err, HasSubstr("none.csv: not imported: cannot read none.csv"));
    EXPECT_THAT(outcome.err, HasSubstr("large.csv: not imported: large.csv is larger than 64 MiB"));
    EXPECT_THAT(outcome.err, HasSubstr("folder.csv: not imported: folder.csv is a folder"));
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 2U);
    EXPECT_EQ(import({"none.csv"}).code, kExitNoInput);
}

TEST_F(ImportCommand, AFileWithoutRowsIsSaidToHaveNone) {
    const std::string head = "timestamp,project_name,run_id,duration,emissions,energy_consumed\n";
    const Outcome header = import({folder.write("header.csv", head)});
    EXPECT_EQ(header.code, kExitOk);
    EXPECT_THAT(header.err, HasSubstr("header.csv has a header and no row"));
    const Outcome empty = import({folder.write("empty.csv", "")});
    EXPECT_EQ(empty.code, kExitBadData);
    EXPECT_THAT(empty.err, HasSubstr("empty.csv:1: not imported: it is empty"));
}

TEST_F(ImportCommand, JsonIsOneDocumentHoweverManyRunsThereAre) {
    for (const std::vector<std::string>& files :
         {std::vector<std::string>{"3.3.0.csv", "3.2.csv"}, {folder.write("none.txt", "nothing")}}) {
        std::vector<std::string> words{"--json", "--dry-run"};
        words.insert(words.end(), files.begin(), files.end());
        const Outcome outcome = import(words);
        const nlohmann::ordered_json whole = nlohmann::ordered_json::parse(outcome.out);
        EXPECT_EQ(outcome.out, whole.dump(2) + "\n");
    }
}

TEST_F(ImportCommand, KeepsItsOwnEmissions) {
    ASSERT_EQ(import({"3.2.csv"}).code, kExitOk);
    const json shown = json::parse(line({"runs", "show", kGpuRun, "--json"}).out);
    EXPECT_NEAR(shown["operational_kgco2e"]["value"].get<double>(), 0.0198, 1e-15);
    EXPECT_LT(shown["operational_kgco2e"]["low"].get<double>(), 0.0198);
    EXPECT_NEAR(shown["energy_kwh"]["value"].get<double>(), 0.33, 1e-15);
    const json& grid = shown["factors"]["intensity_gco2e_per_kwh"];
    EXPECT_NEAR(grid["value"].get<double>(), 60.0, 1e-12);  // 19.8 g / 0.33 kWh
    EXPECT_EQ(grid["source"], "imported");
    EXPECT_EQ(grid["chosen"], "imported from 3.2.csv:2 (emissions over energy_consumed)");
    EXPECT_EQ(shown["run"]["imported"]["program"], "CodeCarbon 3.2.1");
    EXPECT_EQ(shown["run"]["interval_s"], nullptr);
}

TEST_F(ImportCommand, RecostKeepsItUntilToldOtherwise) {
    ASSERT_EQ(import({"3.2.csv"}).code, kExitOk);
    EXPECT_THAT(line({"runs", "recost", kGpuRun}).out, HasSubstr("unchanged"));
    const Outcome other = line({"runs", "recost", kGpuRun, "--intensity", "100", "--json"});
    EXPECT_NEAR(json::parse(other.out)["rows"][0]["after_kgco2e"]["value"].get<double>(), 0.033, 1e-12);
}

TEST_F(ImportCommand, OtherCommandsSayThatItWasImported) {
    std::filesystem::create_directory("old");
    std::filesystem::copy("3.2.csv", "old/3.2.csv");
    ASSERT_EQ(import({"old/3.2.csv"}).code, kExitOk);
    expect_golden("import/show.txt", line({"runs", "show", kGpuRun}).out);
    EXPECT_THAT(line({"runs", "list"}).out, HasSubstr("imported"));
    EXPECT_THAT(line({"runs", "list", "--format", "csv"}).out, HasSubstr("CodeCarbon 3.2.1"));
    EXPECT_THAT(line({"explain", kGpuRun}).out, HasSubstr("as the imported file has it"));
    for (const char* format : {"model-card", "latex", "markdown", "html", "sci"}) {
        const Outcome report = line({"report", kGpuRun, "--as", format});
        EXPECT_EQ(report.code, kExitOk) << report.err;
        EXPECT_THAT(report.out, HasSubstr("imported from a record of CodeCarbon 3.2.1")) << format;
        EXPECT_THAT(report.out, Not(HasSubstr("old/"))) << format;
    }
    EXPECT_THAT(line({"report", kGpuRun, "--as", "json"}).out, Not(HasSubstr("old/")));
    EXPECT_THAT(line({"report", kGpuRun, "--as", "boamps"}).out, HasSubstr("CodeCarbon 3.2.1"));
    EXPECT_THAT(line({"runs", "export", kGpuRun}).out, HasSubstr("\"imported\""));
}

TEST_F(ImportCommand, AnOlderStateInTheStoreIsNotReplacedInSilence) {
    const std::string head = "timestamp,project_name,run_id,duration,emissions,energy_consumed\n";
    ASSERT_EQ(import({folder.write("a.csv", head + "2024-03-01T11:00:00,p,one,60,0.001,0.01\n")}).code,
              kExitOk);
    const Outcome later = import({folder.write("a.csv", head + "2024-03-01T12:00:00,p,one,3660,0.01,0.1\n")});
    EXPECT_EQ(later.code, kExitOk);
    EXPECT_THAT(later.err, HasSubstr("with other numbers"));
    EXPECT_THAT(later.err, HasSubstr("gramme runs delete"));
}

TEST_F(ImportCommand, TheSameRunWithOtherNumbersIsSaidAndTheStoredOneStays) {
    const std::string head = "timestamp,project_name,run_id,duration,emissions,energy_consumed\n";
    ASSERT_EQ(import({folder.write("a.csv", head + "2024-03-01T11:00:00,p,one,60,0.001,0.01\n")}).code,
              kExitOk);
    for (const char* other : {"0.001,0.02", "0.002,0.01"}) {
        const Outcome later =
            import({"--json", folder.write("b.csv", head + "2024-03-01T11:00:00,p,one,60," + other + "\n")});
        EXPECT_EQ(later.code, kExitOk);
        EXPECT_THAT(later.err, HasSubstr("with other numbers than in")) << other;
        EXPECT_EQ(rows(later)[0]["status"], "in the store already, with other numbers");
    }
    const json run = json::parse(line({"runs", "list", "--json"}).out)["rows"][0];
    EXPECT_NEAR(run["energy_kwh"].get<double>(), 0.01, 1e-12) << run;
    // What was costed anew is no other row.
    ASSERT_EQ(line({"runs", "recost", run["id"], "--intensity", "100"}).code, kExitOk);
    EXPECT_THAT(import({"a.csv"}).err, Not(HasSubstr("other numbers")));
}

TEST_F(ImportCommand, ARunThatAnotherHoldsIsNotCountedBesideIt) {
    const std::string head =
        "timestamp,project_name,run_id,duration,emissions,energy_consumed,codecarbon_version\n";
    const std::string outer = "10000000-0000-4000-8000-000000000002";
    const std::string inner = "20000000-0000-4000-8000-000000000003";
    const std::string held =
        "2024-03-01T11:00:00,p," + inner + ",30,0.001,0.01,gramme-0.1.0 part of " + outer + "\n";
    const std::string whole = "2024-03-01T11:00:01,p," + outer + ",60,0.002,0.02,gramme-0.1.0\n";
    const std::string part = folder.write("part.csv", head + held);
    // Nobody knows the run that holds it: it may be counted twice one day, and is named.
    const Outcome alone = import({part});
    EXPECT_EQ(alone.code, kExitBadData);
    EXPECT_THAT(alone.err, HasSubstr("part.csv:2: not imported: it is part of run " + outer));
    const Outcome both = import({"--json", folder.write("both.csv", head + held + whole)});
    EXPECT_EQ(both.code, kExitOk) << both.err;
    EXPECT_THAT(both.err, HasSubstr("1 run imported, 1 run part of others"));
    ASSERT_EQ(rows(both).size(), 2U);
    EXPECT_EQ(rows(both)[1]["status"], "part of another run, which holds it");
    EXPECT_EQ(rows(both)[1]["part_of"], outer);
    EXPECT_EQ(import({part}).code, kExitOk) << "the store knows the other";
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 1U);
}

TEST_F(ImportCommand, AnOffsetThatIsNoneIsRefused) {
    EXPECT_EQ(line({"runs", "import", "--utc-offset", "noon", "3.2.csv"}).code, kExitUsage);
    EXPECT_EQ(line({"runs", "import", "--utc-offset", "", "3.2.csv"}).code, kExitUsage);
    EXPECT_EQ(line({"runs", "import", "--utc-offset", "Z", "--dry-run", "3.2.csv"}).code, kExitOk);
}

TEST(ImportPlace, IsTheNarrowestThatTheTablesKnow) {
    const refdata::Tables tables;
    EXPECT_EQ(region_of(tables, {"aws", "eu-west-3", "FRA", "France", ""}), "aws:eu-west-3");
    EXPECT_EQ(region_of(tables, {"aws", "mars-1", "FRA", "France", ""}), "FRA");
    EXPECT_EQ(region_of(tables, {"", "", "USA", "United States", "california"}), "US-CA");
    EXPECT_EQ(region_of(tables, {"", "", "CAN", "Canada", "quebec"}), "CA-QC");
    EXPECT_EQ(region_of(tables, {"", "", "USA", "United States", "georgia"}),
              "US-GA");  // the name is a country's too
    EXPECT_EQ(region_of(tables, {"", "", "", "France", ""}), "FRA");
    EXPECT_EQ(region_of(tables, {"", "", "ZZZ", "Nowhere", ""}), "");
    EXPECT_EQ(region_of(tables, {}), "");
}

}  // namespace
}  // namespace gramme::cli
