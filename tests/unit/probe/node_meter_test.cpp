#include "probe/node_meter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fake_host.hpp"
#include "probe/battery.hpp"
#include "probe/node_sensors.hpp"

namespace gramme::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Used: empty.
std::string verdict(const NodeMeter& meter, const NodeMeterNeed& need) {
    return std::string{reason_not_to_use(meter, need)};
}

NodeMeter battery() {
    NodeMeter meter;
    meter.may_leave = true;
    return meter;
}
NodeMeter psys() {
    NodeMeter meter;
    meter.only_without_cpu = true;
    return meter;
}

TEST(NodeMeterRules, TheScopeOfTheMachineTakesTheBestMeterOnly) {
    EXPECT_EQ(verdict(NodeMeter{}, {.scope = Scope::kMachine, .separate_gpus = true}), "");
    EXPECT_THAT(verdict(NodeMeter{}, {.scope = Scope::kMachine, .node_counted = true}),
                HasSubstr("another meter"));
    EXPECT_EQ(verdict(battery(), {.scope = Scope::kMachine}), "");
}

TEST(NodeMeterRules, AJobTakesOneOnlyWhereNothingCountsTheCpu) {
    for (const Scope scope : {Scope::kJob, Scope::kAllocation}) {
        EXPECT_EQ(verdict(NodeMeter{}, {.scope = scope}), "");
        EXPECT_THAT(verdict(NodeMeter{}, {.scope = scope, .cpu_counted = true}),
                    HasSubstr("`--scope machine`"));
        EXPECT_THAT(verdict(NodeMeter{}, {.scope = scope, .memory_counted = true}),
                    HasSubstr("`--scope machine`"));
    }
}

TEST(NodeMeterRules, AJobDoesNotTakeOneThatHoldsGpusWhichAreCountedThemselves) {
    NodeMeter meter;
    EXPECT_THAT(verdict(meter, {.separate_gpus = true}), HasSubstr("GPUs"));
    meter.holds_gpus = false;
    EXPECT_EQ(verdict(meter, {.separate_gpus = true}), "");
}

TEST(NodeMeterRules, AJobNeverTakesABattery) {
    EXPECT_THAT(verdict(battery(), {}), HasSubstr("plugged in"));
    EXPECT_THAT(verdict(battery(), {.scope = Scope::kAllocation}), HasSubstr("plugged in"));
}

TEST(NodeMeterRules, PsysIsNeverOnTopOfThePackage) {
    for (const Scope scope : {Scope::kJob, Scope::kAllocation, Scope::kMachine}) {
        EXPECT_THAT(verdict(psys(), {.scope = scope, .cpu_counted = true}), HasSubstr("maker's wiring"));
        EXPECT_EQ(verdict(psys(), {.scope = scope}), "");
    }
    EXPECT_THAT(verdict(psys(), {.separate_gpus = true}), HasSubstr("GPUs"));
}

TEST(NodeMeterRules, NothingIsUsedOnTopOfPartsThatAreCounted) {
    EXPECT_NE(verdict(NodeMeter{}, {.scope = Scope::kMachine, .cpu_counted = true}), "");
}

class NodeMeters : public ::testing::Test {
protected:
    NodeMeters() {
        facts_.cpu_count = 8;
        facts_.cpu_sockets = 1;
        facts_.chassis = "laptop";
    }
    void add_battery(const std::string& name, const std::string& status) {
        const std::string folder = "/sys/class/power_supply/" + name + "/";
        host_.set(folder + "type", "Battery\n");
        host_.set(folder + "status", status + "\n");
        host_.set(folder + "power_now", "9300000\n");
    }
    void add_mains(const std::string& online) {
        host_.set("/sys/class/power_supply/AC/type", "Mains\n");
        host_.set("/sys/class/power_supply/AC/online", online + "\n");
    }
    void add_psys(const std::string& folder, const std::string& name) {
        const std::string zone = "/sys/devices/virtual/powercap/intel-rapl/" + folder;
        host_.set(zone + "/name", name + "\n");
        host_.set(zone + "/energy_uj", "90000000\n");
        host_.set(zone + "/max_energy_range_uj", "262143328850\n");
        host_.link("/sys/class/powercap/" + folder, zone);
    }
    [[nodiscard]] SourceContext context() { return {host_, tables_, facts_, options_}; }
    /// nullptr where it cannot be used, for `why_`.
    [[nodiscard]] std::unique_ptr<Probe> open_battery() {
        std::vector<NodeMeter> meters;
        const SourceContext here = context();
        find_battery(here, meters);
        EXPECT_EQ(meters.size(), 1U);
        EXPECT_TRUE(meters.front().may_leave);
        std::unique_ptr<Probe> probe = meters.front().open(meters.front().report);
        why_ = meters.front().report.why;
        return probe;
    }
    static Reading read(Probe& probe) {
        ReadingBuffer buffer{1};
        probe.sample(buffer);
        return buffer.readings().front();
    }

    testing::FakeHost host_;
    refdata::Tables tables_;
    HostFacts facts_;
    DiscoverOptions options_;
    std::string why_;
};

TEST_F(NodeMeters, ABatteryThatFeedsTheMachineShowsItsPower) {
    add_battery("BAT0", "Discharging");
    add_mains("0");
    const auto battery = open_battery();
    EXPECT_DOUBLE_EQ(read(*battery).value, 9.3);
}

TEST_F(NodeMeters, PluggedInTheBatteryTellsNothing) {
    add_battery("BAT0", "Discharging");
    add_mains("0");
    const auto battery = open_battery();
    add_mains("1");
    EXPECT_EQ(read(*battery).failure, "on mains");
    add_mains("0");
    host_.set("/sys/class/power_supply/BAT0/status", "Not charging\n");
    EXPECT_EQ(read(*battery).failure, "on mains");
    host_.set("/sys/class/power_supply/BAT0/status", "Charging\n");
    EXPECT_EQ(read(*battery).kind, ReadingKind::kFailed);
    EXPECT_EQ(open_battery(), nullptr) << "charging at the start";
    EXPECT_THAT(why_, HasSubstr("on mains"));
}

TEST_F(NodeMeters, OfTwoBatteriesTheOneThatGivesCounts) {
    add_battery("BAT0", "Discharging");
    add_battery("BAT1", "Unknown");  // held between two limits
    host_.set("/sys/class/power_supply/BAT1/power_now", "0\n");
    const auto battery = open_battery();
    EXPECT_DOUBLE_EQ(read(*battery).value, 9.3);
    host_.set("/sys/class/power_supply/BAT1/power_now", "9300000\n");
    EXPECT_THAT(std::string{read(*battery).failure}, HasSubstr("does not tell whether it gives"));
    host_.set("/sys/class/power_supply/BAT1/status", "Full\n");
    EXPECT_DOUBLE_EQ(read(*battery).value, 9.3);
    host_.set("/sys/class/power_supply/BAT1/status", "Discharging\n");
    EXPECT_DOUBLE_EQ(read(*battery).value, 18.6);
    host_.set("/sys/class/power_supply/BAT1/status", "Charging\n");
    EXPECT_EQ(read(*battery).failure, "on mains");
}

TEST_F(NodeMeters, ABatteryThatTellsNothingIsNoneOfZeroWatts) {
    add_battery("BAT0", "Discharging");
    add_battery("BAT1", "Discharging");
    const auto battery = open_battery();
    host_.set("/sys/class/power_supply/BAT1/status", "");
    EXPECT_THAT(std::string{read(*battery).failure}, HasSubstr("cannot be read"));
    host_.set("/sys/class/power_supply/BAT1/status", "Discharging\n");
    host_.set("/sys/class/power_supply/BAT1/power_now", "x\n");
    EXPECT_EQ(open_battery(), nullptr) << "the other alone would pass for all";
    EXPECT_THAT(why_, HasSubstr("BAT1"));
    host_.set("/sys/class/power_supply/BAT1/present", "0\n");
    EXPECT_DOUBLE_EQ(read(*open_battery()).value, 9.3) << "an empty bay";
}

TEST_F(NodeMeters, VoltageAndCurrentOfEitherSignArePower) {
    add_battery("BAT0", "Discharging");
    host_.remove("/sys/class/power_supply/BAT0/power_now");
    host_.set("/sys/class/power_supply/BAT0/voltage_now", "12000000\n");
    host_.set("/sys/class/power_supply/BAT0/current_now", "-800000\n");
    EXPECT_NEAR(read(*open_battery()).value, 9.6, 1e-9);  // 12 V x 0.8 A
}

TEST_F(NodeMeters, TheBatteryOfAMouseIsNone) {
    add_battery("hidpp_battery_0", "Discharging");
    host_.set("/sys/class/power_supply/hidpp_battery_0/scope", "Device\n");
    std::vector<NodeMeter> meters;
    find_battery(context(), meters);
    EXPECT_TRUE(meters.empty());
}

TEST_F(NodeMeters, PsysStandsForTheMachineWhereNoPackageIsCounted) {
    add_psys("intel-rapl:1", "psys");
    add_psys("intel-rapl:2", "psys-1");
    const OpenedSource source = open_node_meter_last(context());
    ASSERT_NE(source.probe, nullptr);
    EXPECT_THAT(device_ids(*source.probe), ElementsAre("host0", "host1"));
    EXPECT_FALSE(source.gpus_too) << "what it holds is not known";
    const auto energy = source.probe->device(0).meter.energy;
    EXPECT_GT(std::get<meter::CounterSpec>(energy).longest_rest, Seconds{0.0})
        << "a machine that is on uses something";
    SourceContext counted = context();
    counted.cpu_covered = true;
    const OpenedSource other = open_node_meter_last(counted);
    EXPECT_EQ(other.probe, nullptr);
    EXPECT_EQ(other.reports.front().name, "rapl-psys");
    EXPECT_EQ(other.reports.front().state, SourceState::kAvailable);
}

TEST_F(NodeMeters, PsysThatMayNotBeReadNamesItsCommandWhereThereIsNoPackage) {
    add_psys("intel-rapl:1", "psys");
    host_.fail("/sys/devices/virtual/powercap/intel-rapl/intel-rapl:1/energy_uj", Code::kPermission);
    const OpenedSource source = open_node_meter_last(context());
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_EQ(source.reports.front().state, SourceState::kRefused);
    EXPECT_THAT(source.reports.front().remedies, ElementsAre(HasSubstr("chmod a+r")));
    add_psys("intel-rapl:0", "package-0");
    EXPECT_THAT(open_node_meter_last(context()).reports.front().remedies, IsEmpty());
}

TEST_F(NodeMeters, AJetsonIsMeasuredWhereItIsFed) {
    const std::string folder = "/sys/class/hwmon/hwmon3/";
    host_.set(folder + "name", "ina3221\n");
    host_.set(folder + "in1_label", "VDD_IN\n");
    host_.set(folder + "in1_input", "19000\n");
    host_.set(folder + "curr1_input", "800\n");
    host_.set(folder + "in2_label", "VDD_CPU_GPU_CV\n");
    host_.set(folder + "in2_input", "19000\n");
    host_.set(folder + "curr2_input", "300\n");
    options_.interval = Seconds{0.1};
    const OpenedSource source = open_node_meter_last(context());
    ASSERT_NE(source.probe, nullptr);
    EXPECT_NEAR(read(*source.probe).value, 15.2, 1e-9);  // 19 V x 0.8 A
    EXPECT_TRUE(source.gpus_too);
    EXPECT_THAT(source.warnings, IsEmpty());
    EXPECT_EQ(source.reports.back().name, "hwmon-ina3221");
}

TEST_F(NodeMeters, OfSeveralMetersOfTheFirmwareNoneIsTaken) {
    for (const std::string number : {"0", "1"}) {
        host_.set("/sys/class/hwmon/hwmon" + number + "/name", "power_meter\n");
        host_.set("/sys/class/hwmon/hwmon" + number + "/power1_average", "300000000\n");
    }
    options_.scope = Scope::kMachine;
    const OpenedSource source = open_node_meter_first(context());
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_EQ(source.reports.front().state, SourceState::kAvailable);
    host_.remove("/sys/class/hwmon/hwmon1/power1_average");
    EXPECT_NE(open_node_meter_first(context()).probe, nullptr);
}

TEST_F(NodeMeters, ASensorThatMayNotBeReadNamesTheCommand) {
    host_.set("/sys/class/hwmon/hwmon0/name", "power_meter\n");
    host_.set("/sys/class/hwmon/hwmon0/power1_average", "300000000\n");
    host_.fail("/sys/class/hwmon/hwmon0/power1_average", Code::kPermission);
    const OpenedSource source = open_node_meter_last(context());
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_EQ(source.reports.front().state, SourceState::kRefused);
    EXPECT_THAT(source.reports.front().remedies,
                ElementsAre(HasSubstr("chmod a+r /sys/class/hwmon/hwmon0/power1_average")));
}

TEST_F(NodeMeters, AJobOnAMachineWithAcceleratorsTakesNoMeterThatHoldsThem) {
    host_.set("/sys/class/hwmon/hwmon0/name", "power_meter\n");
    host_.set("/sys/class/hwmon/hwmon0/power1_average", "300000000\n");
    EXPECT_NE(open_node_meter_last(context()).probe, nullptr);
    host_.set("/sys/module/habanalabs/version", "1\n");  // no display controller, and yet 600 W a card
    const OpenedSource source = open_node_meter_last(context());
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_THAT(source.reports.front().why, HasSubstr("counted by themselves"));
}

TEST_F(NodeMeters, ASensorThatFailsOtherwiseNeedsNoCommand) {
    host_.set("/sys/class/hwmon/hwmon0/name", "power_meter\n");
    host_.set("/sys/class/hwmon/hwmon0/power1_average", "-1\n");
    const OpenedSource source = open_node_meter_last(context());
    EXPECT_EQ(source.reports.front().state, SourceState::kAbsent);
    EXPECT_THAT(source.reports.front().remedies, IsEmpty());
}

}  // namespace
}  // namespace gramme::probe
