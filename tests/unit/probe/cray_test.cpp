#include "probe/cray.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "meter/device_meter.hpp"

namespace gramme::probe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kFolder = "/sys/cray/pm_counters/";

class CrayNode : public ::testing::Test {
protected:
    CrayNode() {
        facts_.cpu_count = 128;
        facts_.cpu_sockets = 1;
        facts_.chassis = "server";
        show(1000, 600, 100);
        host_.set(kFolder + "startup", "1404220000000000\n");
    }
    /// Joules of node, CPU and memory; each call is a tenth of a second later by the controller's clock.
    void show(std::uint64_t node, std::uint64_t cpu, std::uint64_t memory) {
        stamp_us_ += 100'000;
        const std::string stamp = " J " + std::to_string(stamp_us_) + " us\n";
        host_.set(kFolder + "energy", std::to_string(node) + stamp);
        host_.set(kFolder + "cpu_energy", std::to_string(cpu) + stamp);
        host_.set(kFolder + "memory_energy", std::to_string(memory) + stamp);
    }
    [[nodiscard]] SourceContext context() { return {host_, tables_, facts_, options_}; }
    /// Readings of the parts at this time.
    std::vector<Reading> read(Probe& probe, double at_s) {
        host_.set_seconds(at_s);
        ReadingBuffer buffer{8};
        probe.sample(buffer);
        return {buffer.readings().begin(), buffer.readings().end()};
    }

    testing::FakeHost host_;
    refdata::Tables tables_;
    HostFacts facts_;
    DiscoverOptions options_;
    std::uint64_t stamp_us_ = 1'404'223'150'000'000;
};

TEST_F(CrayNode, CpuAndMemoryAreCountersOfJoules) {
    const OpenedSource source = open_cray_parts(context());
    ASSERT_NE(source.probe, nullptr);
    EXPECT_THAT(device_ids(*source.probe), ElementsAre("cpu0", "dram0"));
    EXPECT_THAT(source.reports.front().devices, ElementsAre("cpu0", "dram0"));
    show(1100, 660, 110);
    const auto readings = read(*source.probe, 1.0);
    EXPECT_EQ(readings[0].raw, 660U);
    EXPECT_EQ(readings[1].raw, 110U);
    const auto spec = std::get<meter::CounterSpec>(source.probe->device(0).meter.energy);
    EXPECT_DOUBLE_EQ(spec.per_count.value(), 1.0);
    EXPECT_EQ(spec.range, 0U);
}

TEST_F(CrayNode, WhatRaplCountsIsNotCountedAgain) {
    SourceContext counted = context();
    counted.cpu_covered = true;
    EXPECT_THAT(device_ids(*open_cray_parts(counted).probe), ElementsAre("dram0"));
    counted.memory_covered = true;
    const OpenedSource source = open_cray_parts(counted);
    EXPECT_EQ(source.probe, nullptr);
    EXPECT_EQ(source.reports.front().state, SourceState::kAvailable);
}

TEST_F(CrayNode, ADeniedCounterIsSaidWithItsCommandBesideTheOther) {
    host_.fail(kFolder + "cpu_energy", Code::kPermission);
    const OpenedSource source = open_cray_parts(context());
    ASSERT_NE(source.probe, nullptr);
    const SourceReport& report = source.reports.front();
    EXPECT_EQ(report.state, SourceState::kUsed);
    EXPECT_THAT(report.devices, ElementsAre("dram0"));
    EXPECT_EQ(report.why, "/sys/cray/pm_counters/cpu_energy: permission denied");
    EXPECT_THAT(report.remedies,
                ElementsAre("sudo chmod a+r /sys/cray/pm_counters/cpu_energy   # until the next boot"));
}

TEST_F(CrayNode, WhereAllAreDeniedItIsRefused) {
    for (const char* file : {"energy", "cpu_energy", "memory_energy"}) {
        host_.fail(kFolder + file, Code::kPermission);
    }
    const SourceReport parts = open_cray_parts(context()).reports.front();
    EXPECT_EQ(parts.state, SourceState::kRefused);
    EXPECT_THAT(parts.remedies,
                ElementsAre(HasSubstr("pm_counters/cpu_energy /sys/cray/pm_counters/memory")));
    options_.scope = Scope::kMachine;
    const SourceReport node = open_node_meter_first(context()).reports.front();
    EXPECT_EQ(node.state, SourceState::kRefused);
    EXPECT_THAT(node.remedies, ElementsAre(HasSubstr("chmod a+r /sys/cray/pm_counters/energy ")));
}

TEST_F(CrayNode, WhatIsNoEnergyNeedsNoRight) {
    host_.set(kFolder + "cpu_energy", "660 W\n");
    host_.set(kFolder + "memory_energy", "\n");
    const SourceReport report = open_cray_parts(context()).reports.front();
    EXPECT_EQ(report.state, SourceState::kAbsent);
    EXPECT_THAT(report.why, HasSubstr("cpu_energy: not an energy with its time; "));
    EXPECT_THAT(report.remedies, IsEmpty());
}

TEST_F(CrayNode, ARestartIsAGapAlsoWhereTheNewCountIsHigher) {
    const OpenedSource source = open_cray_parts(context());
    meter::DeviceMeter meter{source.probe->device(0).meter, Scope::kMachine, 0};
    (void)meter.add(read(*source.probe, 0.0)[0], {});
    show(1100, 700, 110);
    EXPECT_DOUBLE_EQ(meter.add(read(*source.probe, 1.0)[0], {}).energy.value(), 100.0);
    show(5000, 750, 500);  // anew, and already above where it stood
    host_.set(kFolder + "startup", "1404225000000000\n");
    const Reading failed = read(*source.probe, 2.0)[0];
    EXPECT_EQ(failed.kind, ReadingKind::kFailed);
    EXPECT_EQ(failed.failure, "pm_counters began anew");
    (void)meter.add(failed, {});
    show(5100, 800, 510);
    const meter::MeterStep gap = meter.add(read(*source.probe, 3.0)[0], {});
    EXPECT_EQ(gap.kind, meter::MeterStep::Kind::kGap);
    EXPECT_EQ(gap.from_ns, 1'000'000'000);
    show(5200, 890, 520);
    const meter::MeterStep after = meter.add(read(*source.probe, 4.0)[0], {});
    EXPECT_EQ(after.kind, meter::MeterStep::Kind::kWindow);
    EXPECT_DOUBLE_EQ(after.energy.value(), 90.0);
}

TEST_F(CrayNode, ACounterThatIsNotRenewedFails) {
    const OpenedSource source = open_cray_parts(context());
    EXPECT_EQ(read(*source.probe, 1.0)[0].kind, ReadingKind::kCounter);
    EXPECT_EQ(read(*source.probe, 5.0)[0].kind, ReadingKind::kCounter);
    const Reading stale = read(*source.probe, 7.0)[0];
    EXPECT_EQ(stale.kind, ReadingKind::kFailed);
    EXPECT_EQ(stale.failure, "pm_counters are not renewed");
    show(1100, 600, 100);  // renewed, though nothing was used
    EXPECT_EQ(read(*source.probe, 8.0)[0].kind, ReadingKind::kCounter);
}

TEST_F(CrayNode, WhatIsNoEnergyWithItsTimeFails) {
    const OpenedSource source = open_cray_parts(context());
    host_.set(kFolder + "cpu_energy", "660 W 1404223150000000 us\n");
    EXPECT_EQ(read(*source.probe, 1.0)[0].failure, "not an energy with its time");
    EXPECT_EQ(read(*source.probe, 1.0)[1].kind, ReadingKind::kCounter);
}

TEST_F(CrayNode, TheNodeHoldsEverything) {
    std::vector<NodeMeter> meters;
    const SourceContext here = context();
    find_cray_node(here, meters);
    ASSERT_EQ(meters.size(), 1U);
    EXPECT_TRUE(meters[0].holds_gpus);
    const auto probe = meters[0].open(meters[0].report);
    ASSERT_NE(probe, nullptr);
    EXPECT_EQ(probe->device(0).device.kind, DeviceKind::kPlatform);
    EXPECT_EQ(read(*probe, 1.0)[0].raw, 1000U);
}

TEST_F(CrayNode, AcceleratorsAreCountedForTheMachineOnlyAndWhereNothingElseGivesThem) {
    host_.set(kFolder + "accel0_energy", "70 J 1404223150000000 us\n");
    host_.set(kFolder + "accel1_energy", "80 J 1404223150000000 us\n");
    EXPECT_EQ(open_cray_accelerators(context()).probe, nullptr);
    options_.scope = Scope::kMachine;
    EXPECT_THAT(device_ids(*open_cray_accelerators(context()).probe), ElementsAre("gpu0", "gpu1"));
    SourceContext counted = context();
    counted.gpus_counted = true;
    EXPECT_EQ(open_cray_accelerators(counted).probe, nullptr);
    counted.gpus_counted = false;
    counted.gpus_covered = true;
    EXPECT_EQ(open_cray_accelerators(counted).probe, nullptr);
}

/// Its stamp is renewed, its energy is not: a board without an accelerator in that place, or one that is not
/// counted.
TEST_F(CrayNode, AnAcceleratorThatNeverCountsIsUnknownAndNotZero) {
    host_.set(kFolder + "accel0_energy", "0 J 1404223150000000 us\n");
    options_.scope = Scope::kMachine;
    const OpenedSource source = open_cray_accelerators(context());
    meter::DeviceMeter meter{source.probe->device(0).meter, Scope::kMachine, 0};
    for (const int second : {1, 3, 5, 7}) {
        host_.set(kFolder + "accel0_energy", "0 J 140422315" + std::to_string(second) + "000000 us\n");
        (void)meter.add(read(*source.probe, second)[0], {});
    }
    EXPECT_EQ(meter.failed_reads(), 1U);  // at 7 s: 6 s after it was first seen
}

TEST_F(CrayNode, WithoutTheFolderNothingIsSaid) {
    testing::FakeHost other;
    const SourceContext elsewhere{other, tables_, facts_, options_};
    EXPECT_THAT(open_cray_parts(elsewhere).reports, IsEmpty());
    std::vector<NodeMeter> meters;
    find_cray_node(elsewhere, meters);
    EXPECT_TRUE(meters.empty());
}

TEST(CrayEnergy, IsJoulesWithTheirTime) {
    const auto energy = parse_cray_energy("164571 J 1404223150000000 us\n");
    ASSERT_TRUE(energy);
    EXPECT_EQ(energy->joules, 164'571U);
    EXPECT_EQ(energy->stamp_us, 1'404'223'150'000'000U);
    EXPECT_TRUE(parse_cray_energy("0 J 0 us"));
    for (const char* text :
         {"", "164571", "164571 J", "164571 W 1404223150000000 us", "-1 J 1404223150000000 us",
          "1.5 J 1404223150000000 us", "164571 J 1404223150000000 ms", "164571 J 1404223150000000 us x",
          " 164571 J 1404223150000000 us", "164571  J 1404223150000000 us",
          "164571 J 1404223150000000 us\n\n", "99999999999999999999 J 1404223150000000 us"}) {
        EXPECT_FALSE(parse_cray_energy(text)) << text;
    }
}

}  // namespace
}  // namespace gramme::probe
