#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command_context.hpp"
#include "config/version.hpp"
#include "present/present.hpp"
#include "store/journal.hpp"
#include "store/store.hpp"
#include "temporary.hpp"

namespace gramme::cli {
namespace {

using nlohmann::json;
using testing::CapturedTerminal;
using testing::EnvHost;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TemporaryFolder;

constexpr std::int64_t kNovember = 1'795'424'400'000'000'000;  // 2026-11-23T09:00:00Z

class RunLine : public ::testing::Test {
protected:
    struct Outcome {
        int code;
        std::string out, err;
    };
    [[nodiscard]] Outcome line(const std::vector<std::string>& typed, const std::string& answer = "",
                               bool terminal = false) const {
        CapturedTerminal captured{answer, terminal};
        EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}}};
        host.instant.wall_ns = kNovember + 90'000'000'000;
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    [[nodiscard]] static RunRecord run(const std::string& id, const std::string& project) {
        RunRecord record;
        record.id = id;
        record.project = project;
        record.command = {"python", "train.py", "--token=secret"};
        record.state = RunState::kFinished;
        record.started_wall_ns = kNovember;
        record.duration_s = 3661.0;
        record.exit_status = 0;
        return record;
    }
    void store(const RunRecord& record) const {
        Footprint footprint;
        footprint.energy_kwh = Estimate{1.5, 1.2, 1.9};
        footprint.facility_energy_kwh = Estimate{1.8, 1.4, 2.3};
        footprint.operational_kgco2e = Estimate{0.1, 0.05, 0.2};
        footprint.factors.intensity.zone = "FRA";
        const auto data = store::open_data_dir(folder.path(), folder.path(), std::nullopt);
        ASSERT_TRUE(data) << data.error().what;
        auto opened = store::Store::open("sqlite:" + data->path + "/runs.db");
        ASSERT_TRUE(opened) << opened.error().what;
        const auto added = (*opened)->add(record, {}, footprint,
                                          present::footprint_json(record, footprint, true), kNovember);
        ASSERT_TRUE(added) << added.error().what;
    }
    TemporaryFolder folder;
};

constexpr const char* kFirst = "01938f2a-0000-7000-8000-000000000001";
constexpr const char* kSecond = "01938f2b-0000-7000-8000-000000000002";

TEST_F(RunLine, HelpAndVersionAreResults) {
    EXPECT_THAT(line({}).out, HasSubstr("Usage: gramme COMMAND"));
    EXPECT_EQ(line({}).code, 0);
    EXPECT_THAT(line({"help", "run"}).out, HasSubstr("gramme run [options] -- command"));
    EXPECT_THAT(line({"runs"}).out, HasSubstr("runs export"));
    EXPECT_EQ(line({"--version"}).out, "gramme " + std::string{kVersion} + "\n");
}

TEST_F(RunLine, AMistakeIsToldOnStandardErrorWithTheWayOut) {
    const Outcome typo = line({"regoins"});
    EXPECT_EQ(typo.code, 64);
    EXPECT_EQ(typo.out, "");
    EXPECT_EQ(typo.err, "gramme: unknown command 'regoins'\n  hint: did you mean regions?\n");
    EXPECT_EQ(line({"run", "--pue", "0.5", "--", "true"}).code, 64);
    EXPECT_EQ(line({"run"}).code, 64);
}

TEST_F(RunLine, AWrongConfigurationFileIsBadDataBeforeAnythingRuns) {
    folder.write(".config/gramme/config.toml", "reigon = \"FRA\"\n");
    const Outcome outcome = line({"run", "--", "/bin/false"});
    EXPECT_EQ(outcome.code, 65);
    EXPECT_THAT(outcome.err, HasSubstr("config.toml:1:1: unknown key 'reigon'"));
}

TEST_F(RunLine, RegionsAreFoundWithTheirSources) {
    const Outcome table = line({"regions", "paris"});
    EXPECT_EQ(table.code, 0) << table.err;
    EXPECT_THAT(table.out, HasSubstr("aws:eu-west-3"));
    EXPECT_THAT(table.out, HasSubstr("Sources"));
    const Outcome rows = line({"regions", "aws:eu-west-3", "--json"});
    const json parsed = json::parse(rows.out);
    EXPECT_EQ(parsed["schema"], "gramme/regions/1");
    EXPECT_EQ(parsed["rows"][0]["zone"], "FRA");
    EXPECT_TRUE(parsed["rows"][0]["gco2e_per_kwh"].is_number());
    EXPECT_EQ(parsed["rows"][0]["latitude"], 48.86);
    EXPECT_EQ(parsed["rows"][0]["longitude"], 2.35);
    EXPECT_THAT(line({"regions", "paris", "--sources", "--format", "csv"}).out,
                StartsWith("source,title,publisher,year,licence,url,note,used_for"));
}

TEST_F(RunLine, ARegionThatIsNotThereHasNearNames) {
    const Outcome outcome = line({"regions", "eu-wset-3"});
    EXPECT_EQ(outcome.code, 66);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("eu-west-3"));
}

TEST_F(RunLine, DevicesAndInstancesAreFoundWithTheirSources) {
    EXPECT_THAT(line({"devices", "h100", "sxm5"}).out, HasSubstr("nvidia-h100-sxm5-80gb"));
    const json devices = json::parse(line({"devices", "k80", "--json"}).out);
    EXPECT_EQ(devices["schema"], "gramme/devices/1");
    EXPECT_EQ(devices["rows"][0]["limit_w"], 150);  // of one of the two on the board
    EXPECT_TRUE(devices["rows"][0]["idle_w"].is_null());
    EXPECT_EQ(json::parse(line({"instances", "p4d", "--json"}).out)["rows"][0]["accelerator_count"], 8);
    const Outcome none = line({"devices", "h1000"});
    EXPECT_EQ(none.code, 66);
    EXPECT_THAT(none.err, HasSubstr("nvidia-h100-sxm5-80gb"));
}

TEST_F(RunLine, AnEstimateIsText) {
    const Outcome text =
        line({"estimate", "--device", "h100", "--count", "8", "--hours", "120", "--region", "aws:eu-west-3"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, StartsWith("estimate: 8 x h100 for 120 h, aws:eu-west-3\n"));
    EXPECT_THAT(text.out, HasSubstr("--power-model tdp"));
    EXPECT_EQ(text.err, "");
}

TEST_F(RunLine, AnEstimateIsJsonThatExplainReads) {
    const Outcome out = line({"estimate", "--power-w", "330", "--count", "10000", "--hours", "355.2", "--pue",
                              "1.1", "--intensity", "429", "--json"});
    const json result = json::parse(out.out);
    EXPECT_EQ(result["schema"], "gramme/footprint/1");
    EXPECT_NEAR(result["operational_kgco2e"]["value"].get<double>(), 553'142.304, 1e-3);
    EXPECT_EQ(result["estimate"]["groups"][0]["power_w"], 330);
    folder.write("estimate.json", out.out);
    const Outcome explained = line({"explain", folder.path() + "/estimate.json"});
    EXPECT_EQ(explained.code, 0) << explained.err;
    EXPECT_THAT(explained.out, HasSubstr("553"));
}

TEST_F(RunLine, AnEstimateOfNothingOrOfTheUnknownIsAUsageError) {
    EXPECT_EQ(line({"estimate"}).code, 64);
    EXPECT_EQ(line({"estimate", "--device", "h1000", "--hours", "1"}).code, 64);
    EXPECT_EQ(line({"estimate", "--device", "h100", "--hours", "-1"}).code, 64);
    EXPECT_EQ(line({"estimate", "--device", "h100", "--hours", "1e400"}).code, 64);
    EXPECT_EQ(line({"estimate", "--device", "h100", "--hours", "1", "--region", "nowhere"}).code, 64);
    EXPECT_EQ(line({"estimate", "--device", "h100", "--hours", "1", "--energy-source", "wnid"}).code, 64);
    EXPECT_EQ(line({"estimate", "--count", "2", "--device", "h100", "--hours", "1"}).code, 64);
    EXPECT_EQ(line({"estimate", "--energy-kwh", "1", "--year", "1066"}).code, 64);
    EXPECT_EQ(line({"estimate", "--energy-kwh", "1", "--intensity", "5", "--mix", "coal=1"}).code, 64);
    EXPECT_EQ(line({"run", "--energy-source", "wnid", "--", "/bin/false"}).code, 64);
}

TEST_F(RunLine, ACompareNamesBestWorstAndSaving) {
    const Outcome text =
        line({"compare", "--regions", "aws", "--region", "us-east-1", "--energy-kwh", "1000"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("best"));
    EXPECT_THAT(text.out, HasSubstr("from aws:us-east-1 to"));
    const json result = json::parse(
        line({"compare", "--years", "2015-2017,2020", "--energy-kwh", "1", "--region", "FRA", "--json"}).out);
    EXPECT_EQ(result["schema"], "gramme/compare/1");
    EXPECT_EQ(result["rows"].size(), 4U);
    folder.write("places.txt", "# mine\nFRA\n\nDEU\n");
    EXPECT_THAT(
        line({"compare", "--regions", folder.path() + "/places.txt", "--energy-kwh", "1", "--format", "csv"})
            .out,
        HasSubstr("DEU,"));
}

TEST_F(RunLine, ACompareAlongNothingOrTwoThingsIsAUsageError) {
    EXPECT_EQ(line({"compare", "--energy-kwh", "1"}).code, 64);
    EXPECT_EQ(line({"compare", "--energy-kwh", "1", "--regions", "aws", "--years", "2015"}).code, 64);
    EXPECT_EQ(line({"compare", "--energy-kwh", "1", "--years", "1815"}).code, 64);
    EXPECT_EQ(line({"compare", "--energy-kwh", "1", "--regions", "aws", "--intensity", "5"}).code, 64);
    EXPECT_EQ(line({"compare", "--regions", "/no/such/file", "--energy-kwh", "1"}).code, 66);
}

TEST_F(RunLine, FormatsThatDoNotExistOrDisagreeAreRefused) {
    EXPECT_EQ(line({"regions", "--format", "yaml"}).code, 64);
    EXPECT_EQ(line({"regions", "--format", "csv", "--json"}).code, 64);
    EXPECT_EQ(line({"runs", "export", "--all", "--format", "table"}).code, 64);
}

TEST_F(RunLine, AnEmptyStoreIsNoFailure) {
    const Outcome table = line({"runs", "list"});
    EXPECT_EQ(table.code, 0) << table.err;
    EXPECT_EQ(table.out, "");
    EXPECT_THAT(table.err, HasSubstr("no runs"));
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 0U);
}

TEST_F(RunLine, ListsRunsForPeopleAndPrograms) {
    store(run(kFirst, "bert"));
    store(run(kSecond, "gpt"));
    const Outcome table = line({"runs", "list"});
    EXPECT_EQ(table.code, 0) << table.err;
    EXPECT_THAT(table.out, HasSubstr("01938f2a  2026-11-23T09:00:00Z  exit 0  bert"));
    EXPECT_THAT(table.out, HasSubstr("1:01:01  1.5 kWh"));
    EXPECT_THAT(table.out, HasSubstr("g ("));
    const json rows = json::parse(line({"runs", "list", "--json", "--project", "gpt"}).out)["rows"];
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["id"], kSecond);
    EXPECT_DOUBLE_EQ(rows[0]["energy_kwh"].get<double>(), 1.5);
    EXPECT_EQ(rows[0]["signal"], nullptr);
    EXPECT_EQ(json::parse(line({"runs", "list", "--json", "--since", "2026-11-24"}).out)["rows"].size(), 0U);
    EXPECT_THAT(line({"runs", "list", "--limit", "1"}).err, HasSubstr("--limit 0 lists all"));
    EXPECT_EQ(line({"runs", "list", "--since", "yesterday"}).code, 64);
}

TEST_F(RunLine, ListsARunThatIsBeingMeasuredNow) {
    RunRecord live = run(kFirst, "bert");
    live.state = RunState::kRunning;
    live.exit_status.reset();
    const auto data = store::open_data_dir(folder.path(), folder.path(), std::nullopt);
    ASSERT_TRUE(data) << data.error().what;
    std::filesystem::create_directories(data->path + "/journal");
    auto journal = store::Journal::create(data->path + "/journal", live, 0);
    ASSERT_TRUE(journal) << journal.error().what;
    const json rows = json::parse(line({"runs", "list", "--json"}).out)["rows"];
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["state"], "running");
    EXPECT_DOUBLE_EQ(rows[0]["duration_s"].get<double>(), 90.0);  // the host's clock is 90 s later
    EXPECT_EQ(rows[0]["energy_kwh"], nullptr);
}

TEST_F(RunLine, MovesAKilledRunInBeforeItLists) {
    RunRecord killed = run(kFirst, "bert");
    killed.state = RunState::kRunning;
    killed.exit_status.reset();
    const auto data = store::open_data_dir(folder.path(), folder.path(), std::nullopt);
    ASSERT_TRUE(data) << data.error().what;
    std::filesystem::create_directories(data->path + "/journal");
    ASSERT_TRUE(store::Journal::create(data->path + "/journal", killed, 0));  // its writer is gone at once
    const Outcome outcome = line({"runs", "list", "--json"});
    EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
    const json rows = json::parse(outcome.out)["rows"];
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["state"], "interrupted");
}

TEST_F(RunLine, ShowsOneRunWithTheStoredFigures) {
    store(run(kFirst, "bert"));
    const Outcome text = line({"runs", "show", "01938f2a"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr(kFirst));
    EXPECT_THAT(text.out, HasSubstr("1.5 kWh"));
    const json result = json::parse(line({"runs", "show", "01938f2a", "--json"}).out);
    EXPECT_EQ(result["schema"], "gramme/footprint/1");
    EXPECT_EQ(result["run"]["command"][0], "python");
    EXPECT_EQ(line({"runs", "show", "ffffffff"}).code, 66);
}

TEST_F(RunLine, ExportsWithoutTheCommandLineUnlessAsked) {
    store(run(kFirst, "bert"));
    store(run(kSecond, "gpt"));
    const Outcome all = line({"runs", "export", "--all"});
    EXPECT_EQ(all.code, 0) << all.err;
    EXPECT_EQ(json::parse(all.out)["runs"].size(), 2U);
    EXPECT_THAT(all.out, Not(HasSubstr("secret")));
    EXPECT_THAT(line({"runs", "export", "--all", "--with-argv"}).out, HasSubstr("secret"));
    const Outcome csv = line({"runs", "export", "01938f2b", "--format", "csv"});
    EXPECT_THAT(csv.out, StartsWith("id,project,name"));
    EXPECT_THAT(csv.out, HasSubstr("gpt"));
    EXPECT_THAT(csv.out, Not(HasSubstr("secret")));
    EXPECT_THAT(csv.out, Not(HasSubstr("bert")));
    EXPECT_EQ(line({"runs", "export"}).code, 64);
    EXPECT_EQ(line({"runs", "export", "--all", "01938f2b"}).code, 64);
}

TEST_F(RunLine, DeletesOnlyWhenToldSo) {
    store(run(kFirst, "bert"));
    EXPECT_EQ(line({"runs", "delete", "01938f2a"}).code, 64);  // nobody to ask
    EXPECT_THAT(line({"runs", "delete", "01938f2a"}, "n\n", true).err, HasSubstr("nothing deleted"));
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 1U);
    EXPECT_THAT(line({"runs", "delete", "01938f2a"}, "y\n", true).err, HasSubstr("emissions.csv stay"));
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 0U);
}

TEST_F(RunLine, DeletesNothingWhereOneOfSeveralIsUnknown) {
    store(run(kFirst, "bert"));
    EXPECT_EQ(line({"runs", "delete", "--yes", "01938f2a", "ffffffff"}).code, 66);
    EXPECT_EQ(json::parse(line({"runs", "list", "--json"}).out)["rows"].size(), 1U);
    EXPECT_EQ(line({"runs", "delete", "--yes", "01938f2a", "01938f2a"}).code,
              0);  // named twice, deleted once
}

TEST_F(RunLine, AStoreOfNoneHasNoRuns) {
    const Outcome outcome = line({"runs", "list", "--store", "none"});
    EXPECT_EQ(outcome.code, 64);
    EXPECT_THAT(outcome.err, HasSubstr("the store is none"));
}

TEST_F(RunLine, DoctorAnswersWhereNothingCanBeRead) {
    const Outcome outcome = line({"doctor", "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(json::parse(outcome.out)["schema"], "gramme/doctor/1");
    EXPECT_EQ(line({"doctor", "--region", "nowhere-at-all"}).code, 64);
}

}  // namespace
}  // namespace gramme::cli
