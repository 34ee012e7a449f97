// A program that measures itself through libgramme.so: its run, its children, its end.
#include <gmock/gmock.h>

#include <cmath>
#include <csignal>
#include <optional>
#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;

class TrackedProgram : public Integration {
protected:
    [[nodiscard]] Outcome program(const std::string& words) const { return box.tool(argv(words)); }
    [[nodiscard]] static Words argv(const std::string& words) {
        Words out{GRAMME_TRACKED_PROGRAM};
        std::istringstream text{words};
        for (std::string word; text >> word;) {
            out.push_back(word);
        }
        return out;
    }
    [[nodiscard]] Json result_in(const std::string& name) const {
        return Json::parse(file_text(box.path(name)));
    }
    /// Marks and spans of a result, as "kind name".
    [[nodiscard]] static std::vector<std::string> markers_of(const Json& result) {
        std::vector<std::string> out;
        for (const Json& marker : result.at("markers")) {
            out.push_back(text_of(marker, "kind") + " " + text_of(marker, "name"));
        }
        return out;
    }
    [[nodiscard]] static double number(const Json& object, const char* key) {
        return object.at(key).get<double>();
    }
};

TEST_F(TrackedProgram, ItsRunIsInTheStoreAndHasARow) {
    box.use_fixture("vm");
    const Outcome outcome = program(
        "set name mine set region FRA start begin epoch log tokens 500 burn 0.2 log tokens 524 end mark "
        "saved stop "
        "result " +
        box.path("r.json") + " free");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "") << "a library says nothing";
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "name"), "mine");
    EXPECT_EQ(text_of(runs[0], "state"), "finished");
    EXPECT_NE(file_text(box.cwd + "/emissions.csv").find(text_of(runs[0], "id")), std::string::npos);
    const Json shown = box.show(runs[0].at("id"));
    const Json result = result_in("r.json");
    EXPECT_EQ(shown.at("energy_kwh"), result.at("energy_kwh"));
    EXPECT_THAT(markers_of(shown),
                ::testing::IsSupersetOf({"span_begin epoch", "span_end epoch", "mark saved", "mark log"}));
    const Json work = result.at("work").at(0);
    EXPECT_EQ(text_of(work, "name"), "tokens");
    EXPECT_EQ(number(work, "count"), 1024.0);
    EXPECT_NEAR(number(work.at("energy_j"), "value"),
                number(result.at("energy_kwh"), "value") * kJoulesPerKwh / 1024.0, 1e-12);
    EXPECT_FALSE(file_exists(box.path("data/gramme/journal/" + text_of(runs[0], "id") + ".gramme")));
}

TEST_F(TrackedProgram, ThatIsKilledIsFoundByTheNextGramme) {
    box.use_fixture("vm");
    const Outcome outcome = program("set interval 0.05 start begin epoch sleep 0.4 kill 9");
    EXPECT_EQ(outcome.signal, SIGKILL);
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "state"), "interrupted");
    const Json shown = box.show(runs[0].at("id"));
    EXPECT_GT(number(shown.at("run"), "duration_s"), 0.25);
    EXPECT_GT(number(shown.at("energy_kwh"), "value"), 0.0);
    EXPECT_THAT(markers_of(shown), ::testing::Contains("span_begin epoch"));
}

TEST_F(TrackedProgram, InsideARunIsASpanOfIt) {
    box.use_fixture("vm");
    const Outcome outcome =
        box.run({"--name", "outer"},
                argv("set name inner set interval 0.05 start begin epoch log tokens 100 sleep 0.3 "
                     "end mark saved stop result " +
                     box.path("r.json")));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 1U) << "measured by the run around it";
    const Json outer = box.show(runs[0].at("id"));
    EXPECT_EQ(text_of(outer.at("run"), "name"), "outer");
    EXPECT_THAT(markers_of(outer),
                ::testing::IsSupersetOf({"span_begin inner", "span_begin epoch", "mark log", "span_end epoch",
                                         "mark saved", "span_end inner"}));
    EXPECT_EQ(number(outer.at("work").at(0), "count"), 100.0);
    const Json inner = result_in("r.json");
    EXPECT_EQ(text_of(inner.at("run"), "part_of"), text_of(runs[0], "id"));
    EXPECT_GT(number(inner.at("energy_kwh"), "value"), 0.0) << "it has totals of its own";
    EXPECT_LT(number(inner.at("energy_kwh"), "value"), number(outer.at("energy_kwh"), "value"));
}

TEST_F(TrackedProgram, ItsRowInsideARunIsNotCountedBesideThatRun) {
    box.use_fixture("vm");
    const Outcome outcome =
        box.run({"--name", "outer"}, argv("set name inner set interval 0.05 start sleep 0.3 stop "
                                          "row " +
                                          box.path("work/inner.csv")));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::string id = text_of(box.runs().at(0), "id");
    EXPECT_NE(file_text(box.path("work/inner.csv")).find(" part of " + id + ","), std::string::npos);
    EXPECT_EQ(file_text(box.path("work/emissions.csv")).find(" part of "), std::string::npos);
    EXPECT_EQ(box.gramme({"runs", "import", "inner.csv", "emissions.csv"}).exit_code, 0);
    EXPECT_EQ(box.runs().size(), 1U);
    // So it is where both files were taken to another machine.
    const std::string store = "sqlite:" + box.path("other.db");
    const Outcome both = box.gramme({"runs", "import", "inner.csv", "emissions.csv", "--store", store});
    EXPECT_EQ(both.exit_code, 0) << both.err;
    EXPECT_THAT(both.err, ::testing::HasSubstr("1 run imported, 1 run part of others"));
}

TEST_F(TrackedProgram, ThatOutlivesTheRunItWasASpanOfIsKept) {
    box.use_fixture("vm");
    const std::string program_and_words = std::string{GRAMME_TRACKED_PROGRAM} +
                                          " set name long start sleep 1 stop row " + box.path("r.csv") +
                                          " result " + box.path("r.json");
    const Outcome outcome = box.run(
        {"--name", "short"}, {"sh", "-c", "setsid " + program_and_words + " >/dev/null 2>&1 & sleep 0.3"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    std::vector<Json> runs;
    for (int i = 0; i < 100 && runs.size() < 2; ++i) {
        (void)box.tool({"sleep", "0.1"});
        runs = box.runs();
    }
    ASSERT_EQ(runs.size(), 2U) << "nobody else holds what came after";
    EXPECT_NE(result_in("r.json").at("run").at("warnings").dump().find("ended first"), std::string::npos);
    EXPECT_EQ(file_text(box.path("r.csv")).find(" part of "), std::string::npos);
}

TEST_F(TrackedProgram, AForkedChildMayHaveATrackerOfItsOwn) {
    if (is_sanitized()) {
        GTEST_SKIP() << "ThreadSanitizer refuses a thread in the child of a program with threads";
    }
    box.use_fixture("vm");
    // It joins by the socket of its parent.
    const Outcome outcome =
        program("set name first start socket fork free set name second start sleep 0.2 stop . stop");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(TrackedProgram, AForkedChildSpeaksToItsParentsRunAndMeasuresNothing) {
    box.use_fixture("vm");
    const Outcome outcome = program(
        "set interval 0.05 start fork begin worker log samples 8 mark seen fails end fails totals fails stop "
        "fails pause "
        "free . sleep 0.2 totals stop result " +
        box.path("r.json") + " free");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json result = result_in("r.json");
    EXPECT_THAT(markers_of(result),
                ::testing::IsSupersetOf({"span_begin worker", "span_end worker", "mark seen"}));
    EXPECT_EQ(number(result.at("work").at(0), "count"), 8.0);
    EXPECT_EQ(box.runs().size(), 1U);
    std::istringstream lines{outcome.out};
    for (std::string line; std::getline(lines, line) && line[0] != '{';) {
        EXPECT_EQ(line.substr(0, 2), "6 ") << line << ": GRAMME_UNAVAILABLE";
    }
}

TEST_F(TrackedProgram, ThatForksFiftyTimesHasOneRun) {
    const Outcome outcome = program("set interval 0.02 start again 50 fork burn 0.005 free . . stop result " +
                                    box.path("r.json"));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
    EXPECT_EQ(result_in("r.json").at("run").at("warnings").size(), 0U)
        << result_in("r.json").at("run").dump();
}

/// A machine whose counters go on at a known power, driven beside the program.
class TrackedOnASimulatedHost : public TrackedProgram {
protected:
    /// The cgroup of the job uses `job_busy` of the machine's CPUs, everybody half of them.
    void drive(const std::string& job_busy) {
        host.reset();
        box.make_machine("intel-2s");
        host.emplace(
            box.launch({simulated_host_program(), "--root", box.machine_root(), "--seconds", "30", "--watts",
                        "pkg0=100,pkg1=50,dram0=10,dram1=10", "--busy", "0.5", "--job-busy", job_busy}));
    }
    /// Mean power between the two totals that a program has printed.
    [[nodiscard]] static double watts_of(const std::string& printed) {
        std::istringstream lines{printed};
        std::string first;
        std::string second;
        std::getline(lines, first);
        std::getline(lines, second);
        const Json before = Json::parse(first);
        const Json after = Json::parse(second);
        return (number(after, "energy_kwh") - number(before, "energy_kwh")) * kJoulesPerKwh /
               (number(after, "duration_s") - number(before, "duration_s"));
    }
    /// The sum of four ranks, in a stretch in which all of them are there.
    [[nodiscard]] double watts_of_four(const std::string& words) {
        box.env["TORCHELASTIC_RUN_ID"] = "job";
        box.env["MASTER_ADDR"] = "127.0.0.1";
        box.env["MASTER_PORT"] = "29500";
        box.env["LOCAL_WORLD_SIZE"] = "4";
        std::vector<Process> ranks;
        for (int rank = 0; rank < 4; ++rank) {
            box.env["LOCAL_RANK"] = std::to_string(rank);
            ranks.emplace_back(
                box.launch(argv(words + " result " + box.path("rank" + std::to_string(rank) + ".json"))));
        }
        double sum_w = 0.0;
        for (int rank = 0; rank < 4; ++rank) {
            const Outcome outcome = ranks[static_cast<std::size_t>(rank)].wait();
            EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
            sum_w += watts_of(outcome.out);
            EXPECT_EQ(
                text_of(result_in("rank" + std::to_string(rank) + ".json").at("run").at("tags"), "rank"),
                std::to_string(rank) + " of 4");
        }
        for (const char* name : {"LOCAL_RANK", "LOCAL_WORLD_SIZE", "TORCHELASTIC_RUN_ID"}) {
            box.env.erase(name);
        }
        return sum_w;
    }
    /// Two GPUs of 200 W on which no process is seen.
    void use_gpus() {
        write_file(box.path("nvml.txt"), "gpus 2\ngpu * watts 200\n");
        box.env["FAKE_NVML_SCRIPT"] = box.path("nvml.txt");
        box.env["GRAMME_NVML_LIB"] = GRAMME_FAKE_NVML;
        box.use_fixture("intel-2s");
    }
    /// Starts a rank of a torchrun of `size`.
    [[nodiscard]] Process start_rank(int rank, int size, const std::string& words) {
        box.env["TORCHELASTIC_RUN_ID"] = "job";
        box.env["MASTER_ADDR"] = "127.0.0.1";
        box.env["MASTER_PORT"] = "29500";
        box.env["LOCAL_WORLD_SIZE"] = std::to_string(size);
        box.env["LOCAL_RANK"] = std::to_string(rank);
        return Process{box.launch(argv(words))};
    }
    std::optional<Process> host;
};

/// Difference of one number between the two totals that a program has printed.
double risen(const std::string& printed, const char* key) {
    std::istringstream lines{printed};
    std::string first;
    std::string second;
    std::getline(lines, first);
    std::getline(lines, second);
    return Json::parse(second).at(key).get<double>() - Json::parse(first).at(key).get<double>();
}

TEST_F(TrackedOnASimulatedHost, RanksThatWereGivenTheSameGpusCountEachOnce) {
    use_gpus();
    for (const char* visible : {"0,1", "0"}) {  // of all ranks, and one of them has both
        std::vector<Process> ranks;
        for (int rank = 0; rank < 3; ++rank) {
            box.env["CUDA_VISIBLE_DEVICES"] = rank == 0 ? "0,1" : visible;
            ranks.push_back(start_rank(rank, 3,
                                       "set interval 0.1 set csv none set store none start sleep 2 totals "
                                       "sleep 2.5 totals sleep 1.5 stop"));
        }
        double sum_w = 0.0;
        for (Process& rank : ranks) {
            const Outcome outcome = rank.wait();
            ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
            sum_w += risen(outcome.out, "gpu_kwh") * kJoulesPerKwh / risen(outcome.out, "duration_s");
        }
        EXPECT_NEAR(sum_w, 400.0, 120.0) << "readings of GPUs are a second apart";
    }
}

/// The lines of JSON that a program has printed.
std::vector<Json> lines_of(const std::string& printed) {
    std::istringstream lines{printed};
    std::vector<Json> out;
    for (std::string line; std::getline(lines, line);) {
        out.push_back(Json::parse(line));
    }
    return out;
}

TEST_F(TrackedOnASimulatedHost, GpuEnergyOfASpanIsThatBetweenItsEnds) {
    use_gpus();
    box.env["CUDA_VISIBLE_DEVICES"] = "0";
    // Every 10 s its counter is read; a second passes until it is listed for certain.
    const Outcome outcome = program(
        "set interval 10 set csv none set store none start sleep 1 begin a sleep 0.3 used begin b sleep 0.05 "
        "used sleep 0.5 begin c sleep 0.25 pause sleep 0.4 resume used totals stop totals");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::vector<Json> totals = lines_of(outcome.out);
    ASSERT_EQ(totals.size(), 5U);
    for (std::size_t span = 0; span < 3; ++span) {
        const double duration_s = number(totals[span], "duration_s");
        const double watts = number(totals[span], "gpu_kwh") * kJoulesPerKwh / duration_s;
        EXPECT_NEAR(watts, 200.0, 0.01 / duration_s * 200.0) << "span " << span << ": to 10 ms";
    }
    EXPECT_NEAR(number(totals[2], "duration_s"), 0.25, 0.05) << "a pause is left out";
}

TEST_F(TrackedOnASimulatedHost, SpansShorterThanAReadingHaveTimeAndEnergy) {
    use_gpus();
    box.env["CUDA_VISIBLE_DEVICES"] = "0";
    std::string words = "set interval 1 set csv none set store none start sleep 1.5 ";
    for (int i = 0; i < 20; ++i) {
        words += "begin step sleep 0.002 used ";
    }
    const Outcome outcome = program(words + "stop");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::vector<Json> totals = lines_of(outcome.out);
    ASSERT_EQ(totals.size(), 20U);
    for (const Json& used : totals) {
        EXPECT_GE(number(used, "duration_s"), 0.002);
        EXPECT_LT(number(used, "duration_s"), 0.1);
        EXPECT_NEAR(number(used, "gpu_kwh") * kJoulesPerKwh / number(used, "duration_s"), 200.0, 20.0);
    }
}

TEST_F(TrackedOnASimulatedHost, ADriverThatHangsHoldsUpNoSpan) {
    use_gpus();
    write_file(box.path("nvml.txt"), "gpus 1\ngpu * watts 200\ngpu 0 hang energy 60 from 0.5\n");
    box.env["CUDA_VISIBLE_DEVICES"] = "0";
    const Outcome outcome = program(
        "set interval 0.1 set csv none set store none start sleep 1 begin all again 50 begin one sleep 0.012 "
        "end . "
        "used");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::vector<Json> totals = lines_of(outcome.out);
    ASSERT_EQ(totals.size(), 1U);
    EXPECT_LT(number(totals[0], "duration_s"), 50 * 0.012 + 0.5)
        << "two turns of 20 ms each would be 2 s more";
    EXPECT_TRUE(totals[0].at("gpu_kwh").is_null()) << "unknown, not 0";
}

TEST_F(TrackedOnASimulatedHost, AReadThatFailsAcrossAPauseCountsNothingOfIt) {
    use_gpus();
    write_file(box.path("nvml.txt"), "gpus 1\ngpu * watts 200\ngpu 0 fail energy 999 from 0.8 to 2.6\n");
    box.env["CUDA_VISIBLE_DEVICES"] = "0";
    const Outcome outcome = program(
        "set interval 0.1 set csv none set store none start sleep 1 pause sleep 1.5 resume sleep 0.5 totals "
        "stop "
        "totals result " +
        box.path("r.json"));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const std::vector<Json> totals = lines_of(outcome.out);
    ASSERT_EQ(totals.size(), 2U);
    // 200 W for the second and a half that were not paused, less what it took to list the GPU
    EXPECT_NEAR(number(totals[1], "gpu_kwh") * kJoulesPerKwh, 300.0, 60.0) << "the pause has 300 J too";
}

TEST_F(TrackedOnASimulatedHost, TwoTrackersOfOneRankTakeNothingFromEachOther) {
    const std::string words =
        "set interval 0.05 set csv none set store none set join never start sleep 1 totals sleep 1.5 totals "
        "sleep 1 stop";
    double ratio = 0.0;
    for (int attempt = 0; attempt < 5 && std::abs(ratio - 2.0) > 0.2; ++attempt) {
        drive("0.4");
        std::vector<Process> two;
        for (int i = 0; i < 2; ++i) {
            two.push_back(start_rank(0, 2, words));  // a child inherits LOCAL_RANK
        }
        double sum_w = 0.0;
        for (Process& one : two) {
            const Outcome outcome = one.wait();
            ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
            sum_w += watts_of(outcome.out);
        }
        for (const char* name : {"LOCAL_RANK", "LOCAL_WORLD_SIZE", "TORCHELASTIC_RUN_ID"}) {
            box.env.erase(name);
        }
        const Outcome whole = program(words);
        ASSERT_EQ(whole.exit_code, 0) << whole.err;
        ratio = sum_w / watts_of(whole.out);
    }
    EXPECT_NEAR(ratio, 2.0, 0.2) << "each has all of what the rank has; half of it if they were two ranks";
}

TEST_F(TrackedOnASimulatedHost, APauseIsNotCounted) {
    drive("0.4");
    const Outcome outcome = program(
        "set scope machine set interval 0.05 set csv none start sleep 0.5 pause totals sleep 1 totals resume "
        "sleep 0.5 "
        "stop totals result " +
        box.path("r.json"));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    std::istringstream lines{outcome.out};
    std::vector<Json> totals;
    for (std::string line; std::getline(lines, line);) {
        totals.push_back(Json::parse(line));
    }
    ASSERT_EQ(totals.size(), 3U);
    EXPECT_EQ(totals[0].at("energy_kwh"), totals[1].at("energy_kwh")) << "nothing flows while it is paused";
    EXPECT_EQ(totals[0].at("duration_s"), totals[1].at("duration_s"));
    const Json result = result_in("r.json");
    const double measured_s = number(result.at("run"), "duration_s") - number(result.at("run"), "paused_s");
    EXPECT_NEAR(measured_s, 1.0, 0.3);
    EXPECT_NEAR(number(totals[2], "duration_s"), measured_s, 1e-6);
    // The simulator's steps are coarse beside half a second.
    EXPECT_NEAR(joules_of(result, "cpu0"), 100.0 * measured_s, 12.0);
    const Json part = part_of(result, "cpu0");
    EXPECT_NEAR(number(part, "device_energy_kwh"), number(part, "energy_kwh") + number(part, "others_kwh"),
                1e-12);
}

// On such a machine all ranks are in the one cgroup whose CPU time is the job's.
TEST_F(TrackedOnASimulatedHost, FourRanksAddUpToOneRunOfAll) {
    const std::string words =
        "set interval 0.05 set csv none set store none start sleep 1 totals sleep 1.5 totals sleep 1 stop";
    for (const char* job_busy :
         {"0.4", "0.5"}) {  // beside others, and alone: then the idle power is the job's
        double ratio = 0.0;
        // On a machine so loaded that a rank comes a second late the stretch is not one of all four.
        for (int attempt = 0; attempt < 5 && std::abs(ratio - 1.0) > 0.01; ++attempt) {
            drive(job_busy);
            const double sum_w = watts_of_four(words);
            const Outcome whole = program(words);
            ASSERT_EQ(whole.exit_code, 0) << whole.err;
            ratio = sum_w / watts_of(whole.out);
        }
        EXPECT_NEAR(ratio, 1.0, 0.02) << "watts of four ranks over those of one run";
    }
}

}  // namespace
}  // namespace gramme::testing
