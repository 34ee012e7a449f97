// Neuron devices and TPUs: named as unmeasured, modelled where a figure is known, never 0.
#include "probe/unmeasured.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "meter/device_meter.hpp"

namespace gramme::probe {
namespace {

using ::testing::HasSubstr;

TEST(NeuronPower, IsTheLastOfThreePercentages) {
    const auto power = parse_neuron_power("POWER_STATUS_VALID,1760000000,11.20,63.75,41.02\n");
    ASSERT_TRUE(power);
    EXPECT_EQ(power->at_s, 1'760'000'000U);
    EXPECT_DOUBLE_EQ(power->mean_percent, 41.02);
    for (const char* text :
         {"", "POWER_STATUS_NO_DATA,0,0.00,0.00,0.00", "POWER_STATUS_VALID,1,2,3",
          "POWER_STATUS_VALID,1,2,3,101", "POWER_STATUS_VALID,1,2,3,-4", "POWER_STATUS_VALID,x,2,3,4",
          "POWER_STATUS_VALID,1,2,3,nan", "POWER_STATUS_VALID,1,2,3,4x", "POWER_STATUS_VALID,1,2,3,"}) {
        EXPECT_FALSE(parse_neuron_power(text)) << text;
    }
}

class Everyone final : public JobMembers {
public:
    [[nodiscard]] bool contains(int pid) const override { return pid == 42; }
};

class Unmeasured : public ::testing::Test {
protected:
    testing::FakeHost host;
    refdata::Tables tables;
    HostFacts facts;
    DiscoverOptions options;
    OpenedSource source;

    void SetUp() override {
        host.set_seconds(1000.0);
        options.scope = Scope::kMachine;
    }
    [[nodiscard]] SourceContext context() const { return {host, tables, facts, options}; }
    Reading at(double seconds) {
        host.set_seconds(1000.0 + seconds);
        ReadingBuffer buffer{16};
        source.probe->sample(buffer);
        return buffer.readings()[0];
    }
    void add_neuron() {
        const std::string folder = "/sys/devices/virtual/neuron_device/neuron0";
        host.set(folder + "/info/architecture/device_name", "Trainium1\n");
        host.set(folder + "/stats/power/utilization", "POWER_STATUS_VALID,1760000000,11.20,63.75,40.00\n");
    }
    void know_a_maximum() {
        const std::pair<std::string, std::string> own{
            "gpus.csv",
            "id,vendor,name,aliases,memory_gb,devices_per_board,"
            "board_limit_w,idle_w,source,idle_source,note\n"
            "mine,AWS,AWS Trainium1,,32,1,200,,aws-neuron-docs,,\n"};
        auto made = refdata::Tables::with_overrides({&own, 1});
        ASSERT_TRUE(made) << made.error().what;
        tables = *std::move(made);
    }
};

TEST_F(Unmeasured, WithoutAMaximumANeuronDeviceIsUnknownAndNotZero) {
    add_neuron();
    source = open_neuron(context());
    const Reading reading = at(1.0);
    EXPECT_EQ(reading.kind, ReadingKind::kFailed);
    EXPECT_EQ(reading.failure, "Neuron: the maximum power of this device is not known");
    EXPECT_EQ(source.reports.at(0).state, SourceState::kRefused);
    EXPECT_THAT(source.reports[0].remedies.at(0), HasSubstr("a row named \"AWS Trainium1\""));
    EXPECT_EQ(source.probe->device(0).device.id, "neuron0");
}

TEST_F(Unmeasured, ADeniedPowerIsNotOneThatTheDriverDoesNotTell) {
    add_neuron();
    know_a_maximum();
    host.fail("/sys/devices/virtual/neuron_device/neuron0/stats/power/utilization", Code::kPermission);
    source = open_neuron(context());
    EXPECT_EQ(at(1.0).failure, "Neuron: permission denied on the power of this device");
}

/// 40 % of 200 W.
TEST_F(Unmeasured, AMaximumOfOnesOwnMakesAModel) {
    add_neuron();
    know_a_maximum();
    source = open_neuron(context());
    EXPECT_DOUBLE_EQ(at(1.0).value, 80.0);
    EXPECT_EQ(source.probe->device(0).device.quality, Quality::kModelled);
    EXPECT_EQ(source.reports.at(0).state, SourceState::kUsed);
}

TEST_F(Unmeasured, APowerThatIsNotRenewedIsNoPower) {
    add_neuron();
    know_a_maximum();
    source = open_neuron(context());
    (void)at(0.0);
    EXPECT_EQ(at(140.0).kind, ReadingKind::kPower);
    EXPECT_EQ(at(160.0).kind, ReadingKind::kFailed);
}

void add_tpu(testing::FakeHost& host, const std::string& device) {
    host.set("/sys/class/accel/accel0/device/vendor", "0x1ae0\n");
    host.set("/sys/class/accel/accel0/device/device", device + "\n");
}

/// 170 W, the mean of the table, for ten seconds.
TEST_F(Unmeasured, ATpuOfAKnownKindHasItsMeanPower) {
    add_tpu(host, "0x005e");
    source = open_tpus(context());
    meter::DeviceMeter meter{source.probe->device(0).meter, Scope::kMachine, host.now().boot_ns};
    (void)meter.add(at(0.0), {});
    EXPECT_NEAR(meter.add(at(10.0), {}).energy.value(), 1700.0, 1e-6);
    EXPECT_THAT(source.probe->warnings().at(0), HasSubstr("170 W as measured on average"));
    EXPECT_EQ(source.probe->device(0).device.quality, Quality::kModelled);
}

TEST_F(Unmeasured, OneWithoutAPublishedMeanIsUnknown) {
    add_tpu(host, "0x0063");
    source = open_tpus(context());
    EXPECT_EQ(at(1.0).kind, ReadingKind::kFailed);
    EXPECT_THAT(source.reports.at(0).remedies.at(0), HasSubstr("gramme estimate --device google-tpu"));
}

TEST_F(Unmeasured, TheVariableTellsV2FromV3) {
    add_tpu(host, "0x0027");
    host.set_env("TPU_ACCELERATOR_TYPE", "v3-8");
    source = open_tpus(context());
    EXPECT_THAT(source.probe->warnings().at(0), HasSubstr("220 W"));
}

TEST_F(Unmeasured, ANetworkCardOfTheSameMakerIsNoTpu) {
    host.set("/sys/bus/pci/devices/0000:00:05.0/vendor", "0x1ae0\n");
    host.set("/sys/bus/pci/devices/0000:00:05.0/device", "0x0042\n");
    host.set("/dev/vfio/vfio", "");
    source = open_tpus(context());
    EXPECT_EQ(source.probe, nullptr);
    host.set("/sys/bus/pci/devices/0000:00:06.0/vendor", "0x1ae0\n");
    host.set("/sys/bus/pci/devices/0000:00:06.0/device", "0x0063\n");
    source = open_tpus(context());
    EXPECT_EQ(source.probe->device_count(), 1U);
}

TEST_F(Unmeasured, AJobThatHasTheDeviceOpenHasIt) {
    add_neuron();
    know_a_maximum();
    const Everyone members;
    options.members = &members;
    options.scope = Scope::kJob;
    host.set("/proc/self/task/1/children", "42\n");
    host.set("/dev/neuron0", "");
    source = open_neuron(context());
    (void)at(0.3);
    EXPECT_EQ(source.probe->membership(0), Membership::kUnknown);
    host.link("/proc/42/fd/7", "/dev/neuron0");
    (void)at(0.6);
    EXPECT_EQ(source.probe->membership(0), Membership::kIn);
}

}  // namespace
}  // namespace gramme::probe
