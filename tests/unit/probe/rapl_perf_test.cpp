#include "probe/rapl_perf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "probe/rapl.hpp"

namespace gramme::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kPmu = "/sys/bus/event_source/devices/power/";
const std::string kZones = "/sys/devices/virtual/powercap/intel-rapl/";

/// Two sockets: CPUs 0 and 32 lead them.
class PowerPmu : public ::testing::Test {
protected:
    PowerPmu() {
        facts_.cpu_vendor = "GenuineIntel";
        facts_.cpu_count = 64;
        facts_.cpu_sockets = 2;
        facts_.chassis = "server";
        host_.set(kPmu + "type", "24\n");
        host_.set(kPmu + "cpumask", "0,32\n");
        host_.set(kPmu + "format/event", "config:0-7\n");
        add_event("energy-pkg", "0x02");
        add_event("energy-ram", "0x03");
        place(0, "0", "0");
        place(32, "1", "0");
        host_.set("/proc/sys/kernel/perf_event_paranoid", "2\n");
    }
    void add_event(const std::string& name, const std::string& config) {
        host_.set(kPmu + "events/" + name, "event=" + config + "\n");
        host_.set(kPmu + "events/" + name + ".scale", "2.3283064365386962890625e-10\n");
        host_.set(kPmu + "events/" + name + ".unit", "Joules\n");
    }
    void place(int cpu, const std::string& package, const std::string& die) {
        const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
        host_.set(folder + "physical_package_id", package + "\n");
        host_.set(folder + "die_id", die + "\n");
    }
    void count(int config, int cpu, const std::string& value) { host_.set(file_of(config, cpu), value); }
    static std::string file_of(int config, int cpu) {
        return "/perf/24-" + std::to_string(config) + "-" + std::to_string(cpu);
    }
    void open_all() {
        for (const int cpu : {0, 32}) {
            count(2, cpu, "0");
            count(3, cpu, "0");
        }
    }
    void add_zone(const std::string& zone, const std::string& name) {
        host_.set(kZones + zone + "/name", name + "\n");
        host_.set(kZones + zone + "/energy_uj", "1000\n");
        host_.set(kZones + zone + "/max_energy_range_uj", "262143328850\n");
        host_.link("/sys/class/powercap/" + zone.substr(zone.find_last_of('/') + 1), kZones + zone);
    }
    void add_powercap() {
        add_zone("intel-rapl:0", "package-0");
        add_zone("intel-rapl:0/intel-rapl:0:0", "dram");
        add_zone("intel-rapl:1", "package-1");
        add_zone("intel-rapl:1/intel-rapl:1:0", "dram");
    }
    /// "cpu0 rapl-perf"
    std::vector<std::string> devices() {
        source_ = open_rapl({host_, tables_, facts_, options_});
        std::vector<std::string> all;
        for (std::size_t i = 0; source_.probe != nullptr && i < source_.probe->device_count(); ++i) {
            const Device device = source_.probe->device(i).device;
            all.push_back(device.id + " " + device.method);
        }
        return all;
    }
    [[nodiscard]] const SourceReport& report(std::string_view name) const {
        const auto found = std::find_if(source_.reports.begin(), source_.reports.end(),
                                        [&](const auto& one) { return one.name == name; });
        EXPECT_NE(found, source_.reports.end()) << name;
        return *found;
    }

    testing::FakeHost host_;
    refdata::Tables tables_;
    HostFacts facts_;
    DiscoverOptions options_;
    OpenedSource source_;
};

TEST_F(PowerPmu, GivesPackageAndMemoryOfEachSocket) {
    open_all();
    EXPECT_THAT(devices(),
                ElementsAre("cpu0 rapl-perf", "cpu1 rapl-perf", "dram0 rapl-perf", "dram1 rapl-perf"));
    EXPECT_EQ(report("rapl-perf").state, SourceState::kUsed);
    EXPECT_THAT(source_.warnings, IsEmpty());
    EXPECT_EQ(source_.probe->device(1).meter.socket, 1);
}

TEST_F(PowerPmu, ACountIsWorthItsScaleAndNeverWraps) {
    open_all();
    (void)devices();
    const ProbedDevice cpu = source_.probe->device(0);
    const auto& spec = std::get<meter::CounterSpec>(cpu.meter.energy);
    EXPECT_DOUBLE_EQ(spec.per_count.value(), 1.0 / 4294967296.0);  // 2^-32 J
    EXPECT_EQ(spec.range, 0U);
    count(2, 32, "12884901888");  // 3 x 2^32: 3 J
    ReadingBuffer buffer{8};
    source_.probe->sample(buffer);
    EXPECT_EQ(buffer.readings()[1].raw, 12'884'901'888U);
    EXPECT_EQ(buffer.readings()[1].kind, ReadingKind::kCounter);
}

TEST_F(PowerPmu, WhatPerfGivesIsNotTakenFromPowercapAgain) {
    open_all();
    add_powercap();
    EXPECT_THAT(devices(),
                ElementsAre("cpu0 rapl-perf", "cpu1 rapl-perf", "dram0 rapl-perf", "dram1 rapl-perf"));
    EXPECT_EQ(report("rapl-powercap").state, SourceState::kAvailable);
    EXPECT_THAT(report("rapl-powercap").why, HasSubstr("perf gives"));
}

TEST_F(PowerPmu, PowercapGivesTheMemoryThatPerfDoesNot) {
    open_all();
    add_powercap();
    host_.remove(kPmu + "events/energy-ram");
    EXPECT_THAT(devices(), ElementsAre("cpu0 rapl-perf", "cpu1 rapl-perf", "dram0 rapl-powercap",
                                       "dram1 rapl-powercap"));
}

TEST_F(PowerPmu, PowercapGivesThePackageThatPerfDoesNotOpen) {
    open_all();
    add_powercap();
    host_.fail(file_of(2, 32), Code::kNotFound);
    EXPECT_THAT(devices(),
                ElementsAre("cpu0 rapl-perf", "cpu1 rapl-powercap", "dram0 rapl-perf", "dram1 rapl-perf"));
}

TEST_F(PowerPmu, RefusedCountersNameTheParanoidValueAndTheCommands) {
    for (const int cpu : {0, 32}) {
        host_.fail(file_of(2, cpu), Code::kPermission);
        host_.fail(file_of(3, cpu), Code::kPermission);
    }
    EXPECT_THAT(devices(), IsEmpty());
    const SourceReport& perf = report("rapl-perf");
    EXPECT_EQ(perf.state, SourceState::kRefused);
    EXPECT_THAT(perf.why, HasSubstr("kernel.perf_event_paranoid is 2"));
    EXPECT_THAT(perf.remedies,
                ElementsAre("sudo setcap cap_perfmon+ep \"$(readlink -f \"$(command -v gramme)\")\"",
                            "sudo sysctl kernel.perf_event_paranoid=0   # until the next boot"));
    EXPECT_THAT(perf.devices, ElementsAre("cpu0", "cpu1", "dram0", "dram1"));
}

TEST_F(PowerPmu, RefusedCountersAreTakenFromPowercap) {
    add_powercap();
    host_.fail(file_of(2, 0), Code::kPermission);
    EXPECT_THAT(devices(), ElementsAre("cpu0 rapl-powercap", "cpu1 rapl-powercap", "dram0 rapl-powercap",
                                       "dram1 rapl-powercap"));
    EXPECT_EQ(report("rapl-perf").state, SourceState::kRefused);
    EXPECT_THAT(source_.warnings, IsEmpty());
}

TEST_F(PowerPmu, DiesOfIntelAreAllCounted) {
    place(32, "0", "1");
    open_all();
    EXPECT_THAT(devices(), ElementsAre("cpu0-die0 rapl-perf", "cpu0-die1 rapl-perf", "dram0-die0 rapl-perf",
                                       "dram0-die1 rapl-perf"));
}

TEST_F(PowerPmu, DiesOfAmdAreOnePackage) {
    place(32, "0", "1");
    facts_.cpu_vendor = "AuthenticAMD";
    facts_.cpu_sockets = 1;
    host_.remove(kPmu + "events/energy-ram");
    open_all();
    EXPECT_THAT(devices(), ElementsAre("cpu0 rapl-perf"));
}

TEST_F(PowerPmu, HalfAPackageIsNotTaken) {
    place(32, "0", "1");
    count(2, 0, "0");  // the other die does not open
    EXPECT_THAT(devices(), IsEmpty());
    EXPECT_EQ(report("rapl-perf").state, SourceState::kAbsent);
}

TEST_F(PowerPmu, IdlePowerByIdGoesOnWithTheInterface) {
    open_all();
    const meter::IdlePowers calibrated{{"cpu1", Watts{37.5}}};
    options_.calibrated = &calibrated;
    (void)devices();
    EXPECT_TRUE(source_.probe->device(1).meter.idle_calibrated);
}

TEST_F(PowerPmu, LimitsComeFromPowercap) {
    open_all();
    add_powercap();
    host_.set(kZones + "intel-rapl:0/constraint_0_power_limit_uw", "200000000\n");
    (void)devices();
    EXPECT_DOUBLE_EQ(std::get<meter::CounterSpec>(source_.probe->device(0).meter.energy).max_power.value(),
                     300.0);
}

TEST_F(PowerPmu, AUnitThatIsNotKnownIsNotUsed) {
    open_all();
    host_.set(kPmu + "events/energy-pkg.unit", "Ergs\n");
    host_.set(kPmu + "events/energy-ram.scale", "-1\n");
    EXPECT_THAT(devices(), IsEmpty());
}

TEST_F(PowerPmu, ACpuWhosePackageIsNotKnownIsNotUsed) {
    open_all();
    host_.remove("/sys/devices/system/cpu/cpu32/topology/physical_package_id");
    EXPECT_THAT(devices(), ElementsAre("cpu0 rapl-perf", "dram0 rapl-perf"));
}

TEST_F(PowerPmu, WithoutThePmuThereIsNoReport) {
    testing::FakeHost other;
    const OpenedSource source = open_rapl({other, tables_, facts_, options_});
    ASSERT_EQ(source.reports.size(), 1U);
    EXPECT_EQ(source.reports[0].name, "rapl-powercap");
}

TEST(PmuEvent, IsOneHexadecimalFieldAndNothingElse) {
    EXPECT_EQ(parse_pmu_event("event=0x02"), 2U);
    EXPECT_EQ(parse_pmu_event("event=0xff"), 255U);
    for (const char* text : {"", "event=", "event=0x", "event=2", "event=0x02,umask=0x1", "event=0x100",
                             "config=0x02", " event=0x02", "event=0x-1", "event=0xffffffffffffffffff"}) {
        EXPECT_FALSE(parse_pmu_event(text)) << text;
    }
}

}  // namespace
}  // namespace gramme::probe
