// gramme report, runs recost and --equivalences as a person types them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/command_context.hpp"
#include "estimate/estimate.hpp"
#include "present/present.hpp"
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
constexpr const char* kId = "01938f2a-0000-7000-8000-000000000001";

class ReportCommand : public ::testing::Test {
protected:
    struct Outcome {
        int code;
        std::string out, err;
    };
    [[nodiscard]] Outcome line(const std::vector<std::string>& typed, const std::string& input = "") const {
        CapturedTerminal captured{input, false};
        EnvHost host{{{"XDG_DATA_HOME", folder.path()}, {"HOME", folder.path()}, {"GRAMME_REGION", "POL"}}};
        host.instant.wall_ns = kNovember + 90'000'000'000;
        const int code = run_line(host, captured.terminal, typed);
        return {code, captured.out(), captured.err()};
    }
    /// 3.6 MJ = 1 kWh of one package in France, PUE 1.5.
    void store_one() const {
        RunRecord run;
        run.id = kId;
        run.project = "bert";
        run.command = {"python", "train.py", "--token=SECRET"};
        run.state = RunState::kFinished;
        run.started_wall_ns = kNovember;
        run.duration_s = 3600.0;
        run.asked.region = "FRA";
        run.asked.region_from = "--region";
        run.asked.pue = 1.5;
        run.asked.pue_from = "--pue";
        Device cpu;
        cpu.id = "cpu0";
        cpu.method = "rapl-powercap";
        cpu.gain_sigma = 0.03;
        Window window;
        window.to_ns = 3'600'000'000'000;
        window.energy = Joules{3.6e6};
        window.job = Joules{3.6e6};
        const Ledger ledger{{cpu}, {window}, {}, {}};
        const refdata::Tables tables;
        const auto factors = estimate::resolve_factors(tables, run.asked, run.host);
        ASSERT_TRUE(factors) << factors.error().what;
        const Footprint footprint = estimate::footprint_of(run, ledger, *factors, tables);
        const auto data = store::open_data_dir(folder.path(), folder.path(), std::nullopt);
        ASSERT_TRUE(data) << data.error().what;
        auto opened = store::Store::open("sqlite:" + data->path + "/runs.db");
        ASSERT_TRUE(opened) << opened.error().what;
        const auto added =
            (*opened)->add(run, ledger, footprint, present::footprint_json(run, footprint, true), kNovember);
        ASSERT_TRUE(added) << added.error().what;
    }
    [[nodiscard]] std::string text_of(const std::string& name) const {
        std::ifstream file{folder.file(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    [[nodiscard]] json shown() const { return json::parse(line({"runs", "show", kId, "--json"}).out); }

    TemporaryFolder folder;
};

TEST_F(ReportCommand, EveryFormatOfAStoredRunIsWithoutItsCommandLine) {
    store_one();
    for (const char* format : {"model-card", "latex", "markdown", "boamps", "sci", "html", "json", "csv"}) {
        const Outcome outcome = line({"report", "01938f2a", "--as", format});
        EXPECT_EQ(outcome.code, 0) << format << outcome.err;
        EXPECT_GT(outcome.out.size(), 100U) << format;
        EXPECT_THAT(outcome.out, Not(HasSubstr("SECRET"))) << format;
    }
    EXPECT_THAT(line({"report", kId, "--as", "html"}).out, HasSubstr("aria-label=\"energy of each part\""));
}

TEST_F(ReportCommand, ReadsAnEstimateFromAFileAndFromStandardInput) {
    const Outcome made = line({"estimate", "--device", "h100", "--count", "8", "--hours", "120", "--json"});
    ASSERT_EQ(made.code, 0) << made.err;
    const std::string file = folder.write("e.json", made.out);
    const Outcome from_file = line({"report", file, "--as", "sci"});
    const Outcome from_input = line({"report", "-", "--as", "sci"}, made.out);
    EXPECT_EQ(from_file.out, from_input.out);
    const json sci = json::parse(from_file.out);
    const json estimate = json::parse(made.out);
    EXPECT_EQ(sci["what"], "8 x h100 for 120 h");
    EXPECT_NEAR(sci["SCI"]["value"].get<double>(),
                1000.0 * (estimate["operational_kgco2e"]["value"].get<double>() +
                          estimate["embodied_kgco2e"]["value"].get<double>()),
                1e-6);
    EXPECT_EQ(line({"report", "-", "--as", "json"}, made.out).out, made.out);  // read back whole
}

TEST_F(ReportCommand, PutsTheEmissionsIntoAModelCard) {
    store_one();
    const std::string card = folder.write("README.md", "---\nlicense: mit  # x\n---\n# T\n---\n");
    ::chmod(card.c_str(), 0640);
    const Outcome outcome = line({"report", kId, "--as", "model-card", "--into", card});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    const std::string text = text_of("README.md");
    EXPECT_THAT(
        text,
        StartsWith("---\nlicense: mit  # x\nco2_eq_emissions:\n  emissions: 62.16\n"));  // 1 x 1.5 x 41.44
    EXPECT_TRUE(text.ends_with("\n---\n# T\n---\n")) << text;
    struct stat status {};
    ASSERT_EQ(::stat(card.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640U);
    EXPECT_EQ(
        line({"report", kId, "--as", "model-card", "--into", card, "--training-type", "fine-tuning"}).code,
        0);
    EXPECT_THAT(text_of("README.md"), HasSubstr("training_type: \"fine-tuning\""));
}

TEST_F(ReportCommand, LeavesACardAloneThatItDoesNotUnderstand) {
    store_one();
    const std::string before = "---\nlicense: \"mit\n---\n";
    const std::string card = folder.write("README.md", before);
    const Outcome outcome = line({"report", kId, "--as", "model-card", "--into", card});
    EXPECT_EQ(outcome.code, 65);
    EXPECT_THAT(outcome.err, HasSubstr("README.md: front matter, line 3: a quote is not closed"));
    EXPECT_EQ(text_of("README.md"), before);
    const Outcome gone = line({"report", kId, "--as", "model-card", "--into", folder.file("no.md")});
    EXPECT_EQ(gone.code, 66);
    EXPECT_THAT(gone.err, HasSubstr("--into needs a model card that exists"));
}

TEST_F(ReportCommand, IntoIsOnlyForARegularFile) {
    store_one();
    const std::string pipe = folder.file("fifo.md");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const std::string& path : {pipe, std::string{"/dev/null"}, folder.path()}) {
        const Outcome outcome = line({"report", kId, "--as", "model-card", "--into", path});
        EXPECT_EQ(outcome.code, 66) << path;
        EXPECT_THAT(outcome.err, HasSubstr("is no regular file")) << path;
    }
}

TEST_F(ReportCommand, AnEstimateNamesHardwareAndPlaceAndNeverWattsOrWind) {
    const auto card = [&](std::vector<std::string> words, const char* format = "model-card") {
        words.insert(words.begin(), "estimate");
        words.emplace_back("--json");
        const Outcome made = line(words);
        EXPECT_EQ(made.code, 0) << made.err;
        return line({"report", "-", "--as", format}, made.out).out;
    };
    const std::string h100 =
        card({"--device", "h100", "--count", "8", "--hours", "1", "--energy-source", "wind"});
    EXPECT_THAT(h100, HasSubstr("hardware_used: \"8 x NVIDIA H100"));
    EXPECT_THAT(h100, Not(HasSubstr("geographical_location: \"wind")));
    EXPECT_THAT(card({"--energy-kwh", "5", "--region", "aws:eu-west-3", "--mix", "wind=1"}),
                HasSubstr("geographical_location: \"Paris, FRA (aws:eu-west-3)\""));
    const std::string watts = card({"--power-w", "300", "--hours", "2", "--region", "FRA"});
    EXPECT_THAT(watts, HasSubstr("estimated from power and hours, not measured"));
    EXPECT_THAT(watts, HasSubstr("geographical_location: \"France\""));
    EXPECT_THAT(watts, Not(HasSubstr("hardware_used")));
    const std::string kwh = card({"--energy-kwh", "5"});
    EXPECT_THAT(kwh, HasSubstr("from a given energy"));
    EXPECT_THAT(kwh, Not(HasSubstr("hardware_used")));
    EXPECT_THAT(card({"--energy-kwh", "10"}, "latex"), HasSubstr("The training\nused 10~kWh"));
    const json boamps = json::parse(card({"--energy-kwh", "10"}, "boamps"));
    EXPECT_EQ(boamps["quality"], "low");  // exact, but assumed: nobody measured it
    EXPECT_EQ(boamps["infrastructure"]["components"][0]["componentName"], "not stated");
}

TEST_F(ReportCommand, APathOfAnIntensityTableIsItsNameAlone) {
    const json made = json::parse(line({"estimate", "--energy-kwh", "5", "--region", "FRA", "--json"}).out);
    json other = made;
    other["factors"]["intensity_gco2e_per_kwh"]["chosen"] = "--intensity-csv /home/ada/my job/grid.csv";
    for (const char* format : {"model-card", "latex", "markdown", "html", "json", "csv", "sci", "boamps"}) {
        const std::string text = line({"report", "-", "--as", format}, other.dump()).out;
        EXPECT_THAT(text, Not(HasSubstr("/home/ada"))) << format;
    }
    EXPECT_THAT(line({"report", "-", "--as", "json"}, other.dump()).out,
                HasSubstr("--intensity-csv grid.csv"));
}

TEST_F(ReportCommand, WrongWordsNameTheWayOut) {
    store_one();
    const auto expect = [&](const std::vector<std::string>& words, const char* what) {
        std::vector<std::string> typed{"report", kId};
        typed.insert(typed.end(), words.begin(), words.end());
        const Outcome outcome = line(typed);
        EXPECT_EQ(outcome.code, 64) << outcome.out;
        EXPECT_THAT(outcome.err, HasSubstr(what));
    };
    expect({}, "--as is missing");
    expect({"--as", "latx"}, "did you mean latex?");
    expect({"--as", "html", "--into", "x.html"}, "--into belongs to --as model-card");
    expect({"--as", "html", "--per", "2"}, "--per belongs to --as sci");
    expect({"--as", "sci", "--per", "0"}, "above 0");
    expect({"--as", "sci", "--unit", " "}, "--unit is empty");
    expect({"--as", "model-card", "--training-type", "tuning"}, "fine-tuning");
    expect({"--as", "markdown", "--equivalences", "car_kn"}, "did you mean car_km?");
}

TEST_F(ReportCommand, ComparesWithWhatIsAskedFor) {
    store_one();
    const auto keys = [&](const std::string& asked) {
        const json report = json::parse(line({"report", kId, "--as", "json", "--equivalences", asked}).out);
        std::vector<std::string> out;
        for (const json& one : report["equivalences"]) {
            out.push_back(one["key"]);
        }
        return out;
    };
    EXPECT_EQ(keys("laptop, car_km,laptop"), (std::vector<std::string>{"laptop", "car_km"}));
    EXPECT_TRUE(keys("none").empty());
    EXPECT_GT(keys("all").size(), 20U);
    const Outcome estimate = line({"estimate", "--energy-kwh", "5", "--equivalences", "laptop", "--json"});
    EXPECT_EQ(json::parse(estimate.out)["equivalences"].size(), 1U) << estimate.err;
    EXPECT_EQ(line({"estimate", "--energy-kwh", "5", "--equivalences", "lap"}).code, 64);
}

TEST_F(ReportCommand, RecostAddsAFootprintAndKeepsTheOldOne) {
    store_one();
    const Outcome dry = line({"runs", "recost", kId, "--intensity", "100", "--dry-run"});
    EXPECT_EQ(dry.code, 0) << dry.err;
    EXPECT_THAT(dry.out, HasSubstr("would be  150 g CO2e"));
    EXPECT_EQ(shown()["footprints"], 1);
    const Outcome done = line({"runs", "recost", "01938f2a", "--intensity", "100"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("was  62 g CO2e"));
    EXPECT_THAT(done.out, HasSubstr("now  150 g CO2e"));
    EXPECT_THAT(done.out, HasSubstr(" to "));  // with the interval
    EXPECT_EQ(shown()["footprints"], 2);
    EXPECT_DOUBLE_EQ(shown()["operational_kgco2e"]["value"].get<double>(), 0.15);  // 1 kWh x 1.5 x 100 g
    EXPECT_EQ(shown()["computed_at"], "2026-11-23T09:01:30Z");
    EXPECT_THAT(line({"runs", "show", kId}).out,
                HasSubstr("footprint 2 of 2, computed 2026-11-23T09:01:30Z"));
    EXPECT_THAT(line({"runs", "list"}).out, HasSubstr("150 g"));
}

TEST_F(ReportCommand, RecostTakesTheRestFromTheRunAndNothingFromTheEnvironment) {
    store_one();  // GRAMME_REGION says Poland; the run was in France
    const Outcome same = line({"runs", "recost", kId});
    EXPECT_THAT(same.out, HasSubstr("unchanged, nothing added")) << same.err;
    EXPECT_EQ(shown()["footprints"], 1);
    const json recosted = json::parse(line({"runs", "recost", "--all", "--pue", "1.0", "--json"}).out);
    const json& rows = recosted["rows"];
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["added"], true);
    EXPECT_NEAR(rows[0]["before_kgco2e"]["value"].get<double>(), 0.06216, 1e-9);
    EXPECT_NEAR(rows[0]["after_kgco2e"]["value"].get<double>(), 0.04144, 1e-9);
    // A region drops an intensity that was said before: the number belonged to another place.
    ASSERT_EQ(line({"runs", "recost", kId, "--region", "POL"}).code, 0);
    EXPECT_EQ(shown()["factors"]["intensity_gco2e_per_kwh"]["zone"], "POL");
    EXPECT_DOUBLE_EQ(shown()["factors"]["pue"]["value"].get<double>(), 1.5);
}

TEST_F(ReportCommand, RecostOfAWrongWordChangesNothing) {
    store_one();
    EXPECT_EQ(line({"runs", "recost", kId, "--region", "Atlantis"}).code, 64);
    EXPECT_EQ(line({"runs", "recost", kId, "--pue", "0.2"}).code, 64);
    EXPECT_EQ(line({"runs", "recost", kId, "--year", "1"}).code, 64);
    EXPECT_EQ(line({"runs", "recost"}).code, 64);
    EXPECT_EQ(line({"runs", "recost", kId, "--all"}).code, 64);
    EXPECT_EQ(line({"runs", "recost", "deadbeef"}).code, 66);
    EXPECT_EQ(shown()["footprints"], 1);
}

}  // namespace
}  // namespace gramme::cli
