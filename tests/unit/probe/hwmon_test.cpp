#include "probe/hwmon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "probe/grace.hpp"
#include "probe/power_probe.hpp"
#include "probe/scmi.hpp"

namespace gramme::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Hwmon : public ::testing::Test {
protected:
    Hwmon() {
        facts_.cpu_vendor = "ARM";
        facts_.cpu_count = 72;
        facts_.cpu_sockets = 1;
        facts_.chassis = "server";
        facts_.memory_bytes = 480ULL << 30U;
    }
    /// An ACPI meter in the old place, below `device`.
    void add_meter(int number, const std::string& oem_info, const std::string& microwatts) {
        const std::string folder = folder_of(number) + "/device/";
        host_.set(folder + "name", "power_meter\n");
        host_.set(folder + "power1_oem_info", oem_info + "\n");
        host_.set(folder + "power1_average", microwatts + "\n");
        host_.set(folder + "power1_average_interval", "50\n");
    }
    static std::string folder_of(int number) { return "/sys/class/hwmon/hwmon" + std::to_string(number); }
    void add_grace() {
        add_meter(0, "Module Power Socket 0", "612000000");
        add_meter(1, "Grace Power Socket 0", "118000000");
        add_meter(2, "CPU Power Socket 0", "74000000");
        add_meter(3, "SysIO Power Socket 0", "21000000");
    }
    [[nodiscard]] SourceContext context() { return {host_, tables_, facts_, options_}; }
    static std::vector<double> watts(Probe& probe) {
        ReadingBuffer buffer{8};
        probe.sample(buffer);
        std::vector<double> all;
        for (const Reading& reading : buffer.readings()) {
            all.push_back(reading.kind == ReadingKind::kPower ? reading.value : -1.0);
        }
        return all;
    }

    testing::FakeHost host_;
    refdata::Tables tables_;
    HostFacts facts_;
    DiscoverOptions options_;
};

TEST_F(Hwmon, ChipsAreListedByNumberWithTheirAttributes) {
    add_meter(10, "", "1");
    host_.set("/sys/class/hwmon/hwmon2/name", "ina3221\n");
    host_.set("/sys/class/hwmon/other/name", "ina3221\n");
    const auto chips = list_hwmon(host_);
    ASSERT_EQ(chips.size(), 2U);
    EXPECT_EQ(chips[0].folder, "/sys/class/hwmon/hwmon2");
    EXPECT_EQ(chips[1].driver, "power_meter");
    EXPECT_EQ(chips[1].folder, "/sys/class/hwmon/hwmon10/device");
}

TEST_F(Hwmon, AMeterMayHaveItsAttributesInEitherPlace) {
    host_.set("/sys/class/hwmon/hwmon0/name", "power_meter\n");
    host_.set("/sys/class/hwmon/hwmon0/power1_average", "5000000\n");
    host_.set("/sys/class/hwmon/hwmon0/power1_accuracy", "95.0%\n");
    const auto meter = read_acpi_meter(host_, list_hwmon(host_).front());
    ASSERT_TRUE(meter);
    EXPECT_EQ(meter->path, "/sys/class/hwmon/hwmon0/power1_average");
    EXPECT_NEAR(meter->sigma, 0.05 / std::sqrt(3.0), 1e-12);
    EXPECT_TRUE(meter->whole_machine);
}

TEST_F(Hwmon, AMeterOfSomeDevicesIsNotOneOfTheMachine) {
    add_meter(0, "", "5000000");
    const std::string measures = folder_of(0) + "/device/measures/device:1c/path";
    host_.set(measures, "\\_SB_.PCI0.GPU0\n");
    EXPECT_FALSE(read_acpi_meter(host_, list_hwmon(host_).front())->whole_machine);
    host_.set(measures, "\\_SB_\n");
    EXPECT_TRUE(read_acpi_meter(host_, list_hwmon(host_).front())->whole_machine);
}

TEST_F(Hwmon, AccuracyIsAShareOfWhichTheRestIsError) {
    EXPECT_NEAR(sigma_of_accuracy("95.0%"), 0.028868, 1e-6);
    for (const char* text : {"", "0.0%", "100.0%", "x", "-5%"}) {
        EXPECT_EQ(sigma_of_accuracy(text), 0.0) << text;
    }
}

TEST_F(Hwmon, GraceCpuAndMemoryTogetherAreItsSocket) {
    add_grace();
    const OpenedSource source = open_grace(context());
    ASSERT_NE(source.probe, nullptr);
    EXPECT_THAT(device_ids(*source.probe), ElementsAre("cpu0", "dram0"));
    EXPECT_THAT(watts(*source.probe), ElementsAre(95.0, 23.0));  // 74 + 21; 118 - 95
    EXPECT_TRUE(source.memory_too);
    EXPECT_EQ(source.probe->device(0).device.quality, Quality::kIntegrated);
}

TEST_F(Hwmon, RailsThatShowMoreThanTheSocketLeaveNothingForTheMemory) {
    add_grace();
    add_meter(2, "CPU Power Socket 0", "99000000");
    EXPECT_THAT(watts(*open_grace(context()).probe), ElementsAre(118.0, 0.0));
}

TEST_F(Hwmon, WithoutItsRailsAGraceSocketIsOneDevice) {
    add_meter(0, "Grace Power Socket 0", "118000000");
    add_meter(1, "Grace Power Socket 1", "100000000");
    add_meter(2, "CPU Power Socket 1", "60000000");
    const OpenedSource source = open_grace(context());
    EXPECT_THAT(device_ids(*source.probe), ElementsAre("cpu0", "cpu1"));
    EXPECT_THAT(watts(*source.probe), ElementsAre(118.0, 100.0));
    EXPECT_TRUE(source.memory_too);
}

TEST_F(Hwmon, ASensorThatFailsIsNoZero) {
    add_grace();
    const OpenedSource source = open_grace(context());
    host_.fail("/sys/class/hwmon/hwmon3/device/power1_average", Code::kIo);
    EXPECT_THAT(watts(*source.probe), ElementsAre(-1.0, -1.0));
}

TEST_F(Hwmon, GraceSensorsThatMayNotBeReadAreNamedAndNoOthers) {
    add_grace();
    host_.fail("/sys/class/hwmon/hwmon2/device/power1_average", Code::kPermission);
    const SourceReport report = open_grace(context()).reports.front();
    EXPECT_EQ(report.state, SourceState::kRefused);
    EXPECT_THAT(
        report.remedies,
        ElementsAre("sudo chmod a+r /sys/class/hwmon/hwmon2/device/power1_average   # until the next boot"));
}

TEST_F(Hwmon, AGraceSensorThatShowsNoNumberNeedsNoRight) {
    add_grace();
    add_meter(2, "CPU Power Socket 0", "none");
    const SourceReport report = open_grace(context()).reports.front();
    EXPECT_EQ(report.state, SourceState::kAbsent);
    EXPECT_THAT(report.remedies, IsEmpty());
}

TEST_F(Hwmon, GraceReadOnceInASecondIsSaidToBeSeldom) {
    add_grace();
    EXPECT_THAT(open_grace(context()).warnings, ElementsAre(HasSubstr("--interval 200ms")));
    options_.interval = Seconds{0.2};
    EXPECT_THAT(open_grace(context()).warnings, IsEmpty());
}

TEST_F(Hwmon, TheModuleHoldsTheGpu) {
    add_grace();
    add_meter(4, "Module Power Socket 1", "600000000");
    std::vector<NodeMeter> meters;
    const SourceContext here = context();
    find_grace_modules(here, list_hwmon(host_), meters);
    ASSERT_EQ(meters.size(), 1U);
    EXPECT_TRUE(meters[0].holds_gpus);
    EXPECT_THAT(watts(*meters[0].open(meters[0].report)), ElementsAre(1212.0));
}

TEST_F(Hwmon, OnlyTheLabelsOfGraceAreItsSensors) {
    const auto cpu = parse_grace_label("CPU Power Socket 3");
    ASSERT_TRUE(cpu);
    EXPECT_EQ(cpu->what, GraceSensor::What::kCpuRail);
    EXPECT_EQ(cpu->socket, 3);
    for (const char* text : {"", "CPU Power Socket", "CPU Power Socket x", "CPU Power Socket 99",
                             "GPU Power Socket 0", "cpu power socket 0", "CPU Power Socket -1"}) {
        EXPECT_FALSE(parse_grace_label(text)) << text;
    }
}

TEST_F(Hwmon, ScmiZonesAreTakenByTheirNames) {
    const std::string zone = "/sys/class/powercap/arm-scmi-powercap:";
    host_.set(zone + "0/name", "soc\n");
    host_.set(zone + "0/power_uw", "45000000\n");
    host_.set(zone + "0:0/name", "cluster0\n");
    host_.set(zone + "0:0/power_uw", "30000000\n");
    host_.set(zone + "1/name", "ddr\n");
    host_.set(zone + "1/power_uw", "5000000\n");
    host_.set(zone + "2/name", "cpu-rail\n");
    host_.set(zone + "2/power_uw", "31000000\n");
    const OpenedSource source = open_scmi(context());
    ASSERT_NE(source.probe, nullptr);
    EXPECT_THAT(device_ids(*source.probe), ElementsAre("cpu0", "dram0"));
    EXPECT_THAT(watts(*source.probe), ElementsAre(45.0, 5.0)) << "the rail is inside the chip";
}

TEST_F(Hwmon, OfScmiZonesThatHoldOneAnotherTheWidestCounts) {
    const std::string zone = "/sys/class/powercap/arm-scmi-powercap:";
    int number = 0;
    for (const char* name : {"cpu", "cluster0", "cluster1", "core0", "core1"}) {
        const std::string folder = zone + std::to_string(number++);
        host_.set(folder + "/name", std::string{name} + "\n");
        host_.set(folder + "/power_uw", "30000000\n");
    }
    OpenedSource source = open_scmi(context());
    EXPECT_THAT(watts(*source.probe), ElementsAre(30.0));
    EXPECT_THAT(source.reports.front().why, HasSubstr("as inside cpu: cluster0, cluster1, core0, core1"));
    for (const char* name : {"soc", "package"}) {
        const std::string folder = zone + std::to_string(number++);
        host_.set(folder + "/name", std::string{name} + "\n");
        host_.set(folder + "/power_uw", "45000000\n");
    }
    EXPECT_THAT(watts(*open_scmi(context()).probe), ElementsAre(45.0));
}

TEST_F(Hwmon, AllChannelsOfAChipAreFound) {
    host_.set("/sys/class/hwmon/hwmon1/name", "scmi_sensors\n");
    for (int i = 1; i <= 40; ++i) {
        const std::string channel = "/sys/class/hwmon/hwmon1/power" + std::to_string(i);
        host_.set(channel + "_input", "1000000\n");
        host_.set(channel + "_label", "core" + std::to_string(i) + "\n");
    }
    EXPECT_THAT(watts(*open_scmi(context()).probe), ElementsAre(40.0));
}

TEST_F(Hwmon, ASocketWithoutItsSensorIsMissingAndSaid) {
    add_grace();
    add_meter(4, "CPU Power Socket 1", "100000000");
    add_meter(5, "SysIO Power Socket 1", "20000000");
    const OpenedSource source = open_grace(context());
    EXPECT_THAT(device_ids(*source.probe), ElementsAre("cpu0", "dram0"));
    EXPECT_THAT(source.warnings, ::testing::Contains(HasSubstr("1 of 2 sockets show their power")));
    std::vector<NodeMeter> meters;
    const SourceContext here = context();
    find_grace_modules(here, list_hwmon(host_), meters);
    ASSERT_EQ(meters.size(), 1U);
    EXPECT_FALSE(meters.front().open) << "one module is not the machine";
    EXPECT_THAT(meters.front().report.why, HasSubstr("1 of 2 modules"));
}

TEST_F(Hwmon, FirmwareSensorsThatMayNotBeReadAreNamed) {
    host_.set(folder_of(0) + "/name", "scmi_sensors\n");
    host_.set(folder_of(0) + "/power1_label", "soc\n");
    host_.set(folder_of(0) + "/power1_input", "45000000\n");
    host_.fail(folder_of(0) + "/power1_input", Code::kPermission);
    const SourceReport report = open_scmi(context()).reports.front();
    EXPECT_EQ(report.state, SourceState::kRefused);
    EXPECT_THAT(report.remedies,
                ElementsAre("sudo chmod a+r /sys/class/hwmon/hwmon0/power1_input   # until the next boot"));
    host_.heal(folder_of(0) + "/power1_input");
    host_.set(folder_of(0) + "/power1_input", "none\n");
    EXPECT_THAT(open_scmi(context()).reports.front().remedies, IsEmpty());
}

TEST_F(Hwmon, FirmwareNamesThatTellNothingAreListedAndNotCounted) {
    host_.set(folder_of(0) + "/name", "scmi_sensors\n");
    host_.set(folder_of(0) + "/power1_label", "VDD_X1\n");
    host_.set(folder_of(0) + "/power1_input", "1000000\n");
    const OpenedSource source = open_scmi(context());
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_EQ(source.reports.front().state, SourceState::kAvailable);
    EXPECT_THAT(source.reports.front().why, HasSubstr("VDD_X1"));
}

TEST_F(Hwmon, WordsOfRails) {
    EXPECT_EQ(rail_word("SoC power"), RailWord::kSoc);
    EXPECT_EQ(rail_word("big cluster"), RailWord::kCluster);
    EXPECT_EQ(rail_word("CPU core-12"), RailWord::kCore);
    EXPECT_EQ(rail_word("pkg_pwr"), RailWord::kPackage);
    EXPECT_EQ(rail_word("score"), RailWord::kOther) << "no word of it is core";
    EXPECT_EQ(rail_word("DDR0"), RailWord::kMemory);
    EXPECT_EQ(rail_word("SYS_POW"), RailWord::kOther);
    EXPECT_EQ(rail_word("VDD_CPU_GPU_CV"), RailWord::kOther);
    EXPECT_EQ(rail_word(""), RailWord::kOther);
}

TEST_F(Hwmon, RailsOfABoardAreListedAndNotCounted) {
    host_.set(folder_of(1) + "/name", "smpro_hwmon\n");
    host_.set(folder_of(1) + "/power2_input", "1000000\n");
    host_.set(folder_of(1) + "/power2_label", "power2 SoC\n");
    const OpenedSource source = report_other_sensors(context());
    ASSERT_EQ(source.reports.size(), 1U);
    EXPECT_EQ(source.reports[0].name, "hwmon-smpro_hwmon");
    EXPECT_THAT(source.reports[0].why, HasSubstr("power2 SoC"));
}

TEST_F(Hwmon, AShortWindowIsAnInstantAndALongOneAStep) {
    EXPECT_EQ(power_spec(Seconds{0.05}, Seconds{1.0}, Watts{10.0}).window, Seconds{0.0});
    EXPECT_EQ(power_spec(Seconds{1.0}, Seconds{1.0}, Watts{10.0}).window, Seconds{1.0});
    EXPECT_EQ(power_spec(Seconds{1.0}, Seconds{1.0}, Watts{10.0}).max_gap, Seconds{3.0});
    EXPECT_EQ(power_spec(Seconds{1.0}, Seconds{10.0}, Watts{10.0}).max_gap, Seconds{25.0});
}

}  // namespace
}  // namespace gramme::probe
