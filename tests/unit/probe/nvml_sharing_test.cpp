// A GPU that several parties share: its energy goes by what each process used.
#include <cstdio>
#include <set>
#include <sstream>

#include "nvml_test_host.hpp"

namespace gramme::probe {
namespace {

/// Process 100 is the job's, 200 another's; both are seen from here, 300 is not.
class NvmlSharing : public NvmlTest {
protected:
    struct Members final : JobMembers {
        bool contains(int pid) const override { return pid == 100; }
    } members;
    std::string calls_file = ::testing::TempDir() + "nvml_calls_" + std::to_string(getpid()) + ".txt";

    NvmlSharing() {
        options.members = &members;
        host.variables["CUDA_VISIBLE_DEVICES"] = "0";
        host.set_file("/proc/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0");
        host.set_file("/proc/100/stat", "100 (job) R 1");
        host.set_file("/proc/200/stat", "200 (other) R 1");
        std::remove(calls_file.c_str());
    }
    ~NvmlSharing() override { std::remove(calls_file.c_str()); }

    /// A GPU of 400 W, of which 46 W are idle power by the table.
    Outcome share(const std::string& lines, double seconds = 1.3) {
        script("gpus 1\ngpu 0 watts 400\ngpu 0 name NVIDIA A100-SXM4-40GB\ncalls " + calls_file + "\n" +
               lines);
        start_and_wait();
        return measure(seconds)[0];
    }
    [[nodiscard]] std::size_t calls() const {
        std::ifstream in(calls_file);
        std::size_t number = 0;
        for (std::string line; std::getline(in, line);) {
            ++number;
        }
        return number;
    }
    /// The three shares of `outcome` by the formula: w of what is above idle, r of the idle energy.
    static void expect_split(const Outcome& outcome, double w, double r) {
        const double idle_j = 46.0 * outcome.seconds;
        const double dynamic_j = outcome.joules - idle_j;
        EXPECT_NEAR(outcome.job_j, w * dynamic_j + r * idle_j, 0.01 * outcome.joules);
        EXPECT_NEAR(outcome.others_j, (1.0 - w) * dynamic_j, 0.01 * outcome.joules);
        EXPECT_NEAR(outcome.unassigned_j, (1.0 - r) * idle_j, 0.01 * outcome.joules);
        EXPECT_NEAR(outcome.job_j + outcome.others_j + outcome.unassigned_j, outcome.joules,
                    1e-4 * outcome.joules);
    }
};

TEST_F(NvmlSharing, GoesByTheUseOfEachProcess) {
    const Outcome outcome = share("gpu 0 processes 100,200\ngpu 0 uses 100=30,200=30\n");
    expect_split(outcome, 0.5, 0.3);  // 30 of 60 % in use; 30 % of the time
    EXPECT_NE(probe->membership_reason(0).find("CUDA_VISIBLE_DEVICES; other processes use it too"),
              std::string::npos)
        << probe->membership_reason(0);
    EXPECT_EQ(calls(), 1U);
}

/// As an H200's driver does it: what a process used is forgotten when it ends, and its share falls to those
/// that are left. The stretch in which the job ended goes as the one before.
TEST_F(NvmlSharing, WhatAnEndedProcessUsedIsNotThatOfTheOthers) {
    const Outcome outcome = share(
        "gpu 0 processes 100,200\ngpu 0 uses 100=50,200=50\ngpu 0 processes 200 from 2.6\n"
        "gpu 0 uses 200=99 from 2.6\n",
        3.4);
    expect_split(outcome, 0.5, 0.5);
    EXPECT_EQ(calls(), 2U) << "each 2 s, and at the end";
}

/// Another's with 90 % ends, then the job is alone: what was before stands for one stretch of 2 s, not for
/// all that follow.
TEST_F(NvmlSharing, AfterAnotherEndedTheJobIsAlone) {
    const Outcome outcome = share(
        "gpu 0 processes 100,200\ngpu 0 uses 100=10,200=90\ngpu 0 processes 100 from 2.6\n"
        "gpu 0 uses 100=99 from 2.6\n",
        6.5);
    const double first_s = 4.2;  // two stretches, the second of which the other ended in
    EXPECT_GT(outcome.job_j, 0.9 * 400.0 * (outcome.seconds - first_s));
}

/// The job comes to a GPU that another uses, between two lists of 10 s.
TEST_F(NvmlSharing, AJobThatComesLaterHasItsPartFromThen) {
    const Outcome outcome = share(
        "gpu 0 processes 200\ngpu 0 uses 200=99\ngpu 0 processes 100,200 from 1\n"
        "gpu 0 uses 100=90,200=10 from 1\n",
        6.5);
    EXPECT_GT(outcome.job_j, 0.6 * outcome.joules);
    EXPECT_GT(outcome.others_j, 0.05 * outcome.joules);
}

TEST_F(NvmlSharing, UntilTheDriverAnswersAGpuThatIsTheJobsAloneIsItsOwn) {
    script(
        "gpus 1\ngpu 0 watts 400\ngpu 0 architecture 9\ngpu 0 name NVIDIA H200\ngpu 0 processes 100\n"
        "hang init 0.3\n");
    const std::int64_t begun_ns = host.now().boot_ns;
    start_and_wait();
    meter::DeviceMeter device_meter{probe->device(0).meter, Scope::kJob, begun_ns};
    double led_j = 0.0;
    double led_job_j = 0.0;
    const auto feed = [&](std::span<const Reading> readings) {
        for (const Reading& reading : readings) {
            const meter::MeterStep step = device_meter.add(reading, {});
            led_j += step.led ? step.energy.value() : 0.0;
            led_job_j += step.led ? step.split.job.value() : 0.0;
        }
    };
    sleep_s(0.8);
    feed(sample());
    feed(finish());
    EXPECT_GE(led_j, 0.3 * 200.0 * 0.95) << "the fake's average is half of its power";
    EXPECT_DOUBLE_EQ(led_job_j, led_j);
}

TEST_F(NvmlSharing, OfAnotherThatEndedLikewise) {
    const Outcome outcome = share(
        "gpu 0 processes 100,200\ngpu 0 uses 100=50,200=50\ngpu 0 processes 100 from 2.6\n"
        "gpu 0 uses 100=99 from 2.6\n",
        3.4);
    expect_split(outcome, 0.5, 0.5);
}

TEST_F(NvmlSharing, OneThatEndedBeforeAnythingWasToldCountsWithTheJob) {
    const Outcome outcome = share(
        "gpu 0 processes 100,200\ngpu 0 uses 100=50,200=50\ngpu 0 processes 200 from 0.9\n"
        "gpu 0 uses 200=99 from 0.9\n");
    expect_split(outcome, 1.0, 1.0);
}

TEST_F(NvmlSharing, ASlowDriverIsAskedSeldom) {
    (void)share("gpu 0 processes 100,200\ngpu 0 uses 100=50,200=50\ngpu 0 hang use 0.1\n", 5.0);
    EXPECT_EQ(calls(), 2U) << "after 2 s, and at the end: a call of 0.1 s is made each 10 s";
}

TEST_F(NvmlSharing, IdleEnergyIsTheJobsWhereSlurmGaveItTheGpu) {
    host.variables["SLURM_STEP_GPUS"] = "0";
    expect_split(share("gpu 0 processes 100,200\ngpu 0 uses 100=10,200=30\n"), 0.25, 1.0);
}

TEST_F(NvmlSharing, APowerSensorIsSharedInTheSameWay) {
    expect_split(share("gpu 0 counter none\ngpu 0 processes 100,200\ngpu 0 uses 100=30,200=30\n"), 0.5, 0.3);
}

TEST_F(NvmlSharing, AGpuThatNobodyElseIsOnIsWholeAndNotAskedForUse) {
    const Outcome outcome = share("gpu 0 processes 100\ngpu 0 uses 100=30,200=30\n");
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-9 * outcome.joules);
    EXPECT_EQ(probe->membership_reason(0), "CUDA_VISIBLE_DEVICES");
    EXPECT_EQ(calls(), 0U);
}

TEST_F(NvmlSharing, WhatAnotherDoesNothingOnStaysTheJobs) {  // it only holds memory there
    expect_split(share("gpu 0 processes 100,200\ngpu 0 uses 100=30\n"), 1.0, 1.0);
}

TEST_F(NvmlSharing, NothingRanIsIdleEnergyOfNobody) {
    const Outcome outcome = share("gpu 0 processes 100,200\n");
    EXPECT_NEAR(outcome.unassigned_j, outcome.joules, 1e-9 * outcome.joules);
    EXPECT_EQ(outcome.others_j, 0.0);
}

TEST_F(NvmlSharing, WhereUseByProcessIsNotToldItStaysWholeAndSaysSo) {
    const Outcome outcome = share("gpu 0 processes 100,200\ngpu 0 uses 100=30,200=30\ngpu 0 fail use 3\n");
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-9 * outcome.joules);
    EXPECT_NE(probe->membership_reason(0).find("(NVML: Not Supported): all its energy is the job's"),
              std::string::npos)
        << probe->membership_reason(0);
}

TEST_F(NvmlSharing, MigIsSuchACase) {
    const Outcome outcome = share("gpu 0 processes 100,200\ngpu 0 uses 100=30,200=30\ngpu 0 mig MIG-1\n");
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-9 * outcome.joules);
    EXPECT_NE(probe->membership_reason(0).find("Not Supported"), std::string::npos);
}

TEST_F(NvmlSharing, AProcessThatIsNotSeenIsNotCalledAnothers) {
    const Outcome outcome = share("gpu 0 processes 300,301\ngpu 0 uses 300=30,301=30\n");
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-9 * outcome.joules);
    EXPECT_EQ(calls(), 0U);
    EXPECT_NE(probe->membership_reason(0).find("whose its processes are cannot be told"), std::string::npos)
        << probe->membership_reason(0);
}

TEST_F(NvmlSharing, InAContainerAnIdThatLooksForeignMayBeAnyProcess) {
    host.set_file("/proc/2/stat", "2 (python3) S 1 1 0 0 -1 0 0 0");
    const Outcome outcome = share("gpu 0 processes 200\ngpu 0 uses 200=100\n");
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-9 * outcome.joules);
}

TEST_F(NvmlSharing, BesideAnothersAProcessThatIsNotSeenCountsWithTheJob) {
    expect_split(share("gpu 0 processes 200,300\ngpu 0 uses 200=30,300=30\n"), 0.5, 0.3);
}

TEST_F(NvmlSharing, BeforeTheJobIsOnItAGpuIsAnothers) {
    host.variables.erase("CUDA_VISIBLE_DEVICES");
    const Outcome outcome = share("gpu 0 processes 200\ngpu 0 uses 200=100\n");
    EXPECT_EQ(probe->membership(0), Membership::kUnknown);
    EXPECT_LT(outcome.job_j, 0.02 * outcome.joules);
    EXPECT_EQ(calls(), 0U) << "there is one party only";
}

TEST_F(NvmlSharing, AnAllocationHasItsGpusWhole) {
    options.scope = Scope::kAllocation;
    const Outcome outcome = share("gpu 0 processes 100,200\ngpu 0 uses 100=30,200=30\n");
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-9 * outcome.joules);
    EXPECT_EQ(calls(), 0U);
}

TEST_F(NvmlSharing, AnOldLibraryStaysWhole) {
    host.variables["GRAMME_NVML_LIB"] = FAKE_NVML_OLD;
    const Outcome outcome = share("gpu 0 processes 100,200\n");
    EXPECT_NEAR(outcome.job_j, outcome.joules, 1e-9 * outcome.joules);
    EXPECT_NE(probe->membership_reason(0).find("Function Not Found"), std::string::npos)
        << probe->membership_reason(0);
}

}  // namespace
}  // namespace gramme::probe
