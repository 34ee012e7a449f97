#include "sample/reservation.hpp"

#include <gtest/gtest.h>

#include "fake_host.hpp"

namespace gramme::sample {
namespace {

using gramme::testing::FakeHost;

constexpr const char* kV2Mount = "30 25 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n";

HostFacts facts_of(int cpus, int sockets) {
    HostFacts facts;
    facts.cpu_count = cpus;
    facts.cpu_sockets = sockets;
    return facts;
}

/// Two sockets, CPUs taken in turn, as many servers number them.
void add_topology(FakeHost& host, int cpus) {
    for (int cpu = 0; cpu < cpus; ++cpu) {
        host.set("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/physical_package_id",
                 std::to_string(cpu % 2) + "\n");
    }
}

FakeHost v2_host(const std::string& group) {
    return FakeHost{{{"/proc/self/cgroup", "0::" + group + "\n"}, {"/proc/self/mountinfo", kV2Mount}}};
}

TEST(Reservation, NothingLimitsTheJob) {
    FakeHost host = v2_host("/user.slice");
    host.set("/sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
    host.set("/sys/fs/cgroup/user.slice/cpuset.cpus.effective", "0-7\n");
    EXPECT_FALSE(read_reservation(host, facts_of(8, 1)));
    EXPECT_FALSE(read_reservation(FakeHost{}, facts_of(8, 1)));
    EXPECT_FALSE(read_reservation(host, facts_of(0, 0))) << "of how many CPUs is not known";
}

TEST(Reservation, CpusetIsToldBySocket) {
    FakeHost host = v2_host("/job");
    host.set("/sys/fs/cgroup/job/cpuset.cpus.effective", "0-2\n");  // 0 and 2 of socket 0, 1 of socket 1
    add_topology(host, 8);
    const auto found = read_reservation(host, facts_of(8, 2));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->source, "cpuset 0-2");
    EXPECT_DOUBLE_EQ(found->cpus, 3.0);
    EXPECT_DOUBLE_EQ(found->share_of(0), 0.5);
    EXPECT_DOUBLE_EQ(found->share_of(1), 0.25);
    EXPECT_DOUBLE_EQ(found->share_of(-1), 0.375);
}

TEST(Reservation, TightestQuotaOfTheGroupAndThoseAboveCounts) {
    FakeHost host = v2_host("/slurm/job_1/step_0");
    host.set("/sys/fs/cgroup/slurm/job_1/step_0/cpu.max", "max 100000\n");
    host.set("/sys/fs/cgroup/slurm/job_1/cpu.max", "250000 100000\n");
    host.set("/sys/fs/cgroup/slurm/cpu.max", "600000 100000\n");
    const auto found = read_reservation(host, facts_of(8, 2));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->source, "cpu.max");
    EXPECT_DOUBLE_EQ(found->share_of(1), 2.5 / 8.0);
}

TEST(Reservation, QuotaWithinACpusetIsSpreadOverIt) {
    FakeHost host = v2_host("/job");
    host.set("/sys/fs/cgroup/job/cpuset.cpus.effective", "0,2,4,6\n");  // all of socket 0
    host.set("/sys/fs/cgroup/job/cpu.max", "100000 100000\n");          // one CPU's worth
    add_topology(host, 8);
    const auto found = read_reservation(host, facts_of(8, 2));
    ASSERT_TRUE(found);
    EXPECT_DOUBLE_EQ(found->share_of(0), 0.25);
    EXPECT_DOUBLE_EQ(found->share_of(1), 0.0);
}

TEST(Reservation, ReadsTheHierarchiesOfV1) {
    FakeHost host{{{"/proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:cpuset:/docker/abc\n0::/init\n"},
                   {"/proc/self/mountinfo",
                    "31 25 0:27 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
                    "32 25 0:28 /docker/abc /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset\n"},
                   {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n"},
                   {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"},
                   {"/sys/fs/cgroup/cpuset/cpuset.cpus", "0-3\n"}}};
    const auto found = read_reservation(host, facts_of(8, 1));
    ASSERT_TRUE(found);
    EXPECT_DOUBLE_EQ(found->cpus, 1.5);
    EXPECT_EQ(found->source, "cpu.cfs_quota_us");
    host.set("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");  // no quota
    EXPECT_DOUBLE_EQ(read_reservation(host, facts_of(8, 1))->cpus, 4.0);
}

TEST(Reservation, SlurmSaysHowManyCpusOfTheNode) {
    FakeHost host;
    host.set_env("SLURM_CPUS_ON_NODE", "16");
    const auto found = read_reservation(host, facts_of(64, 2));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->source, "SLURM_CPUS_ON_NODE");
    EXPECT_DOUBLE_EQ(found->share_of(0), 0.25);
    host.set_env("SLURM_CPUS_ON_NODE", "sixteen");
    EXPECT_FALSE(read_reservation(host, facts_of(64, 2)));
}

TEST(Reservation, NonsenseReservesNothing) {
    for (const char* const quota : {"", "0 100000\n", "100000\n", "100000 0\n", "-5 100000\n", "x y\n"}) {
        FakeHost host = v2_host("/job");
        host.set("/sys/fs/cgroup/job/cpu.max", quota);
        EXPECT_FALSE(read_reservation(host, facts_of(8, 1))) << quota;
    }
    FakeHost host = v2_host("/job");
    host.set("/sys/fs/cgroup/job/cpuset.cpus.effective", "7-3\n");
    EXPECT_FALSE(read_reservation(host, facts_of(8, 1)));
}

}  // namespace
}  // namespace gramme::sample
