// What a sample costs: no allocation, no opened file, counted from outside while the real program samples.
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

struct Counts {
    std::uint64_t allocations = 0;
    std::uint64_t opens = 0;
};

class CostOfASample : public Integration {
protected:
    void SetUp() override {
        if (is_sanitized()) {
            GTEST_SKIP() << "a sanitizer brings its own allocator";
        }
    }
    [[nodiscard]] Counts counts_of(pid_t pid) const {
        Counts counts;
        const std::string text = file_text(box.path("counts/gramme." + std::to_string(pid)));
        if (text.size() >= sizeof counts) {
            std::memcpy(&counts, text.data(), sizeof counts);
        }
        return counts;
    }
    /// Allocations and opens while gramme takes some hundred samples of a sleeping command.
    void expect_nothing_while_sampling(const Words& options) {
        std::filesystem::create_directory(box.path("counts"));
        box.env["LD_PRELOAD"] = GRAMME_COUNT_CALLS;
        box.env["COUNT_CALLS_DIR"] = box.path("counts");
        Process process = box.start(
            joined(joined({"run", "--interval", "10ms"}, options),
                   {"--json", box.path("result.json"), "--", "sh", "-c", "touch started; exec sleep 60"}));
        ASSERT_TRUE(eventually([this] { return file_exists(box.path("work/started")); }));
        sleep_s(0.7);  // first turns: devices are met, processes are seen for the first time
        const Counts before = counts_of(process.pid());
        EXPECT_GT(before.allocations, 0U) << "the counter itself must work";
        EXPECT_GT(before.opens, 0U);
        sleep_s(2.5);
        const Counts after = counts_of(process.pid());
        process.send(SIGTERM);
        EXPECT_EQ(process.wait().exit_code, 143);
        EXPECT_EQ(after.allocations - before.allocations, 0U);
        EXPECT_EQ(after.opens - before.opens, 0U);
        EXPECT_GT(box.result()["run"].value("samples", 0), 100) << "it did sample";
    }
};

TEST_F(CostOfASample, NoAllocationAndNoOpenWithCounters) {
    box.use_fixture("intel-2s");
    expect_nothing_while_sampling({"--scope", "machine"});
}

TEST_F(CostOfASample, NoAllocationAndNoOpenWithTheModel) {
    box.use_fixture("vm");
    expect_nothing_while_sampling({});
}

TEST_F(CostOfASample, NoAllocationAndNoOpenOnThisMachine) {
    expect_nothing_while_sampling({});
}

TEST_F(CostOfASample, NoAllocationAndNoOpenAmongRanks) {
    std::filesystem::create_directory(box.path("counts"));
    box.env["LD_PRELOAD"] = GRAMME_COUNT_CALLS;
    box.env["COUNT_CALLS_DIR"] = box.path("counts");
    box.env["SLURM_JOB_ID"] = "1";
    box.env["SLURM_STEP_ID"] = "0";
    box.env["SLURM_NODEID"] = "0";
    box.env["SLURM_STEP_TASKS_PER_NODE"] = "2";
    const auto start = [this](const std::string& rank) {
        box.env["SLURM_LOCALID"] = rank;
        Process process = box.start({"run", "--interval", "10ms", "--json", box.path("result.json"), "--",
                                     "sh", "-c", "touch started" + rank + "; exec sleep 60"});
        EXPECT_TRUE(eventually([&] { return file_exists(box.path("work/started" + rank)); }));
        return process;
    };
    Process leader = start("0");  // its front's counts are in the same mapped file
    Process member = start("1");
    sleep_s(0.7);
    const Counts leader_before = counts_of(leader.pid());
    const Counts member_before = counts_of(member.pid());
    EXPECT_GT(member_before.opens, 0U) << "the counter itself must work";
    sleep_s(2.5);
    const Counts leader_after = counts_of(leader.pid());
    const Counts member_after = counts_of(member.pid());
    EXPECT_EQ(leader_after.allocations - leader_before.allocations, 0U);
    EXPECT_EQ(leader_after.opens - leader_before.opens, 0U);
    EXPECT_EQ(member_after.allocations - member_before.allocations, 0U);
    EXPECT_EQ(member_after.opens - member_before.opens, 0U);
    leader.send(SIGTERM);
    member.send(SIGTERM);
    EXPECT_EQ(leader.wait().exit_code, 143);
    EXPECT_EQ(member.wait().exit_code, 143);
    EXPECT_GT(box.result()["run"].value("samples", 0), 100) << "it did sample";
}

TEST_F(CostOfASample, SystemCallsAreReadsAndTheWaitOnly) {
    if (box.tool({"strace", "-V"}).exit_code != 0) {
        GTEST_SKIP() << "strace is not installed";
    }
    box.use_fixture("intel-2s");
    const std::string trace = box.path("trace");
    const Outcome outcome =
        box.tool({"strace", "-f", "-qq", "-ttt", "-o", trace, gramme_program(), "run", "--interval", "20ms",
                  "--scope", "machine", "--json", box.path("result.json"), "--", "sh", "-c",
                  "date +%s.%N > begin; sleep 2; date +%s.%N > end"});
    if (outcome.err.find("ptrace") != std::string::npos) {
        GTEST_SKIP() << "strace may not trace here: " << outcome.err;
    }
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const double begin = std::stod(file_text(box.path("work/begin"))) + 0.5;
    const double end = std::stod(file_text(box.path("work/end"))) - 0.3;
    std::istringstream lines(file_text(trace));
    std::map<std::string, int> calls;
    std::string gramme_pid;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string pid;
        double at = 0.0;
        std::string call;
        words >> pid >> at >> call;
        gramme_pid = gramme_pid.empty() ? pid : gramme_pid;  // the first line is gramme's own exec
        if (pid == gramme_pid && at > begin && at < end && call.find('(') != std::string::npos) {
            ++calls[call.substr(0, call.find('('))];
        }
    }
    const int waits = calls["epoll_wait"] + calls["epoll_pwait"] + calls["epoll_pwait2"];
    ASSERT_GT(waits, 20) << "it did sample";
    int others = 0;
    for (const auto& [name, count] : calls) {
        // Reads of counters and of the timer; times of clocks that the vDSO does not serve; CPU time of its
        // own; the length of the journal, once in a turn.
        const bool allowed = name.rfind("epoll_", 0) == 0 || name == "read" || name == "pread64" ||
                             name == "clock_gettime" || name == "getrusage" || name == "fstat" ||
                             name == "newfstatat" || name == "restart_syscall";
        others += allowed ? 0 : count;
        EXPECT_TRUE(allowed) << name << " was called " << count << " times in " << waits << " turns";
    }
    EXPECT_EQ(others, 0);
}

TEST_F(CostOfASample, ThousandOtherProcessesAddNoSystemCall) {
    if (is_sanitized()) {
        GTEST_SKIP();
    }
    // The time is measured in bench/; here it is enough that nothing is opened, so no process can have been
    // looked at.
    std::vector<Process> sleepers;
    for (int i = 0; i < 200; ++i) {
        sleepers.push_back(Process(box.launch({"/bin/sleep", "100"})));
    }
    expect_nothing_while_sampling({});
}

TEST_F(CostOfASample, StartUpLinksNeitherCurlNorPostgres) {
    const Outcome outcome = box.tool({"ldd", gramme_program()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out.find("libcurl"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("libpq"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace gramme::testing
