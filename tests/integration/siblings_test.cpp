// Ranks that a launcher starts beside each other, each under a gramme of its own: one of them measures.
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

class Siblings : public Integration {
protected:
    Siblings() { box.env.erase("GRAMME_SYSROOT"); }

    /// As `srun -n RANKS BELOW gramme run OPTIONS -- COMMAND` starts its task RANK.
    [[nodiscard]] Process start(int rank, int ranks, const Words& command, const Words& options = {},
                                const std::map<std::string, std::string>& more = {},
                                const Words& below = {}) const {
        const Words own{gramme_program(), "run", "--json", box.path("result.json")};
        Launch launch = box.launch(joined(below, joined(joined(joined(own, options), {"--"}), command)));
        launch.env["SLURM_JOB_ID"] = "4711";
        launch.env["SLURM_STEP_ID"] = "0";
        launch.env["SLURM_LOCALID"] = std::to_string(rank);
        launch.env["SLURM_NODEID"] = "0";
        launch.env["SLURM_STEP_TASKS_PER_NODE"] = std::to_string(ranks);
        for (const auto& [name, value] : more) {
            launch.env[name] = value;
        }
        return Process(launch);
    }
    /// A command that says that it runs, waits for the file `go` in the working folder and goes on with
    /// `then`.
    [[nodiscard]] static Words waiting(int rank, const std::string& then = "exit 0") {
        return {"sh", "-c",
                "echo $$ > here" + std::to_string(rank) + "; until [ -e go ]; do sleep 0.02; done; " + then};
    }
    [[nodiscard]] bool is_here(int rank) const {
        return eventually(
            [&] { return file_text(box.path("work/here" + std::to_string(rank))).ends_with('\n'); });
    }
    void go() const { write_file(box.path("work/go"), ""); }
    [[nodiscard]] int rows_in_csv() const {
        const std::string text = file_text(box.path("work/emissions.csv"));
        return static_cast<int>(std::count(text.begin(), text.end(), '\n')) - 1;  // the heading
    }
    /// The sampler of a leader: it calls itself gr-sampler and its parent is `front`.
    [[nodiscard]] static int sampler_of(pid_t front) {
        const std::string pid = std::to_string(front);
        return std::atoi(file_text("/proc/" + pid + "/task/" + pid + "/children").c_str());
    }
    /// CPU seconds that the store has for the first device, over all runs.
    [[nodiscard]] double job_cpu_s() const {
        sqlite3* db = nullptr;
        EXPECT_EQ(
            sqlite3_open_v2(box.path("data/gramme/runs.db").c_str(), &db, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
        sqlite3_stmt* sum = nullptr;
        sqlite3_prepare_v2(db, "SELECT sum(job_cpu_s) FROM windows WHERE device = 0", -1, &sum, nullptr);
        EXPECT_EQ(sqlite3_step(sum), SQLITE_ROW);
        const double seconds = sqlite3_column_double(sum, 0);
        sqlite3_finalize(sum);
        sqlite3_close(db);
        return seconds;
    }
    /// Ends of spans "rank N", with their exit status.
    [[nodiscard]] static std::map<std::string, int> ends_of(const Json& result) {
        std::map<std::string, int> ends;
        for (const Json& marker : result["markers"]) {
            if (text_of(marker, "kind") == "span_end" && marker["detail"].contains("exit_status")) {
                ends[text_of(marker, "name")] = marker["detail"]["exit_status"].get<int>();
            }
        }
        return ends;
    }
    [[nodiscard]] static bool has_warning(const Json& result, const std::string& words) {
        return result["run"]["warnings"].dump().find(words) != std::string::npos;
    }
};

class SiblingsOf : public Siblings, public ::testing::WithParamInterface<int> {};

TEST_P(SiblingsOf, ALauncherBecomeOneRun) {
    constexpr double kEach_s = 0.2;
    const int ranks = GetParam();
    std::vector<Process> processes;
    for (int rank = 0; rank < ranks; ++rank) {
        processes.push_back(start(rank, ranks, {helper_program(), "burn", "200"}));
    }
    for (Process& process : processes) {
        const Outcome outcome = process.wait();
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    }
    const auto summaries = std::count_if(processes.begin(), processes.end(),
                                         [](const Process& process) { return !process.err().empty(); });
    EXPECT_EQ(summaries, 1) << "one rank speaks for all";
    ASSERT_EQ(box.runs().size(), 1U);
    EXPECT_EQ(rows_in_csv(), 1);
    const Json result = box.result();
    EXPECT_EQ(ends_of(result).size(), static_cast<std::size_t>(ranks)) << result["markers"];
    double job_j = 0.0;
    double device_j = 0.0;
    for (const Json& part : result["parts"]) {
        job_j += part["energy_kwh"].get<double>();
        device_j += part["device_energy_kwh"].get<double>();
    }
    EXPECT_LE(job_j, device_j * (1.0 + 1e-9));
    if (text_of(result["run"], "cpu_time_from") == "unknown") {
        GTEST_SKIP() << "no cgroup and no children files here";
    }
    // The commands' own, and some milliseconds of starting each.
    EXPECT_GE(job_cpu_s(), ranks * (kEach_s - 0.02));
    EXPECT_LE(job_cpu_s(), ranks * (kEach_s + 0.15));
}

INSTANTIATE_TEST_SUITE_P(Of, SiblingsOf, ::testing::Values(2, 4, 8),
                         [](const auto& each) { return std::to_string(each.param); });

TEST_F(Siblings, ARankThatFailsAtOnceIsNotHeldAndTheOthersAreCounted) {
    Process first = start(0, 3, waiting(0, "exit 3"));
    ASSERT_TRUE(is_here(0)) << "it leads";
    const std::string burn = "'" + helper_program() + "' burn 200";
    const std::string then = "until [ -e on ]; do sleep 0.02; done; " + burn;
    Process second = start(1, 3, waiting(1, then));
    Process third = start(2, 3, waiting(2, then));
    ASSERT_TRUE(is_here(1));
    ASSERT_TRUE(is_here(2));
    go();
    EXPECT_EQ(first.wait().exit_code, 3) << "while the others wait for a file that is not there";
    EXPECT_EQ(rows_in_csv(), -1) << "the run goes on";
    write_file(box.path("work/on"), "");
    EXPECT_EQ(second.wait().exit_code, 0);
    EXPECT_EQ(third.wait().exit_code, 0);
    // Whoever was last has waited for the record.
    EXPECT_EQ(rows_in_csv(), 1);
    ASSERT_EQ(box.runs().size(), 1U);
    const Json result = box.result();
    EXPECT_EQ(result["run"]["exit_status"], 3) << "of the first rank that failed";
    EXPECT_EQ(ends_of(result), (std::map<std::string, int>{{"rank 0", 3}, {"rank 1", 0}, {"rank 2", 0}}));
    if (text_of(result["run"], "cpu_time_from") != "unknown") {
        EXPECT_GE(job_cpu_s(), 0.36);
    }
}

TEST_F(Siblings, APipeThatALeaderPrintedToIsAtItsEndWithItsCommand) {
    const Words read_to_the_end{"/bin/sh", "-c", "\"$@\" 2>&1 | cat > seen", "sh"};
    Process leader =
        start(0, 2, joined({"sh", "-c", "echo out; echo err >&2; exec \"$@\"", "sh"}, waiting(0)), {}, {},
              read_to_the_end);
    ASSERT_TRUE(is_here(0));
    Process member = start(1, 2, {"sh", "-c", "touch here1; until [ -e on ]; do sleep 0.02; done"});
    ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/here1")); }));
    go();
    EXPECT_EQ(leader.wait().exit_code, 0) << "as Python's subprocess.run(capture_output=True) waits for it";
    EXPECT_EQ(file_text(box.path("work/seen")), "out\nerr\n");
    EXPECT_EQ(rows_in_csv(), -1) << "the run goes on";
    write_file(box.path("work/on"), "");
    const Outcome last = member.wait();
    ASSERT_EQ(box.runs().size(), 1U);
    const std::string id = text_of(box.runs()[0], "id");
    EXPECT_EQ(last.err.rfind("gramme: run " + id + " of 2 ranks: ", 0), 0U) << last.err;
    EXPECT_NE(last.err.find("; `gramme runs show " + id + "`\n"), std::string::npos) << last.err;
}

TEST_F(Siblings, OutputOfARankThatHasEndedIsAtItsEnd) {
    Process second = start(1, 2, waiting(1));
    ASSERT_TRUE(is_here(1)) << "it leads, and is not rank 0";
    Process first = start(0, 2, {"true"});
    EXPECT_EQ(first.wait().exit_code, 0) << "a member, with nothing to wait for";
    go();
    EXPECT_EQ(second.wait().exit_code, 0);
    EXPECT_EQ(rows_in_csv(), 1) << "the leader was the last: its front waits for the record";
}

TEST_F(Siblings, AKilledMemberCountsAsLeft) {
    Process leader = start(0, 2, waiting(0));
    ASSERT_TRUE(is_here(0));
    Process member = start(1, 2, waiting(1));
    ASSERT_TRUE(is_here(1));
    member.send_to_group(SIGKILL);
    (void)member.wait();
    go();
    EXPECT_EQ(leader.wait().exit_code, 0);
    ASSERT_EQ(box.runs().size(), 1U);
    const Json result = box.result();
    EXPECT_TRUE(has_warning(result, "the gramme of rank 1 was killed")) << result["run"]["warnings"];
    EXPECT_EQ(result["run"]["exit_status"], 137) << "no rank's command failed before";
    EXPECT_EQ(text_of(box.runs()[0], "state"), "finished");
}

TEST_F(Siblings, MembersOutliveAKilledLeaderAndSaySo) {
    Process leader = start(0, 2, waiting(0), {"--interval", "50ms"});
    ASSERT_TRUE(is_here(0));
    Process member = start(1, 2, waiting(1, "exit 5"));
    ASSERT_TRUE(is_here(1));
    sleep_s(0.2);  // some turns, so that there is something to recover
    ASSERT_GT(sampler_of(leader.pid()), 0);
    leader.send_to_group(SIGKILL);
    (void)leader.wait();
    go();
    const Outcome outcome = member.wait();
    EXPECT_EQ(outcome.exit_code, 5);
    const Outcome later = box.run({"--store", "sqlite:" + box.path("data/gramme/runs.db")}, {"true"});
    EXPECT_NE(later.err.find("moved the interrupted run"), std::string::npos) << later.err;
    EXPECT_FALSE(has_warning(box.result(), "moved the"))
        << "what became of another run is not about this one";
    std::vector<Json> runs = box.runs();
    ASSERT_EQ(runs.size(), 2U);
    std::erase_if(runs, [](const Json& run) { return text_of(run, "state") != "interrupted"; });
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(text_of(runs[0], "state"), "interrupted");
    EXPECT_NE(outcome.err.find(text_of(runs[0], "id")), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST_F(Siblings, ATableThatIsCutEndsNoCommandAndIsSaid) {
    box.env["XDG_RUNTIME_DIR"] = box.path("runtime");
    std::filesystem::create_directory(box.path("runtime"));
    std::filesystem::permissions(box.path("runtime"), std::filesystem::perms::owner_all);
    Process leader = start(0, 2, waiting(0, "sleep 0.3; exit 4"), {"--interval", "20ms"});
    ASSERT_TRUE(is_here(0));
    Process member = start(1, 2, waiting(1, "sleep 0.3; exit 5"), {"--interval", "20ms"});
    ASSERT_TRUE(is_here(1));
    ASSERT_EQ(box.tool({"sh", "-c", "truncate -s 0 \"$XDG_RUNTIME_DIR\"/gramme/*.ranks"}).exit_code, 0);
    go();
    const Outcome of_leader = leader.wait();
    EXPECT_EQ(of_leader.exit_code, 4) << of_leader.err;
    const Outcome of_member = member.wait();
    EXPECT_EQ(of_member.exit_code, 5) << of_member.err;
    EXPECT_NE(of_member.err.find("cut the table of the ranks"), std::string::npos) << of_member.err;
    ASSERT_EQ(box.runs().size(), 1U);
    EXPECT_TRUE(has_warning(box.result(), "cut the table of the ranks")) << of_leader.err;
}

TEST_F(Siblings, TwoJobsOnOneNodeAreTwoRuns) {
    Process one = start(0, 2, waiting(0));
    Process other = start(0, 2, waiting(1), {"--json", box.path("other.json")}, {{"SLURM_JOB_ID", "4712"}});
    ASSERT_TRUE(is_here(0));
    ASSERT_TRUE(is_here(1));
    go();
    EXPECT_EQ(one.wait().exit_code, 0);
    EXPECT_EQ(other.wait().exit_code, 0);
    EXPECT_TRUE(eventually([this] { return rows_in_csv() == 2; })) << "no rank of the other job";
    EXPECT_TRUE(eventually([this] { return box.runs().size() == 2U; }));
}

TEST_F(Siblings, TwoNodesThatShareAHomeAreTwoRuns) {
    box.use_fixture("vm");
    const std::string second = box.path("second");
    std::filesystem::copy(box.machine_root(), second, std::filesystem::copy_options::recursive);
    write_file(box.machine_root() + "/proc/sys/kernel/hostname", "node1\n");
    write_file(second + "/proc/sys/kernel/hostname", "node2\n");
    Process one = start(0, 2, waiting(0), {}, {{"GRAMME_SYSROOT", box.machine_root()}});
    Process two = start(0, 2, waiting(1), {}, {{"GRAMME_SYSROOT", second}});
    Process three = start(1, 2, waiting(2), {}, {{"GRAMME_SYSROOT", second}});
    ASSERT_TRUE(is_here(0));
    ASSERT_TRUE(is_here(1));
    ASSERT_TRUE(is_here(2));
    go();
    EXPECT_EQ(one.wait().exit_code, 0);
    EXPECT_EQ(two.wait().exit_code, 0);
    EXPECT_EQ(three.wait().exit_code, 0);
    EXPECT_TRUE(eventually([this] { return rows_in_csv() == 2; })) << rows_in_csv();
}

TEST_F(Siblings, ARankWhoseOthersNeverComeEndsItsRunWithItsCommand) {
    Process alone = start(0, 3, {"sh", "-c", "exit 4"});
    const Outcome outcome = alone.wait();
    EXPECT_EQ(outcome.exit_code, 4);
    ASSERT_EQ(box.runs().size(), 1U) << "nobody was waited for";
    EXPECT_EQ(text_of(box.runs()[0], "state"), "finished");
    const Json result = box.result();
    for (const Json& marker : result["markers"]) {
        if (text_of(marker, "kind") == "span_end") {
            EXPECT_LT(result["run"]["duration_s"].get<double>() - marker["at_s"].get<double>(), 2.0)
                << "waiting is not the run's";
        }
    }
    EXPECT_TRUE(has_warning(result, "2 of 3 ranks on this node were not measured")) << outcome.err;
}

TEST_F(Siblings, ARankThatComesAfterTheRunHasEndedLeadsOneOfItsOwn) {
    EXPECT_EQ(start(0, 2, {"true"}).wait().exit_code, 0);
    EXPECT_EQ(start(1, 2, {"true"}).wait().exit_code, 0);
    EXPECT_EQ(box.runs().size(), 2U);
}

TEST_F(Siblings, RanksOfAnMpichBelowAWrapperAreOneRun) {
    // As `mpiexec -n 2 sh -c 'gramme run ...; true'`: each rank has a shell of its own above it.
    const Words launcher{
        "/bin/sh", "-c",
        "for i in 0 1; do MPI_LOCALRANKID=$i MPI_LOCALNRANKS=2 sh -c '\"$@\"; true' sh \"$@\" & "
        "done; wait",
        "sh"};
    const std::map<std::string, std::string> no_slurm{{"SLURM_STEP_ID", ""}, {"SLURM_LOCALID", ""}};
    Process both = start(0, 2, waiting(0), {}, no_slurm, launcher);
    ASSERT_TRUE(is_here(0));
    sleep_s(0.3);  // both are there
    go();
    const Outcome outcome = both.wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    ASSERT_EQ(box.runs().size(), 1U) << outcome.err;
    EXPECT_EQ(ends_of(box.result()).size(), 2U) << box.result()["markers"];
}

TEST_F(Siblings, ABatchScriptIsARunOfItsOwn) {
    Process one = start(0, 2, waiting(0), {}, {{"SLURM_STEP_ID", ""}});
    Process two = start(0, 2, waiting(1), {}, {{"SLURM_STEP_ID", ""}});
    ASSERT_TRUE(is_here(0));
    ASSERT_TRUE(is_here(1));
    go();
    EXPECT_EQ(one.wait().exit_code, 0);
    EXPECT_EQ(two.wait().exit_code, 0);
    EXPECT_EQ(rows_in_csv(), 2);
}

TEST_F(Siblings, ASignalReachesTheCommandOfALeaderOnceWhoeverItWasSentTo) {
    const std::string log = box.path("signals.log");
    Process leader = start(0, 2, {helper_program(), "signals", log, "60"});
    ASSERT_TRUE(eventually([&] { return file_text(log).rfind("ready", 0) == 0; }));
    const auto count = [&log] {
        const std::string text = file_text(log);
        return std::count(text.begin(), text.end(), '\n') - 1;
    };
    const int command = std::stoi(file_text(log).substr(6));
    leader.send_to_group(SIGTERM);
    EXPECT_TRUE(eventually([&] { return count() >= 1; }));
    sleep_s(0.3);  // a second copy would have come by now
    EXPECT_EQ(count(), 1) << file_text(log);
    leader.send(SIGTERM);
    EXPECT_TRUE(eventually([&] { return count() >= 2; })) << "the front's alone is passed on";
    sleep_s(0.3);
    EXPECT_EQ(count(), 2) << file_text(log);
    ::kill(command, SIGUSR2);
    EXPECT_EQ(leader.wait().exit_code, 0);
}

TEST_F(Siblings, ARunInsideAMemberIsASpanOfTheOneRun) {
    Process leader = start(0, 2, waiting(0));
    ASSERT_TRUE(is_here(0));
    Process member = start(1, 2, {gramme_program(), "run", "--quiet", "--name", "inner", "--", "true"});
    EXPECT_EQ(member.wait().exit_code, 0);
    go();
    EXPECT_EQ(leader.wait().exit_code, 0);
    EXPECT_EQ(box.runs().size(), 1U);
    EXPECT_EQ(ends_of(box.result()).count("inner"), 1U) << box.result()["markers"];
}

TEST_F(Siblings, ARunAroundSrunIsWarnedOf) {
    Process around = box.start({"run", "--quiet", "--", "sh", "-c",
                                "echo $GRAMME_RUN_SOCKET > socket; until [ -e go ]; do sleep 0.02; done"});
    ASSERT_TRUE(eventually([this] { return file_text(box.path("work/socket")).ends_with('\n'); }));
    std::string socket = file_text(box.path("work/socket"));
    socket.pop_back();
    // Slurm's daemon starts the tasks of `gramme run -- srun`: here the test does.
    Process task = start(0, 2, {"true"}, {}, {{"GRAMME_RUN_SOCKET", socket}});
    const Outcome outcome = task.wait();
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("put gramme behind srun"), std::string::npos) << outcome.err;
    go();
    EXPECT_EQ(around.wait().exit_code, 0);
}

TEST_F(Siblings, OptionsThatAreOneRanksAloneAreWarnedOf) {
    Process leader = start(0, 3, waiting(0), {"--name", "all"});
    ASSERT_TRUE(is_here(0));
    Process same = start(1, 3, {"true"}, {"--name", "all"});
    const Outcome of_same = same.wait();
    EXPECT_EQ(of_same.err, "");
    Process other = start(2, 3, {"true"}, {"--name", "second", "--tag", "a=b", "--json", box.path("2.json")});
    const Outcome of_other = other.wait();
    EXPECT_EQ(of_other.exit_code, 0);
    EXPECT_NE(of_other.err.find("--json, --name, --tag of rank 2 is not used: run "), std::string::npos)
        << of_other.err;
    go();
    EXPECT_EQ(leader.wait().exit_code, 0);
    EXPECT_EQ(text_of(box.result()["run"], "name"), "all");
}

TEST_F(Siblings, ACommandThatIsNotThereKeepsTheShellsStatus) {
    Process leader = start(0, 2, waiting(0));
    ASSERT_TRUE(is_here(0));
    Process member = start(1, 2, {box.path("not-there")});
    EXPECT_EQ(member.wait().exit_code, 127);
    go();
    EXPECT_EQ(leader.wait().exit_code, 0) << "its own command's";
    EXPECT_EQ(box.result()["run"]["exit_status"], 127);
}

TEST_F(Siblings, ALeaderWhoseCommandIsNotThereTakesNobodyAlong) {
    // They come while it gets ready: whoever has the lock first, the run of the other two is kept.
    for (int turn = 1; turn <= 3; ++turn) {
        Process first = start(0, 3, {box.path("not-there")});
        std::vector<Process> others;
        others.push_back(start(1, 3, {"sleep", "0.3"}));
        others.push_back(start(2, 3, {"sleep", "0.3"}));
        EXPECT_EQ(first.wait().exit_code, 127);
        for (Process& other : others) {
            const Outcome outcome = other.wait();
            EXPECT_EQ(outcome.exit_code, 0);
            EXPECT_EQ(outcome.err.find("ended early"), std::string::npos) << outcome.err;
        }
        EXPECT_TRUE(eventually([&] { return box.runs().size() == static_cast<std::size_t>(turn); }));
    }
}

TEST_F(Siblings, WithoutATableEachMeasuresAndSaysSo) {
    write_file(box.path("runtime/gramme"), "a file where a folder should be\n");
    box.env["XDG_RUNTIME_DIR"] = box.path("runtime");
    Process alone = start(1, 2, {"true"}, {"--scope", "machine"});
    const Outcome outcome = alone.wait();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(has_warning(box.result(), "this is rank 1 of 2 on this node")) << outcome.err;
    EXPECT_EQ(box.runs().size(), 1U);
}

TEST_F(Siblings, AWholeMachineByARankOfAnUnknownJobIsWarnedOf) {
    box.env["LOCAL_RANK"] = "2";
    const Outcome outcome = box.run({"--scope", "machine"}, {"true"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_TRUE(has_warning(box.result(), "this is rank 2 of its node")) << outcome.err;
    const Outcome by_job = box.run({}, {"true"});
    EXPECT_FALSE(has_warning(box.result(), "of its node")) << by_job.err;
}

TEST_F(Siblings, RanksInTheCgroupThatTheLeaderCountsAddNothingToIt) {
    box.make_machine("intel-2s");  // its cgroup stands for the job, and every rank is in it
    const Words machine{simulated_host_program(),
                        "--root",
                        box.machine_root(),
                        "--seconds",
                        "1.5",
                        "--watts",
                        "pkg0=48,pkg1=48,dram0=0,dram1=0",
                        "--cpu-watts",
                        "40",
                        "--busy",
                        "0.8",
                        "--job-busy",
                        "0.2",
                        "--catch-up",
                        "1"};
    Process first = start(0, 3, machine, {"--interval", "100ms"});
    Process second = start(1, 3, {"sleep", "1"}, {"--interval", "100ms"});
    Process third = start(2, 3, {"sleep", "1"}, {"--interval", "100ms"});
    const Outcome outcome = first.wait();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(second.wait().exit_code, 0);
    EXPECT_EQ(third.wait().exit_code, 0);
    EXPECT_TRUE(eventually([this] { return rows_in_csv() == 1; }));
    const Json truth = Json::parse(outcome.out);
    // A fifth of the CPUs is the job's, and so of the idle power of two packages.
    const double true_j = truth["job_j"].get<double>() + 0.2 * 96.0 * truth["seconds"].get<double>();
    EXPECT_NEAR(joules_of(box.result()), true_j, 0.1 * true_j) << box.result().dump(1);
}

TEST_F(Siblings, EachGpuOfTheStepCountsOnceWhateverTheLeaderItselfMayUse) {
    write_file(box.path("nvml.txt"), "gpus 4\ngpu * watts 200\n");
    box.env["FAKE_NVML_SCRIPT"] = box.path("nvml.txt");
    box.env["GRAMME_NVML_LIB"] = GRAMME_FAKE_NVML;
    box.use_fixture("intel-2s");
    std::vector<Process> ranks;
    for (int rank = 0; rank < 4; ++rank) {
        ranks.push_back(start(rank, 4, {"sleep", "2"}, {"--interval", "100ms"},
                              {{"CUDA_VISIBLE_DEVICES", std::to_string(rank)}, {"SLURM_STEP_GPUS", "0-3"}}));
    }
    for (Process& rank : ranks) {
        EXPECT_EQ(rank.wait().exit_code, 0);
    }
    ASSERT_EQ(box.runs().size(), 1U);
    const Json result = box.result();
    const double duration_s = result["run"]["duration_s"].get<double>();
    double sum_j = 0.0;
    for (const char* device : {"gpu0", "gpu1", "gpu2", "gpu3"}) {
        const double own_j = joules_of(result, device);
        EXPECT_GT(own_j, 200.0 * duration_s * 0.5) << device << result["parts"];
        EXPECT_LE(own_j, 200.0 * (duration_s + 0.3)) << device;
        sum_j += own_j;
    }
    EXPECT_LE(sum_j, 4 * 200.0 * (duration_s + 0.3)) << "800 W of GPUs, once";
}

}  // namespace
}  // namespace gramme::testing
