#include "meter/attribution.hpp"

#include <gtest/gtest.h>

namespace gramme::meter {
namespace {

/// 4 CPUs for 10 s.
Activity busy(double job_s, double all_s) {
    return {.job_cpu_s = job_s,
            .busy_cpu_s = all_s,
            .capacity_cpu_s = 40.0,
            .job_known = true,
            .machine_known = true};
}

constexpr Joules kEnergy{1000.0};
constexpr Watts kIdle{20.0};  // 200 J of the 1000 J in 10 s
constexpr Seconds kTime{10.0};

double others_of(const Split& split) {
    return (kEnergy - split.job - split.unassigned).value();
}

TEST(Attribute, SharesDynamicEnergyByTimeAndIdleByReservation) {
    // job 8 of 16 busy seconds, of 40: 0.5 x 800 + 0.2 x 200 = 440; unassigned 0.8 x 200 = 160; others 400
    const Split split = attribute(kEnergy, {kIdle, {}}, kTime, busy(8.0, 16.0), Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 440.0);
    EXPECT_DOUBLE_EQ(split.unassigned.value(), 160.0);
    EXPECT_DOUBLE_EQ(others_of(split), 400.0);
}

TEST(Attribute, AJobAloneOnTheMachineCarriesItsIdleEnergy) {
    const Split split = attribute(kEnergy, {kIdle, {}}, kTime, busy(10.0, 10.0), Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 1000.0);
    EXPECT_DOUBLE_EQ(split.unassigned.value(), 0.0);
}

TEST(Attribute, BackgroundNoiseBelowTwoPercentStillCountsAsAlone) {
    // 0.1 of 10 s are others': w = 0.99, r = 1: 0.99 x 800 + 200 = 992
    const Split split = attribute(kEnergy, {kIdle, {}}, kTime, busy(9.9, 10.0), Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 992.0);
    EXPECT_DOUBLE_EQ(split.unassigned.value(), 0.0);
}

TEST(Attribute, FromAloneToSharedThereIsNoStep) {
    const auto job_j = [](double job_s) {
        return attribute(kEnergy, {kIdle, {}}, kTime, busy(job_s, 10.0), Scope::kJob).job.value();
    };
    EXPECT_NEAR(job_j(9.8), 984.0, 1e-9);  // 2 % are others': w = 0.98, r = 1: 784 + 200
    EXPECT_DOUBLE_EQ(job_j(9.4), 0.94 * 800.0 + (0.5 + 0.5 * 0.235) * 200.0);  // 6 %: half way
    EXPECT_DOUBLE_EQ(job_j(9.0), 0.9 * 800.0 + 0.225 * 200.0);                 // 10 %: r = 9 / 40
    for (double job_s = 8.5; job_s < 9.99; job_s += 0.01) {
        EXPECT_NEAR(job_j(job_s + 0.01), job_j(job_s), 3.0) << job_s;
    }
}

TEST(Attribute, AloneIsAShareBetweenTwoAndTenPercent) {
    EXPECT_DOUBLE_EQ(alone_of(-1.0, 10.0), 1.0);
    EXPECT_DOUBLE_EQ(alone_of(0.2, 10.0), 1.0);
    EXPECT_NEAR(alone_of(0.6, 10.0), 0.5, 1e-12);
    EXPECT_DOUBLE_EQ(alone_of(1.0, 10.0), 0.0);
    EXPECT_DOUBLE_EQ(alone_of(0.0, 0.0), 0.0);
}

TEST(Attribute, AJobThatDidNothingGetsNothing) {
    const Split split = attribute(kEnergy, {kIdle, {}}, kTime, busy(0.0, 20.0), Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 0.0);
    EXPECT_DOUBLE_EQ(split.unassigned.value(), 200.0);
    EXPECT_DOUBLE_EQ(others_of(split), 800.0);
}

TEST(Attribute, IdleEnergyIsNeverMoreThanThereIs) {
    // 200 W x 10 s > 1000 J: all of it is idle energy; r = 8 / 40
    const Split split = attribute(kEnergy, {Watts{200.0}, {}}, kTime, busy(8.0, 16.0), Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 200.0);
    EXPECT_DOUBLE_EQ(split.unassigned.value(), 800.0);
}

TEST(Attribute, WholeMachineIsAllTheJobs) {
    EXPECT_DOUBLE_EQ(attribute(kEnergy, {kIdle, {}}, kTime, busy(1.0, 16.0), Scope::kMachine).job.value(),
                     1000.0);
}

TEST(Attribute, UnknownCpuTimeLeavesEverythingWithTheJob) {
    Activity activity = busy(1.0, 16.0);
    activity.job_known = false;
    EXPECT_DOUBLE_EQ(attribute(kEnergy, {kIdle, {}}, kTime, activity, Scope::kJob).job.value(), 1000.0);
    activity = busy(1.0, 16.0);
    activity.machine_known = false;
    EXPECT_DOUBLE_EQ(attribute(kEnergy, {kIdle, {}}, kTime, activity, Scope::kJob).job.value(), 1000.0);
}

TEST(Attribute, AJobClockAheadOfTheMachineClockIsAFullShare) {
    // The cgroup counts microseconds, /proc/stat 10 ms ticks: the job may seem busier than its machine.
    EXPECT_DOUBLE_EQ(attribute(kEnergy, {kIdle, {}}, kTime, busy(0.004, 0.0), Scope::kJob).job.value(),
                     1000.0);
}

TEST(Attribute, UnknownCapacitySharesIdleByTimeToo) {
    Activity activity = busy(8.0, 16.0);
    activity.capacity_cpu_s = 0.0;
    const Split split = attribute(kEnergy, {kIdle, {}}, kTime, activity, Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 500.0);
    EXPECT_DOUBLE_EQ(split.unassigned.value(), 100.0);
}

TEST(Attribute, NoEnergyIsNobodys) {
    const Split split = attribute(Joules{0.0}, {kIdle, {}}, kTime, busy(8.0, 16.0), Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 0.0);
    EXPECT_DOUBLE_EQ(split.unassigned.value(), 0.0);
}

TEST(Attribute, NothingOfAPauseIsTheJobs) {
    Activity activity{.job_cpu_s = 5.0, .busy_cpu_s = 5.0, .job_known = true, .machine_known = true};
    activity.paused = 1.0;
    for (const Scope scope : {Scope::kJob, Scope::kAllocation, Scope::kMachine}) {
        const Split split = attribute(Joules{100.0}, {Watts{10.0}, {}}, Seconds{5.0}, activity, scope);
        EXPECT_EQ(split.job.value(), 0.0);
        EXPECT_EQ(split.others.value(), 100.0);
        EXPECT_EQ(split.unassigned.value(), 0.0);
    }
    // A quarter of the time: of the other 75 J everything as it would be without a pause.
    activity.paused = 0.25;
    const Split split = attribute(Joules{100.0}, {Watts{10.0}, {}}, Seconds{5.0}, activity, Scope::kJob);
    EXPECT_DOUBLE_EQ(split.job.value(), 75.0);
    EXPECT_DOUBLE_EQ(split.others.value(), 25.0);
}

}  // namespace
}  // namespace gramme::meter
