// The sum over a ledger: scopes, boundary, gaps, quality, interval, what dominates.
#include <gtest/gtest.h>

#include "estimate/estimate.hpp"
#include "ledgers.hpp"

namespace gramme::estimate {
namespace {

using gramme::testing::add;
using gramme::testing::add_gap;
using gramme::testing::device;

Factors factors(double pue, double pue_sigma, double intensity, double intensity_sigma) {
    Factors out;
    out.pue.value = pue;
    out.pue.sigma_ln = pue_sigma;
    out.intensity.value = GramsPerKilowattHour{intensity};
    out.intensity.sigma_ln = intensity_sigma;
    return out;
}

Footprint footprint(const Ledger& ledger, const Factors& with = factors(1.5, 0.0, 400.0, 0.0),
                    Scope scope = Scope::kJob) {
    RunRecord run;
    run.scope = scope;
    return footprint_of(run, ledger, with, refdata::Tables{});
}

const Device kCpu = device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.03, "rapl-package");
const Device kMemory = device("dram0", DeviceKind::kMemory, Quality::kModelled, 0.40, "memory-model");

TEST(Footprint, MultipliesEnergyByPueAndIntensity) {
    Ledger ledger;
    add(ledger, kCpu, 100.0, 3.6e6, 3.6e6);  // 1 kWh
    const Footprint f = footprint(ledger);
    ASSERT_TRUE(f.energy_kwh && f.facility_energy_kwh && f.operational_kgco2e);
    EXPECT_DOUBLE_EQ(f.energy_kwh->value, 1.0);
    EXPECT_DOUBLE_EQ(f.facility_energy_kwh->value, 1.5);
    EXPECT_DOUBLE_EQ(f.operational_kgco2e->value, 0.6);      // 1.5 kWh x 0.4 kg
    EXPECT_NEAR(f.energy_kwh->high, 1.06056, 1e-5);          // exp(1.96 x 0.03)
    EXPECT_NEAR(f.operational_kgco2e->low, 0.565737, 1e-6);  // 0.6 x exp(-0.0588)
}

TEST(Footprint, OperationalSigmaIsTheRootOfTheSumOfSquares) {
    Ledger ledger;
    add(ledger, device("cpu0", DeviceKind::kCpu, Quality::kModelled, 0.24, "cpu-model"), 10.0, 3.6e6, 3.6e6);
    // 0.24^2 + 0.18^2 + 0.40^2 = 0.0576 + 0.0324 + 0.16 = 0.25: sigma 0.5, exp(0.98) = 2.664456
    const Footprint f = footprint(ledger, factors(1.54, 0.18, 458.0, 0.40));
    EXPECT_NEAR(f.operational_kgco2e->high / f.operational_kgco2e->value, 2.664456, 1e-6);
    EXPECT_NEAR(f.operational_kgco2e->value / f.operational_kgco2e->low, 2.664456, 1e-6);
}

TEST(Footprint, ScopesTakeTheirShareOfTheSameWindow) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 3600.0, 1800.0, 360.0);  // 1 Wh; job 0.5, nobody 0.1, others 0.4
    EXPECT_DOUBLE_EQ(footprint(ledger).energy_kwh->value, 0.0005);
    // The meter has split by the allocation's CPU time and reservation: what it calls the job's is the
    // allocation's.
    EXPECT_DOUBLE_EQ(footprint(ledger, factors(1, 0, 1, 0), Scope::kAllocation).energy_kwh->value, 0.0005);
    // So it has by the scope: of a machine all is the "job's", but for what flowed while a program asked not
    // to be measured.
    EXPECT_DOUBLE_EQ(footprint(ledger, factors(1, 0, 1, 0), Scope::kMachine).energy_kwh->value, 0.0005);
    EXPECT_NEAR(footprint(ledger).parts[0].others.value(), 1440.0, 1e-9);
}

TEST(Footprint, SharingACpuWidensTheJobsInterval) {
    Ledger alone;
    add(alone, kCpu, 10.0, 3600.0, 3600.0);
    Ledger shared;
    add(shared, kCpu, 10.0, 3600.0, 720.0);
    EXPECT_NEAR(footprint(alone).energy_kwh->high / footprint(alone).energy_kwh->value, 1.06056, 1e-5);
    // others used 4/5 of what was used: 0.10 x 0.8 = 0.08; sqrt(0.03^2 + 0.08^2) = 0.085440; exp(0.167462)
    // = 1.18230
    EXPECT_NEAR(footprint(shared).energy_kwh->high / footprint(shared).energy_kwh->value, 1.18230, 1e-5);
}

TEST(Footprint, WindowsOfOneDeviceShareItsGainError) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 1.8e6, 1.8e6);
    Window second = ledger.windows[0];
    second.from_ns = second.to_ns;
    second.to_ns *= 2;
    ledger.windows.push_back(second);
    const Footprint f = footprint(ledger);
    EXPECT_NEAR(f.energy_kwh->high, 1.06056, 1e-5);  // not narrower than one window: 0.03, not 0.03 / sqrt(2)
    EXPECT_DOUBLE_EQ(f.parts[0].covered_s, 20.0);
}

TEST(Footprint, PartsAddUpToTheTotal) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 1e6, 7e5, 1e5);
    add(ledger, kMemory, 10.0, 2e5, 2e5);
    const Footprint f = footprint(ledger);
    double sum = 0.0;
    for (const Part& part : f.parts) {
        sum += part.energy_kwh->value;
    }
    EXPECT_DOUBLE_EQ(f.energy_kwh->value, sum);
}

TEST(Footprint, NothingKnownIsNotZero) {
    const Footprint empty = footprint(Ledger{});
    EXPECT_FALSE(empty.energy_kwh);
    EXPECT_FALSE(empty.facility_energy_kwh);
    EXPECT_FALSE(empty.operational_kgco2e);
    EXPECT_TRUE(empty.equivalences.empty());

    Ledger gap_only;
    add(gap_only, kCpu, 10.0, -1.0, 0.0);
    add_gap(gap_only, 0, 0.0, 10.0, "permission denied");
    const Footprint f = footprint(gap_only);
    EXPECT_FALSE(f.energy_kwh);
    ASSERT_EQ(f.parts.size(), 1U);
    EXPECT_FALSE(f.parts[0].energy_kwh);
    EXPECT_DOUBLE_EQ(f.parts[0].gap_s, 10.0);
}

TEST(Footprint, AnIdleJobIsATrueZero) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 100.0, 0.0);
    ASSERT_TRUE(footprint(ledger).energy_kwh);
    EXPECT_EQ(footprint(ledger).energy_kwh->value, 0.0);
    EXPECT_EQ(footprint(ledger).operational_kgco2e->high, 0.0);
}

TEST(Footprint, OfATrueZeroTheWeakestPartSaysHowItIsKnownAndNothingMakesItWide) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 100.0, 0.0);
    const Footprint measured = footprint(ledger, factors(1.5, 0.1, 400.0, 0.2));
    EXPECT_EQ(measured.quality, Quality::kMeasured);
    EXPECT_FALSE(measured.dominant);
    add(ledger, kMemory, 10.0, 100.0, 0.0);
    EXPECT_EQ(footprint(ledger).quality, Quality::kModelled);
    add(ledger, kCpu, 10.0, 3.6e6, 3.6e6);
    EXPECT_EQ(footprint(ledger).quality, Quality::kMeasured) << "memory of no share decides nothing";
    EXPECT_FALSE(footprint(ledger, factors(1.5, 0.1, 0.0, 0.2)).dominant) << "a grid of 0 g/kWh";
}

TEST(Footprint, ACounterThatStoodStillUntilItWasLostSaysNothing) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 0.0, 0.0);
    add_gap(ledger, 0, 10.0, 70.0, "the driver was lost");
    const Footprint lost = footprint(ledger);
    EXPECT_FALSE(lost.energy_kwh);
    EXPECT_FALSE(lost.operational_kgco2e);
    EXPECT_FALSE(lost.parts.at(0).energy_kwh);
    EXPECT_TRUE(lost.equivalences.empty());

    add(ledger, kMemory, 70.0, 36.0, 36.0);
    const Footprint other = footprint(ledger);
    EXPECT_FALSE(other.parts.at(0).energy_kwh);
    EXPECT_DOUBLE_EQ(other.energy_kwh->value, 1e-5) << "what the others drew is known";
}

TEST(Footprint, CountersThatStoodStillMakeNoZeroOfWhatWasLost) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 0.0, 0.0);
    ASSERT_TRUE(footprint(ledger).energy_kwh) << "nothing is missing";
    EXPECT_EQ(footprint(ledger).energy_kwh->value, 0.0);
    add(ledger, device("gpu0", DeviceKind::kGpu, Quality::kMeasured, 0.045, "nvml:A100"), 10.0, -1.0, 0.0);
    add_gap(ledger, 1, 0.0, 10.0, "GPU is lost");
    EXPECT_FALSE(footprint(ledger).energy_kwh);
    EXPECT_FALSE(footprint(ledger).operational_kgco2e);
}

TEST(Footprint, LeavesOutDevicesThatAreNotTheJobs) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 100.0, 100.0);
    Device gpu = device("gpu1", DeviceKind::kGpu, Quality::kMeasured, 0.045, "nvml:A100");
    gpu.membership = Membership::kOut;
    gpu.membership_reason = "CUDA_VISIBLE_DEVICES";
    add(ledger, gpu, 10.0, 5000.0, 5000.0);
    gpu.id = "gpu2";
    gpu.membership = Membership::kUnknown;
    add(ledger, gpu, 10.0, 5000.0, 5000.0);
    add_gap(ledger, 1, 1.0, 2.0, "not the job's");
    const Footprint f = footprint(ledger);
    EXPECT_DOUBLE_EQ(f.energy_kwh->value, 100.0 / 3.6e6);
    ASSERT_EQ(f.left_out.size(), 2U);
    EXPECT_EQ(f.left_out[0].device.id, "gpu1");
    EXPECT_DOUBLE_EQ(f.left_out[0].device_energy.value(), 5000.0);
    EXPECT_FALSE(f.left_out[0].energy_kwh);  // in the scope of the run it has none
    EXPECT_TRUE(f.gaps.empty());
    EXPECT_EQ(footprint(ledger, factors(1, 0, 1, 0), Scope::kMachine).left_out.size(), 0U);
}

TEST(Footprint, KeepsGapsOfCountedDevices) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 100.0, 100.0);
    add_gap(ledger, 0, 10.0, 70.5, "permission denied");
    const Footprint f = footprint(ledger);
    ASSERT_EQ(f.gaps.size(), 1U);
    EXPECT_EQ(f.gaps[0].device, "cpu0");
    EXPECT_DOUBLE_EQ(f.gaps[0].from_s, 10.0);
    EXPECT_DOUBLE_EQ(f.gaps[0].to_s, 70.5);
    EXPECT_DOUBLE_EQ(f.parts[0].gap_s, 60.5);
}

TEST(Footprint, WeakestPartThatMattersDecidesTheQuality) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 1000.0, 1000.0);
    add(ledger, kMemory, 10.0, 9.0, 9.0);  // 0.9 %: does not matter
    EXPECT_EQ(footprint(ledger).quality, Quality::kMeasured);
    add(ledger, kMemory, 10.0, 20.0, 20.0);  // 1.9 %
    EXPECT_EQ(footprint(ledger).quality, Quality::kModelled);
}

TEST(Footprint, APartWithAGapMattersHoweverSmall) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 1000.0, 1000.0);
    add(ledger, kMemory, 10.0, 1.0, 1.0);
    add_gap(ledger, 1, 1.0, 9.0, "no reading");
    EXPECT_EQ(footprint(ledger).quality, Quality::kModelled);
}

TEST(Footprint, SaysWhatItDoesNotCover) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 100.0, 100.0);
    EXPECT_EQ(footprint(ledger).not_covered,
              (std::vector<std::string>{"network", "memory", "storage", "fans and power supply"}));
    add(ledger, kMemory, 10.0, 100.0, 100.0);
    EXPECT_EQ(footprint(ledger).not_covered,
              (std::vector<std::string>{"network", "storage", "fans and power supply"}));
    Ledger wall;
    add(wall, device("host", DeviceKind::kPlatform, Quality::kMeasured, 0.03, "meter"), 10.0, 100.0, 100.0);
    EXPECT_EQ(footprint(wall).not_covered, std::vector<std::string>{"network"});
}

TEST(Footprint, AWindowWithoutADeviceIsShownNotDropped) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 100.0, 100.0);
    ledger.windows.push_back(ledger.windows[0]);
    ledger.windows[1].device = 2;
    const Footprint f = footprint(ledger);
    EXPECT_DOUBLE_EQ(f.energy_kwh->value, 100.0 / 3.6e6);
    ASSERT_EQ(f.left_out.size(), 2U);
    EXPECT_EQ(f.left_out[1].device.id, "device2");
    EXPECT_EQ(f.left_out[1].device.membership_reason, "its description was lost");
}

TEST(Dominant, NamesTheWidestInputAndARemedy) {
    Ledger ledger;
    add(ledger, kCpu, 10.0, 1000.0, 1000.0);
    Factors wide = factors(1.54, 0.18, 458.0, 0.80);
    wide.intensity.region_known = false;
    // 0.64 / (0.64 + 0.0324 + 0.0009) = 95.05 %
    const Footprint f = footprint(ledger, wide);
    ASSERT_TRUE(f.dominant);
    EXPECT_EQ(f.dominant->factor, "intensity");
    EXPECT_NEAR(f.dominant->share_pct, 95.05, 0.01);
    EXPECT_NE(f.dominant->remedy.find("--region"), std::string::npos);
}

TEST(Dominant, AddsUpTheDevicesOfOneGroup) {
    Ledger ledger;
    add(ledger, device("cpu0", DeviceKind::kCpu, Quality::kModelled, 0.3, "cpu-model"), 10.0, 500.0, 500.0);
    add(ledger, device("cpu1", DeviceKind::kCpu, Quality::kModelled, 0.3, "cpu-model"), 10.0, 500.0, 500.0);
    // together 0.09 against the PUE's 0.0625: 59.0 %; each alone would be below it
    const Footprint f = footprint(ledger, factors(1.5, 0.25, 50.0, 0.0));
    EXPECT_EQ(f.dominant->factor, "cpu-model");
    EXPECT_NEAR(f.dominant->share_pct, 59.0, 0.1);
    EXPECT_NE(f.dominant->remedy.find("gramme doctor"), std::string::npos);
}

TEST(Dominant, IsAbsentWhereNothingIsUncertain) {
    Ledger ledger;
    add(ledger, device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.0, ""), 10.0, 500.0, 500.0);
    EXPECT_FALSE(footprint(ledger).dominant);
}

}  // namespace
}  // namespace gramme::estimate
