// Intel GPUs on a made-up machine whose counters move.
#include "probe/intel_gpu.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "meter/device_meter.hpp"
#include "probe/drm_clients.hpp"

namespace gramme::probe {
namespace {

using ::testing::HasSubstr;

class Everybody final : public JobMembers {
public:
    [[nodiscard]] bool contains(int pid) const override { return pid != 1; }
};

class IntelGpus : public ::testing::Test {
protected:
    testing::FakeHost host;
    refdata::Tables tables;
    HostFacts facts;
    DiscoverOptions options;
    OpenedSource source;

    void SetUp() override { host.set_seconds(1000.0); }
    /// `name`: of its monitoring chip; empty: none.
    std::string add_card(int number, const std::string& address, const std::string& name) {
        const std::string folder = "/sys/devices/pci0000:00/" + address;
        host.set(folder + "/vendor", "0x8086\n");
        host.set(folder + "/device", "0xe20b\n");
        host.link("/sys/class/drm/card" + std::to_string(number) + "/device", folder);
        host.set("/sys/class/drm/card" + std::to_string(number) + "/dev", "226:0\n");
        if (!name.empty()) {
            host.set(folder + "/hwmon/hwmon5/name", name + "\n");
            host.set(folder + "/hwmon/hwmon5/energy1_input", "1000000\n");
        }
        return folder;
    }
    void open() { source = open_intel_gpus({host, tables, facts, options}); }
    std::vector<Reading> sample() {
        ReadingBuffer buffer{16};
        source.probe->sample(buffer);
        return {buffer.readings().begin(), buffer.readings().end()};
    }
    [[nodiscard]] Device device(std::size_t index = 0) const { return source.probe->device(index).device; }
};

TEST_F(IntelGpus, TheCardIsCountedAndItsPackageNotBesideIt) {
    const std::string folder = add_card(0, "0000:03:00.0", "xe");
    host.set(folder + "/hwmon/hwmon5/energy2_input", "700000\n");
    open();
    ASSERT_EQ(source.probe->device_count(), 1U);
    meter::DeviceMeter meter{source.probe->device(0).meter, Scope::kMachine, host.now().boot_ns};
    (void)meter.add(sample()[0], {});
    host.set(folder + "/hwmon/hwmon5/energy1_input", "151000000\n");
    host.set(folder + "/hwmon/hwmon5/energy2_input", "100700000\n");
    host.set_seconds(1001.0);
    EXPECT_DOUBLE_EQ(meter.add(sample()[0], {}).energy.value(), 150.0);
    EXPECT_EQ(device().id, "intelgpu0");
    EXPECT_EQ(device().name, "Intel GPU 0xe20b");
    EXPECT_EQ(device().quality, Quality::kMeasured);
}

TEST_F(IntelGpus, ACounterThatStandsStillIsUnknownAndNotZero) {
    const std::string folder = add_card(0, "0000:03:00.0", "xe");
    open();
    meter::DeviceMeter meter{source.probe->device(0).meter, Scope::kMachine, host.now().boot_ns};
    (void)meter.add(sample()[0], {});
    host.set_seconds(1001.0);
    (void)meter.add(sample()[0], {});
    EXPECT_EQ(meter.failed_reads(), 0U);
    host.set_seconds(1003.0);
    (void)meter.add(sample()[0], {});
    EXPECT_EQ(meter.failed_reads(), 1U);
    host.set(folder + "/hwmon/hwmon5/energy1_input", "151000000\n");
    host.set_seconds(1004.0);
    EXPECT_DOUBLE_EQ(meter.add(sample()[0], {}).energy.value(), 150.0);
}

TEST_F(IntelGpus, ThePackageAloneIsNamedSo) {
    const std::string folder = add_card(0, "0000:03:00.0", "xe");
    host.remove(folder + "/hwmon/hwmon5/energy1_input");
    host.set(folder + "/hwmon/hwmon5/energy2_input", "700000\n");
    options.scope = Scope::kMachine;
    open();
    EXPECT_EQ(sample()[0].raw, 700'000U);
    EXPECT_THAT(device().name, HasSubstr("without its memory"));
    EXPECT_THAT(source.probe->warnings().at(0), HasSubstr("package only"));
}

TEST_F(IntelGpus, AControlCharacterIsNoPartOfAName) {
    const std::string folder = add_card(0, "0000:03:00.0", "xe");
    host.set(folder + "/device", "0xe2\x1f-0b\n");
    open();
    EXPECT_EQ(device().name, "Intel GPU 0xe2-0b");
}

/// i915 has a chip for each GT beside that of the card; they come first in the order of names here.
TEST_F(IntelGpus, TheChipsOfGtsAreNotTheCards) {
    const std::string folder = add_card(0, "0000:03:00.0", "i915");
    host.set(folder + "/hwmon/hwmon3/name", "i915_gt0\n");
    host.set(folder + "/hwmon/hwmon3/energy1_input", "5\n");
    open();
    EXPECT_EQ(sample()[0].raw, 1'000'000U);
}

TEST_F(IntelGpus, OnlyNumberedFoldersAreChips) {
    const std::string folder = add_card(0, "0000:03:00.0", "xe");
    host.set(folder + "/hwmon/hwmon$(reboot)/name", "xe\n");
    host.set(folder + "/hwmon/hwmon$(reboot)/energy1_input", "5\n");  // the first by name
    open();
    EXPECT_EQ(sample()[0].raw, 1'000'000U);
}

TEST_F(IntelGpus, GraphicsOfTheProcessorAreInItsPackage) {
    add_card(0, "0000:00:02.0", "");
    open();
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_EQ(source.reports.at(0).state, SourceState::kAbsent);
    EXPECT_THAT(source.reports[0].why, HasSubstr("in the package of the CPU"));
}

TEST_F(IntelGpus, ACardWithoutCounterIsUnknownAndNotZero) {
    add_card(0, "0000:03:00.0", "");
    options.scope = Scope::kMachine;
    open();
    EXPECT_EQ(sample()[0].kind, ReadingKind::kFailed);
    EXPECT_THAT(source.reports[0].why, HasSubstr("xe does from Linux 6.5 on"));
}

TEST_F(IntelGpus, ADeniedCounterIsRefusedWithTheCommand) {
    const std::string folder = add_card(0, "0000:03:00.0", "xe");
    host.fail(folder + "/hwmon/hwmon5/energy1_input", Code::kPermission);
    options.scope = Scope::kMachine;
    open();
    EXPECT_EQ(sample()[0].failure, "permission denied on the energy counter of this Intel GPU");
    EXPECT_EQ(source.reports[0].state, SourceState::kRefused);
    EXPECT_THAT(source.reports[0].remedies.at(0),
                HasSubstr("sudo chmod a+r /sys/class/drm/card0/device/hwmon"));
}

TEST_F(IntelGpus, TheMaskCountsTilesUnlessItIsToldNotTo) {
    const std::string folder = add_card(0, "0000:03:00.0", "xe");
    add_card(1, "0000:04:00.0", "xe");
    host.set(folder + "/tile0/gt0/x", "");
    host.set(folder + "/tile1/gt1/x", "");
    host.set_env("ZE_AFFINITY_MASK", "1");  // the second tile of the first card
    open();
    EXPECT_EQ(device(0).membership, Membership::kIn);
    EXPECT_EQ(device(1).membership, Membership::kOut);
    host.set_env("ZE_FLAT_DEVICE_HIERARCHY", "COMPOSITE");
    open();
    EXPECT_EQ(device(0).membership, Membership::kOut);
    EXPECT_EQ(device(1).membership, Membership::kIn);
}

TEST_F(IntelGpus, AJobThatUsedAnEngineHasThatCard) {
    add_card(0, "0000:03:00.0", "xe");
    add_card(1, "0000:04:00.0", "xe");
    host.set("/proc/self/stat", "1 (gramme) S 0");
    host.set("/proc/self/task/1/children", "42 43 ");
    const std::string idle =
        "drm-driver:\txe\ndrm-pdev:\t0000:03:00.0\ndrm-cycles-ccs:\t0\ndrm-engine-capacity-ccs:\t4\n";
    host.set("/proc/42/fdinfo/5", idle);
    host.set("/proc/43/fdinfo/9", "pos:\t0\ndrm-pdev:\t0000:04:00.0\ndrm-engine-compute:\t81234 ns\n");
    const Everybody members;
    options.members = &members;
    open();
    host.set_seconds(1000.3);
    (void)sample();
    EXPECT_EQ(source.probe->membership(0), Membership::kUnknown);
    EXPECT_EQ(source.probe->membership(1), Membership::kIn);
}

TEST(UsedGpu, OnlyTimeOnAnEngineIsUse) {
    EXPECT_EQ(used_gpu("drm-pdev: 0000:03:00.0\ndrm-engine-render: 0 ns\ndrm-engine-compute: 12 ns\n"),
              "0000:03:00.0");
    EXPECT_EQ(used_gpu("drm-pdev: 0000:03:00.0\ndrm-engine-capacity-compute: 4\n"), "");
    EXPECT_EQ(used_gpu("drm-engine-compute: 12 ns\n"), "");
    EXPECT_EQ(used_gpu("drm-pdev: 0000:03:00.0\ndrm-engine-compute: many\n"), "");
}

}  // namespace
}  // namespace gramme::probe
