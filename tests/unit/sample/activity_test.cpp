#include "sample/activity.hpp"

#include <gtest/gtest.h>

#include "fake_host.hpp"

namespace gramme::sample {
namespace {

using gramme::testing::FakeHost;

/// 4200 ticks of 1/100 s: 42 s busy.
constexpr const char* kStat = "cpu  4000 0 200 9000 0 0 0 0 0 0\ncpu0 4000 0 200 9000 0 0 0 0 0 0\n";

TEST(JobActivity, ReadsTheMachineWhereNobodyElseDid) {
    FakeHost host{{{"/proc/stat", kStat}}};
    JobActivity activity{host, nullptr, HostFacts{}, Scope::kMachine};
    const ActivityReading reading = activity.read(1);
    EXPECT_TRUE(reading.machine_known);
    EXPECT_DOUBLE_EQ(reading.machine_busy_s, 42.0);
}

TEST(JobActivity, TakesWhatTheTurnHasReadAndReadsNothing) {
    FakeHost host{{{"/proc/stat", kStat}}};
    JobActivity activity{host, nullptr, HostFacts{}, Scope::kMachine};
    host.fail("/proc/stat", Code::kIo);  // a second read would show
    const ActivityReading handed_in = activity.read(1, 43.5);
    EXPECT_TRUE(handed_in.machine_known);
    EXPECT_DOUBLE_EQ(handed_in.machine_busy_s, 43.5);
    EXPECT_FALSE(activity.read(2).machine_known) << "the number was of another turn";
}

TEST(JobActivity, TakesTheMachinesSumFromTheReadThatTellsTheSocketsApart) {
    FakeHost host{{{"/proc/stat",
                    "cpu  500 0 0 9000 0 0 0 0 0 0\n"
                    "cpu0 300 0 0 4500 0 0 0 0 0 0\n"
                    "cpu1 200 0 0 4500 0 0 0 0 0 0\n"},
                   {"/proc/self/cgroup", "0::/job\n"},
                   {"/proc/self/mountinfo", "30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
                   {"/sys/fs/cgroup/job/cpuset.cpus.effective", "0\n"},
                   {"/sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n"},
                   {"/sys/devices/system/cpu/cpu1/topology/physical_package_id", "1\n"}}};
    host.set_sysroot(true);
    HostFacts facts;
    facts.cpu_count = 2;
    facts.cpu_sockets = 2;
    JobActivity activity{host, nullptr, facts, Scope::kMachine};
    const ActivityReading reading = activity.read(1, 99.0);
    ASSERT_EQ(reading.sockets, 2U);
    EXPECT_DOUBLE_EQ(reading.socket_busy_s[0], 3.0);
    EXPECT_DOUBLE_EQ(reading.socket_busy_s[1], 2.0);
    EXPECT_DOUBLE_EQ(reading.machine_busy_s, 5.0) << "of the same instant as its sockets";
}

}  // namespace
}  // namespace gramme::sample
