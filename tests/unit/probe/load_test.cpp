#include "probe/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "meter/load_model.hpp"

namespace gramme::probe {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kGibibyte = 1U << 30U;

class Load : public ::testing::Test {
protected:
    Load() {
        host_.set("/proc/stat", "cpu 100 0 0 100 0 0 0 50\n");
        facts_.cpu_vendor = "AuthenticAMD";
        facts_.cpu_model = "AMD EPYC";
        facts_.cpu_family = 25;
        facts_.cpu_model_number = 17;
        facts_.microarchitecture = std::string{tables_.microarchitecture("AuthenticAMD", 25, 17, 1)};
        facts_.cpu_count = 2;
        facts_.cpu_sockets = 1;
        facts_.memory_bytes = 8 * kGibibyte;
        facts_.virtualisation = "kvm";
    }
    OpenedSource open(bool cpu_covered = false, bool memory_covered = false) {
        return open_load({host_, tables_, facts_, options_, cpu_covered, memory_covered});
    }
    static meter::LoadModel model_of(const ProbedDevice& device) {
        return std::get<meter::LoadModel>(device.meter.energy);
    }

    testing::FakeHost host_;
    refdata::Tables tables_;
    HostFacts facts_;
    DiscoverOptions options_;
};

TEST_F(Load, TheCurveOfAWallMeterStandsForTheWholeMachine) {
    meter::WallCurve curve;
    curve.idle = Watts{62.1};
    curve.full = Watts{214.3};
    curve.bend = 1.5;
    curve.sigma = 0.105;
    curve.wall_ns = 1'795'597'200'000'000'000;
    options_.wall_curve = &curve;
    const OpenedSource source = open();
    ASSERT_NE(source.probe, nullptr);
    ASSERT_EQ(source.probe->device_count(), 1U) << "CPU and memory are in it";
    const ProbedDevice host = source.probe->device(0);
    EXPECT_EQ(host.device.id, "host0");
    EXPECT_EQ(host.device.kind, DeviceKind::kPlatform);
    EXPECT_EQ(host.device.method, "wall-meter-curve");
    EXPECT_EQ(host.device.quality, Quality::kModelled);
    EXPECT_EQ(host.device.name, "wall meter 2026-11-25: 62.1 W idle to 214.3 W full");
    EXPECT_DOUBLE_EQ(host.device.gain_sigma, 0.105);
    EXPECT_DOUBLE_EQ(model_of(host).idle.value(), 62.1);
    EXPECT_DOUBLE_EQ(model_of(host).full.value(), 214.3);
    EXPECT_DOUBLE_EQ(model_of(host).bend, 1.5);
    EXPECT_DOUBLE_EQ(model_of(host).clock_exponent, 0.0) << "the clock is in the curve";
    EXPECT_DOUBLE_EQ(model_of(host).cpus, 2.0);
    EXPECT_DOUBLE_EQ(host.meter.idle_power.value(), 62.1) << "split as the CPU is";
    EXPECT_EQ(source.probe->report().name, "wall-meter-curve");
}

TEST_F(Load, TheCurveOfAWallMeterIsNeverBesideACounter) {
    meter::WallCurve curve;
    curve.idle = Watts{62.1};
    curve.full = Watts{214.3};
    options_.wall_curve = &curve;
    EXPECT_EQ(open(true, true).probe, nullptr);
    const OpenedSource without_memory = open(true, false);
    ASSERT_EQ(without_memory.probe->device_count(), 1U);
    EXPECT_EQ(without_memory.probe->device(0).device.id, "dram0");
    const OpenedSource without_cpu = open(false, true);
    ASSERT_EQ(without_cpu.probe->device_count(), 1U);
    EXPECT_EQ(without_cpu.probe->device(0).device.id, "cpu0");
    EXPECT_EQ(open(true, true).reports.back().state, SourceState::kAvailable);
}

TEST_F(Load, AVirtualMachineIsItsShareOfTheSocket) {
    const OpenedSource source = open();
    ASSERT_NE(source.probe, nullptr);
    ASSERT_EQ(source.probe->device_count(), 2U);
    const ProbedDevice cpu = source.probe->device(0);
    const auto curve = tables_.cpu_power(facts_.microarchitecture);
    ASSERT_FALSE(curve.generic);
    EXPECT_EQ(cpu.device.id, "cpu0");
    EXPECT_EQ(cpu.device.quality, Quality::kModelled);
    EXPECT_EQ(cpu.device.method, "cpu-load-model");
    EXPECT_EQ(cpu.device.name, "AMD EPYC (" + facts_.microarchitecture + "), 2 of the host's threads");
    EXPECT_DOUBLE_EQ(model_of(cpu).idle.value(), 2.0 * curve.idle_w_per_thread);
    EXPECT_DOUBLE_EQ(model_of(cpu).full.value(), 2.0 * curve.full_w_per_thread);
    EXPECT_DOUBLE_EQ(model_of(cpu).cpus, 2.0);
    EXPECT_DOUBLE_EQ(model_of(cpu).bend, meter::kPackageBend);
    EXPECT_DOUBLE_EQ(cpu.device.gain_sigma, curve.sigma_ln);
    EXPECT_TRUE(source.warnings.empty());
}

TEST_F(Load, AKnownNameGivesTheRatedPowerOfEverySocket) {
    facts_.virtualisation.clear();
    facts_.cpu_model = "AMD EPYC 7763 64-Core Processor";
    facts_.microarchitecture = "zen3-milan";
    facts_.cpu_count = 256;
    facts_.cpu_sockets = 2;
    const ProbedDevice cpu = open().probe->device(0);
    const auto curve = tables_.cpu_power("zen3-milan");
    EXPECT_EQ(cpu.device.name, "AMD EPYC 7763 64-Core Processor (zen3-milan), 256 threads, TDP 2 x 280 W");
    EXPECT_DOUBLE_EQ(model_of(cpu).idle.value(), 560.0 * curve.idle_per_tdp);
    EXPECT_DOUBLE_EQ(model_of(cpu).full.value(), 560.0 * curve.full_per_tdp);
    EXPECT_DOUBLE_EQ(cpu.meter.idle_power.value(), model_of(cpu).idle.value());
    EXPECT_NEAR(cpu.device.gain_sigma, 0.344093, 1e-6);  // no clock to be seen: sqrt(0.28^2 + 0.2^2)
}

TEST_F(Load, AGuestThatShowsItsNameIsAShareOfTheRatedPower) {
    facts_.cpu_model = "AMD EPYC 7763 64-Core Processor";
    facts_.microarchitecture = "zen3-milan";
    const ProbedDevice cpu = open().probe->device(0);
    const auto curve = tables_.cpu_power("zen3-milan");
    EXPECT_EQ(cpu.device.name,
              "AMD EPYC 7763 64-Core Processor (zen3-milan), 2 of the host's threads, TDP 280 W");
    EXPECT_NEAR(model_of(cpu).full.value(), 280.0 * curve.full_per_tdp * 2.0 / 128.0, 1e-12);
    EXPECT_DOUBLE_EQ(cpu.device.gain_sigma, 0.28);
}

TEST_F(Load, ARatedPowerWithoutACurveIsNotAnUnknownCpu) {
    facts_.virtualisation.clear();
    facts_.cpu_model = "AMD Ryzen 9 5950X 16-Core Processor";
    facts_.microarchitecture = "zen3-client";
    facts_.cpu_count = 32;
    const OpenedSource source = open();
    EXPECT_NEAR(model_of(source.probe->device(0)).full.value(), 103.95, 1e-9);  // 0.99 x 105 W
    EXPECT_TRUE(source.warnings.empty());
}

TEST_F(Load, HandsOnTheBusySecondsOfItsLastSampleOnly) {
    host_.set("/proc/stat", "cpu  700 0 50 1000 0 0 0 0 0 0\n");
    const OpenedSource source = open();
    EXPECT_FALSE(source.probe->machine_busy_s()) << "nothing is read yet";
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    EXPECT_DOUBLE_EQ(source.probe->machine_busy_s().value(), 7.5);
    host_.fail("/proc/stat", Code::kIo);
    source.probe->sample(buffer);
    EXPECT_FALSE(source.probe->machine_busy_s()) << "a failed read leaves no old number behind";
}

TEST_F(Load, AClockThatIsShownIsReadWithTheLoad) {
    facts_.virtualisation.clear();
    facts_.cpu_model = "Intel(R) Xeon(R) CPU E3-1270 V2 @ 3.50GHz";
    host_.set("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1750000\n");
    const OpenedSource source = open();
    EXPECT_DOUBLE_EQ(source.probe->device(0).device.gain_sigma, 0.28);
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    EXPECT_DOUBLE_EQ(buffer.readings()[0].clock.value(), 0.5);
    host_.fail("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", Code::kIo);
    source.probe->sample(buffer);
    EXPECT_EQ(buffer.readings()[2].kind, ReadingKind::kLoad);
    EXPECT_FALSE(buffer.readings()[2].clock);
}

TEST_F(Load, MemoryOfAVirtualMachineIsAFractionOfAModule) {
    const auto memory = tables_.memory_power(true);
    const ProbedDevice device = open().probe->device(1);
    const double modules = 8.0 / memory.gb_per_module;
    EXPECT_EQ(device.device.id, "dram0");
    EXPECT_EQ(device.device.kind, DeviceKind::kMemory);
    EXPECT_DOUBLE_EQ(model_of(device).idle.value(), modules * memory.idle_w_per_module);
    EXPECT_DOUBLE_EQ(model_of(device).full.value(),
                     modules * (memory.idle_w_per_module + memory.busy_w_per_module));
    EXPECT_DOUBLE_EQ(device.device.gain_sigma, 0.40);
}

TEST_F(Load, MemoryOfRealHardwareIsWholeModules) {
    facts_.virtualisation.clear();
    facts_.chassis = "server";
    const auto memory = tables_.memory_power(true);
    EXPECT_DOUBLE_EQ(model_of(open().probe->device(1)).idle.value(),
                     memory.idle_w_per_module);  // never below one
    // a little less than twice the capacity of a module, as the firmware leaves it
    facts_.memory_bytes =
        static_cast<std::uint64_t>((2.0 * memory.gb_per_module - 1.0) * static_cast<double>(kGibibyte));
    EXPECT_DOUBLE_EQ(model_of(open().probe->device(1)).idle.value(), 2.0 * memory.idle_w_per_module);
}

TEST_F(Load, ReadsBusySecondsWithoutSteal) {
    const OpenedSource source = open();
    host_.set_seconds(3.0);
    host_.set("/proc/stat", "cpu 700 0 0 100 0 0 0 999\n");
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    ASSERT_EQ(buffer.readings().size(), 2U);
    for (const Reading& reading : buffer.readings()) {
        EXPECT_EQ(reading.kind, ReadingKind::kLoad);
        EXPECT_DOUBLE_EQ(reading.value, 7.0);
        EXPECT_EQ(reading.at_ns, 3'000'000'000);
    }
}

TEST_F(Load, ModelsOnlyWhatIsNotMeasured) {
    const OpenedSource memory_only = open(true, false);
    ASSERT_EQ(memory_only.probe->device_count(), 1U);
    EXPECT_EQ(memory_only.probe->device(0).device.kind, DeviceKind::kMemory);
    EXPECT_EQ(memory_only.reports[0].state, SourceState::kAvailable);
    EXPECT_EQ(memory_only.reports[1].state, SourceState::kUsed);
    const OpenedSource cpu_only = open(false, true);
    ASSERT_EQ(cpu_only.probe->device_count(), 1U);
    EXPECT_EQ(cpu_only.probe->device(0).device.kind, DeviceKind::kCpu);
    EXPECT_EQ(open(true, true).probe, nullptr);
}

TEST_F(Load, CpuAndMemoryAreIndependentGroups) {
    const auto source = open();
    EXPECT_NE(source.probe->device(0).device.group, source.probe->device(1).device.group);
}

TEST_F(Load, AnUnknownCpuIsModelledWithAWarning) {
    facts_.microarchitecture.clear();
    const OpenedSource source = open();
    EXPECT_EQ(source.probe->device(0).device.quality, Quality::kModelled);
    EXPECT_THAT(source.probe->device(0).device.name, HasSubstr("generic curve"));
    ASSERT_EQ(source.warnings.size(), 1U);
    EXPECT_THAT(source.warnings[0], HasSubstr("AuthenticAMD family 25 model 17"));
}

TEST_F(Load, WithoutLoadHalfIsAssumedAndSaid) {
    host_.remove("/proc/stat");
    const OpenedSource source = open();
    const ProbedDevice cpu = source.probe->device(0);
    EXPECT_EQ(cpu.device.quality, Quality::kAssumed);
    const auto curve = tables_.cpu_power(facts_.microarchitecture);
    // g(0.5) = ln 3.5 / ln 6
    const double expected = 2.0 * (curve.idle_w_per_thread +
                                   0.6991803252671503 * (curve.full_w_per_thread - curve.idle_w_per_thread));
    EXPECT_NEAR(model_of(cpu).idle.value(), expected, 1e-9);
    EXPECT_NEAR(model_of(cpu).full.value(), expected, 1e-9);
    EXPECT_GT(cpu.device.gain_sigma, curve.sigma_ln);
    ASSERT_EQ(source.warnings.size(), 1U);
    EXPECT_THAT(source.warnings[0], HasSubstr("half load is assumed"));
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    EXPECT_EQ(buffer.readings()[0].kind, ReadingKind::kLoad);
}

TEST_F(Load, ALostProcStatIsAFailedRead) {
    const OpenedSource source = open();
    host_.fail("/proc/stat", Code::kIo);
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    EXPECT_EQ(buffer.readings()[0].kind, ReadingKind::kFailed);
    EXPECT_EQ(buffer.readings()[0].failure, "cannot read /proc/stat");
}

TEST_F(Load, UnknownSizesAreGapsNeverZeros) {
    facts_.cpu_count = 0;
    facts_.memory_bytes = 0;
    const OpenedSource source = open();
    EXPECT_EQ(source.warnings.size(), 2U);
    ReadingBuffer buffer{8};
    source.probe->sample(buffer);
    ASSERT_EQ(buffer.readings().size(), 2U);
    EXPECT_EQ(buffer.readings()[0].failure, "number of CPUs unknown");
    EXPECT_EQ(buffer.readings()[1].failure, "size of memory unknown");
}

}  // namespace
}  // namespace gramme::probe
