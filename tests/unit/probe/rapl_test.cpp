#include "probe/rapl.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "fake_host.hpp"
#include "meter/device_meter.hpp"

namespace {
std::size_t allocations = 0;  // of this test program; one thread
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // a sanitizer owns the allocator
// GCC cannot see that both are replaced together.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {  // NOLINT(cppcoreguidelines-no-malloc)
        return memory;
    }
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}
#pragma GCC diagnostic pop
#endif

namespace gramme::probe {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kDevices = "/sys/devices/virtual/powercap/intel-rapl/";
const std::string kClass = "/sys/class/powercap/";
const std::string kPackage0 = kDevices + "intel-rapl:0";
const std::string kPackage1 = kDevices + "intel-rapl:1";

class Rapl : public ::testing::Test {
protected:
    Rapl() {
        facts_.cpu_vendor = "GenuineIntel";
        facts_.cpu_model = "Intel(R) Xeon(R) Made Up";
        facts_.cpu_count = 8;
        facts_.cpu_sockets = 2;
    }

    void add(const std::string& zone, const std::string& name, const std::string& energy) {
        host_.set(kDevices + zone + "/name", name + "\n");
        host_.set(kDevices + zone + "/energy_uj", energy + "\n");
        host_.set(kDevices + zone + "/max_energy_range_uj", "262143328850\n");
        host_.link(kClass + zone.substr(zone.find_last_of('/') + 1), kDevices + zone);
    }
    void add_two_sockets() {
        add("intel-rapl:0", "package-0", "1000");
        add("intel-rapl:0/intel-rapl:0:0", "dram", "2000");
        add("intel-rapl:1", "package-1", "3000");
        add("intel-rapl:1/intel-rapl:1:0", "dram", "4000");
    }
    OpenedSource open() { return open_rapl({host_, tables_, facts_, options_}); }
    static std::vector<std::string> ids(const Probe& probe) {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < probe.device_count(); ++i) {
            ids.push_back(probe.device(i).device.id);
        }
        return ids;
    }

    testing::FakeHost host_;
    refdata::Tables tables_;
    HostFacts facts_;
    DiscoverOptions options_;
};

TEST_F(Rapl, GivesPackagesAndMemoryOfEachSocketOnce) {
    add_two_sockets();
    const OpenedSource source = open();
    ASSERT_NE(source.probe, nullptr);
    EXPECT_THAT(ids(*source.probe), ElementsAre("cpu0", "cpu1", "dram0", "dram1"));
    EXPECT_EQ(source.reports.front().state, SourceState::kUsed);
    EXPECT_TRUE(source.warnings.empty());
}

TEST_F(Rapl, ReadsTheCountersAtTheTimeOfTheHost) {
    add_two_sockets();
    const OpenedSource source = open();
    host_.set(kPackage1 + "/energy_uj", "3500\n");
    host_.set_seconds(12.5);
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    ASSERT_EQ(buffer.readings().size(), 4U);
    EXPECT_EQ(buffer.readings()[1].device, 1);
    EXPECT_EQ(buffer.readings()[1].kind, ReadingKind::kCounter);
    EXPECT_EQ(buffer.readings()[1].raw, 3500U);
    EXPECT_EQ(buffer.readings()[1].at_ns, 12'500'000'000);
}

TEST_F(Rapl, TakesLimitRangeAndUnitFromTheZone) {
    add("intel-rapl:0", "package-0", "1000");
    host_.set(kPackage0 + "/constraint_0_power_limit_uw", "200000000\n");
    host_.set(kPackage0 + "/constraint_1_power_limit_uw", "240000000\n");
    const ProbedDevice probed = open().probe->device(0);
    const auto& spec = std::get<meter::CounterSpec>(probed.meter.energy);
    EXPECT_EQ(spec.range, 262'143'328'850U);
    EXPECT_EQ(spec.modulus_step, 62U);
    EXPECT_DOUBLE_EQ(Microjoules{spec.per_count}.value(), 1.0);
    EXPECT_DOUBLE_EQ(spec.max_power.value(), 360.0);          // 1.5 x 240
    EXPECT_DOUBLE_EQ(probed.meter.idle_power.value(), 40.0);  // 0.2 x 200: the TDP is unknown
    EXPECT_DOUBLE_EQ(probed.meter.cpus, 8.0);
}

TEST_F(Rapl, ACalibratedIdlePowerGoesBeforeAnAssumedOne) {
    add_two_sockets();
    const meter::IdlePowers calibrated{{"cpu1", Watts{37.5}}, {"gpu0", Watts{60.0}}};
    options_.calibrated = &calibrated;
    const OpenedSource source = open();
    EXPECT_FALSE(source.probe->device(0).meter.idle_calibrated);
    EXPECT_TRUE(source.probe->device(1).meter.idle_calibrated);
    EXPECT_DOUBLE_EQ(source.probe->device(1).meter.idle_power.value(), 37.5);
    facts_.virtualisation = "kvm";  // an estimate is not calibrated
    EXPECT_FALSE(open().probe->device(1).meter.idle_calibrated);
}

TEST_F(Rapl, WithoutALimitAPackageMayUseAKilowatt) {
    add("intel-rapl:0", "package-0", "1000");
    const ProbedDevice probed = open().probe->device(0);
    EXPECT_DOUBLE_EQ(std::get<meter::CounterSpec>(probed.meter.energy).max_power.value(), 1000.0);
}

TEST_F(Rapl, GainUncertaintyFollowsVendorAndClass) {
    add_two_sockets();
    const auto sigmas = [&] {
        const auto source = open();
        return std::pair{source.probe->device(0).device.gain_sigma,
                         source.probe->device(2).device.gain_sigma};
    };
    EXPECT_EQ(sigmas(), (std::pair{0.03, 0.05}));
    facts_.chassis = "laptop";
    EXPECT_EQ(sigmas(), (std::pair{0.05, 0.20}));
    facts_.chassis = "server";
    facts_.cpu_vendor = "AuthenticAMD";
    EXPECT_EQ(sigmas(), (std::pair{0.07, 0.05}));
}

TEST_F(Rapl, PackagesAndMemoryAreGroupsOfTheirOwn) {
    add_two_sockets();
    const auto source = open();
    EXPECT_EQ(source.probe->device(0).device.group, source.probe->device(1).device.group);
    EXPECT_NE(source.probe->device(0).device.group, source.probe->device(2).device.group);
}

TEST_F(Rapl, PermissionDeniedNamesZonesAndCommands) {
    add_two_sockets();
    for (const char* zone :
         {"intel-rapl:0", "intel-rapl:0/intel-rapl:0:0", "intel-rapl:1", "intel-rapl:1/intel-rapl:1:0"}) {
        host_.fail(kDevices + zone + "/energy_uj", Code::kPermission);
    }
    const OpenedSource source = open();
    EXPECT_EQ(source.probe, nullptr);
    const SourceReport& report = source.reports.front();
    EXPECT_EQ(report.state, SourceState::kRefused);
    EXPECT_EQ(report.why,
              "energy_uj of package-0, package-1, dram of package-0, dram of package-1: permission denied");
    ASSERT_EQ(report.remedies.size(), 2U);
    EXPECT_THAT(report.remedies[0], HasSubstr("chgrp \"$(id -gn)\" " + kPackage0 + "/energy_uj"));
    EXPECT_THAT(report.remedies[0], HasSubstr("chmod g+r " + kPackage0 + "/energy_uj"));
    EXPECT_THAT(report.remedies,
                Not(Contains(HasSubstr("setcap"))));  // it would read every file for everybody
    EXPECT_THAT(report.devices, ElementsAre("cpu0", "cpu1", "dram0", "dram1"));
}

TEST_F(Rapl, OneRefusedZoneIsAWarningAndAGapNotAZero) {
    add_two_sockets();
    host_.fail(kPackage1 + "/energy_uj", Code::kPermission);
    const OpenedSource source = open();
    ASSERT_NE(source.probe, nullptr);
    EXPECT_EQ(source.probe->device_count(), 4U);
    EXPECT_EQ(source.reports.front().state, SourceState::kUsed);
    ASSERT_EQ(source.warnings.size(), 1U);
    EXPECT_THAT(source.warnings[0], HasSubstr("package-1: permission denied"));
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    EXPECT_EQ(buffer.readings()[1].kind, ReadingKind::kFailed);
    EXPECT_EQ(buffer.readings()[1].failure, "permission denied");
    EXPECT_EQ(buffer.readings()[3].kind, ReadingKind::kCounter);
}

TEST_F(Rapl, AReadableSecondViewIsTakenWhereTheFirstIsRefused) {
    add("intel-rapl:0", "package-0", "1000");
    const std::string mmio = "/sys/devices/virtual/powercap/intel-rapl-mmio/intel-rapl-mmio:0";
    host_.set(mmio + "/name", "package-0\n");
    host_.set(mmio + "/energy_uj", "77\n");
    host_.set(mmio + "/max_energy_range_uj", "262143328850\n");
    host_.link(kClass + "intel-rapl-mmio:0", mmio);
    host_.fail(kPackage0 + "/energy_uj", Code::kPermission);
    const OpenedSource source = open();
    ASSERT_NE(source.probe, nullptr);
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    ASSERT_EQ(buffer.readings().size(), 1U);
    EXPECT_EQ(buffer.readings()[0].raw, 77U);
}

TEST_F(Rapl, ASecondViewIsTakenWhereTheFirstShowsNoNumber) {
    add("intel-rapl:0", "package-0", "1000");
    const std::string mmio = "/sys/devices/virtual/powercap/intel-rapl-mmio/intel-rapl-mmio:0";
    host_.set(mmio + "/name", "package-0\n");
    host_.set(mmio + "/energy_uj", "77\n");
    host_.set(mmio + "/max_energy_range_uj", "262143328850\n");
    host_.link(kClass + "intel-rapl-mmio:0", mmio);
    host_.set(kPackage0 + "/energy_uj", "garbage\n");
    const OpenedSource source = open();
    ASSERT_NE(source.probe, nullptr);
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    ASSERT_EQ(buffer.readings().size(), 1U);
    EXPECT_EQ(buffer.readings()[0].raw, 77U);
}

TEST_F(Rapl, HiddenZonesAreRefusedWithTheReason) {
    host_.link(kClass + "intel-rapl:0", kPackage0);
    const OpenedSource source = open();
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_EQ(source.reports.front().state, SourceState::kRefused);
    EXPECT_THAT(source.reports.front().why, HasSubstr("container"));
}

TEST_F(Rapl, NoZoneOnRealHardwareAsksForTheDriver) {
    const OpenedSource source = open();
    EXPECT_EQ(source.reports.front().state, SourceState::kAbsent);
    EXPECT_THAT(source.reports.front().remedies, ElementsAre("sudo modprobe intel_rapl_msr"));
}

TEST_F(Rapl, WhereThereAreZonesTheirDriverIsNotAskedFor) {
    add("intel-rapl:0", "psys", "1000");
    EXPECT_THAT(open().reports.front().why, HasSubstr("no package or dram zone"));
    EXPECT_TRUE(open().reports.front().remedies.empty());
}

TEST_F(Rapl, ZonesWithoutAKnownNameAreSaidWhereNothingElseIs) {
    add("intel-rapl:0", "", "1000");  // its name cannot be read
    EXPECT_THAT(open().reports.front().why, HasSubstr("1 zones of /sys/class/powercap have no name"));
    EXPECT_TRUE(open().reports.front().remedies.empty());
}

TEST_F(Rapl, NoZoneInAVirtualMachineIsAsItShouldBe) {
    facts_.virtualisation = "kvm";
    const OpenedSource source = open();
    EXPECT_EQ(source.reports.front().state, SourceState::kAbsent);
    EXPECT_THAT(source.reports.front().why, HasSubstr("virtual machine"));
    EXPECT_TRUE(source.reports.front().remedies.empty());
}

TEST_F(Rapl, CountersInAVirtualMachineAreAnEstimate) {
    add("intel-rapl:0", "package-0", "1000");
    facts_.virtualisation = "kvm";
    const OpenedSource source = open();
    EXPECT_EQ(source.probe->device(0).device.quality, Quality::kModelled);
    EXPECT_EQ(source.warnings.size(), 1U);
}

TEST_F(Rapl, ASocketWithoutItsCounterIsMissedAloud) {
    add("intel-rapl:0", "package-0", "1000");
    add("intel-rapl:1", "", "1000");  // its name cannot be read
    facts_.cpu_sockets = 2;
    const OpenedSource source = open();
    ASSERT_EQ(source.warnings.size(), 1U);
    EXPECT_THAT(source.warnings.front(), HasSubstr("1 zones of /sys/class/powercap have no name"));
    EXPECT_THAT(source.warnings.front(), HasSubstr("1 of 2 sockets have a package counter"));
    EXPECT_THAT(source.warnings.front(), HasSubstr("missing from the total"));
}

TEST_F(Rapl, FailedReadsSayWhy) {
    add("intel-rapl:0", "package-0", "1000");
    const OpenedSource source = open();
    ReadingBuffer buffer{8};
    host_.set(kPackage0 + "/energy_uj", "garbage\n");
    source.probe->sample(buffer);
    host_.remove(kPackage0 + "/energy_uj");
    source.probe->sample(buffer);
    host_.set(kPackage0 + "/energy_uj", "5\n");
    host_.fail(kPackage0 + "/energy_uj", Code::kIo);
    source.probe->sample(buffer);
    host_.heal(kPackage0 + "/energy_uj");
    source.probe->finish(buffer, Seconds{0.0});
    ASSERT_EQ(buffer.readings().size(), 4U);
    EXPECT_EQ(buffer.readings()[0].failure, "not a number");
    EXPECT_EQ(buffer.readings()[1].failure, "device is gone");
    EXPECT_EQ(buffer.readings()[2].failure, "I/O error");
    EXPECT_EQ(buffer.readings()[3].raw, 5U);
}

TEST_F(Rapl, SamplingAndMeteringAllocateNothingAndOpenNothing) {
    add_two_sockets();
    const OpenedSource source = open();
    std::vector<meter::DeviceMeter> meters;
    for (std::size_t i = 0; i < source.probe->device_count(); ++i) {
        meters.emplace_back(source.probe->device(i).meter, Scope::kJob, 0);
    }
    ReadingBuffer buffer{8};
    ActivityReading activity;
    activity.job_known = activity.machine_known = true;
    const std::size_t opens_before = host_.opens();
    Joules total{0.0};
    std::size_t allocated = 0;
    for (int turn = 0; turn < 1000; ++turn) {
        host_.set(kPackage0 + "/energy_uj", std::to_string(1000 + turn * 50'000'000LL) + "\n");  // 50 W
        host_.set_seconds(turn);
        activity.job_cpu_s = turn;
        activity.machine_busy_s = 2.0 * turn;
        const std::size_t before = allocations;
        buffer.clear();
        source.probe->sample(buffer);
        for (const Reading& reading : buffer.readings()) {
            total += meters[reading.device].add(reading, activity).energy;
        }
        allocated += allocations - before;
    }
    EXPECT_EQ(allocated, 0U);
    EXPECT_EQ(host_.opens(), opens_before);
    EXPECT_NEAR(total.value(), 999 * 50.0, 1e-6);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_GT(allocations, 0U);  // the counter counts
#endif
}

}  // namespace
}  // namespace gramme::probe
