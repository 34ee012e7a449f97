// The job's share on a simulated host whose per-process watts are known: alone and beside others, at low and
// full load, in a cpuset and under a quota.
#include <cmath>

#include "sandbox.hpp"

namespace gramme::testing {
namespace {

constexpr double kIdle_w = 48.0;    // of each of two packages; gramme takes a fifth of the TDP, 50 W
constexpr double kPerCpu_w = 40.0;  // what a busy CPU adds
constexpr double kSeconds = 1.5;
constexpr double kTolerance = 0.05;  // what the design promises

struct Load {
    const char* name;
    double job;     ///< fraction of the 4 CPUs
    double others;  ///< likewise
    double idle;    ///< share of the idle power that the job answers for
    Words tree{};
};

void PrintTo(const Load& load, std::ostream* out) {
    *out << load.name;
}

class JobShare : public Integration, public ::testing::WithParamInterface<Load> {};

TEST_P(JobShare, IsWithinFivePercentOfTheTruth) {
    const Load& load = GetParam();
    box.make_machine("intel-2s", load.tree);
    Words options{"--root",      box.machine_root(),
                  "--seconds",   std::to_string(kSeconds),
                  "--watts",     "pkg0=48,pkg1=48,dram0=0,dram1=0",
                  "--cpu-watts", std::to_string(kPerCpu_w),
                  "--busy",      std::to_string(load.job + load.others),
                  "--job-busy",  std::to_string(load.job),
                  "--catch-up",  "1"};
    if (!load.tree.empty() && load.tree.front() == "--cpuset") {
        options.insert(options.end(), load.tree.begin(), load.tree.end());
    }
    const Outcome outcome =
        box.run({"--interval", "100ms", "--csv", "none"}, joined({simulated_host_program()}, options));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json truth = Json::parse(outcome.out);
    const double true_j =
        truth["job_j"].get<double>() + load.idle * 2.0 * kIdle_w * truth["seconds"].get<double>();
    const Json result = box.result();
    EXPECT_NEAR(joules_of(result), true_j, kTolerance * true_j) << result.dump(1);

    // What the job did not use is others' or nobody's, and the three are the device's.
    for (const Json& part : result["parts"]) {
        const double sum = part["energy_kwh"].get<double>() + part["others_kwh"].get<double>() +
                           part["unassigned_kwh"].get<double>();
        EXPECT_NEAR(sum, part["device_energy_kwh"].get<double>(), 1e-4 * std::max(sum, 1e-9)) << part;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Each, JobShare,
    ::testing::Values(Load{"5_alone", 0.05, 0.0, 1.0}, Load{"50_alone", 0.5, 0.0, 1.0},
                      Load{"100_alone", 1.0, 0.0, 1.0}, Load{"5_beside_50", 0.05, 0.5, 0.05},
                      Load{"50_beside_40", 0.5, 0.4, 0.5}, Load{"50_beside_50", 0.5, 0.5, 0.5},
                      Load{"90_beside_10", 0.9, 0.1, 0.9},
                      // One socket of two is the job's: all of its idle power, none of the other's.
                      Load{"cpuset_of_a_socket", 0.3, 0.2, 0.5, {"--cpuset", "0-1"}},
                      Load{"quota_of_half", 0.25, 0.3, 0.5, {"--quota", "200000,100000"}},
                      Load{"quota_alone", 0.25, 0.0, 0.5, {"--quota", "200000,100000"}}),
    [](const auto& each) { return std::string{each.param.name}; });

using Scopes = Integration;

TEST_F(Scopes, AllocationSaysWhatWasReserved) {
    box.make_machine("intel-2s", {"--quota", "200000,100000"});
    const Outcome outcome = box.run(
        {"--scope", "allocation", "--csv", "none"},
        {simulated_host_program(), "--root", box.machine_root(), "--seconds", "0.3", "--job-busy", "0.2"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json run = box.result()["run"];
    EXPECT_EQ(text_of(run, "scope"), "allocation");
    EXPECT_EQ(run["reserved"]["cpus"], 2.0) << run;
    EXPECT_EQ(run["reserved"]["of_cpus"], 4.0) << run;
    EXPECT_EQ(text_of(run["reserved"], "source"), "cpu.max");
    EXPECT_NE(outcome.err.find("2 of 4 CPUs (cpu.max)"), std::string::npos) << outcome.err;
}

TEST_F(Scopes, AllocationWithoutAReservationIsTheMachineAndSaysSo) {
    box.make_machine("intel-2s");
    const Outcome outcome = box.run(
        {"--scope", "allocation", "--csv", "none"},
        {simulated_host_program(), "--root", box.machine_root(), "--seconds", "0.3", "--watts", "pkg0=50"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("no cpuset, quota or Slurm"), std::string::npos) << outcome.err;
    EXPECT_FALSE(box.result()["run"].contains("reserved"));
}

}  // namespace
}  // namespace gramme::testing
