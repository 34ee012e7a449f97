// The unmeasured rest of a machine: the example of its page, and where it is not known.
#include "estimate/remainder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "estimate/estimate.hpp"
#include "ledgers.hpp"

namespace gramme::estimate {
namespace {

using ::testing::HasSubstr;

/// A measured run of an hour in which `energy_j` of the CPU were used, `job_j` by the job.
Footprint run_on(const HostFacts& host, double energy_j, double job_j, bool asked = true) {
    RunRecord run;
    run.host = host;
    run.duration_s = 3600.0;
    run.with_remainder = asked;
    Ledger ledger;
    gramme::testing::add(
        ledger, gramme::testing::device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.03, "rapl-package"),
        3600.0, energy_j, job_j);
    Factors factors;
    factors.pue.value = 1.5;
    factors.intensity.value = GramsPerKilowattHour{400.0};
    return footprint_of(run, ledger, factors, refdata::Tables{});
}

HostFacts machine(const std::string& chassis) {
    HostFacts host;
    host.chassis = chassis;
    return host;
}

TEST(Remainder, OfADesktopHoldsWhatAWallMeterFound) {
    // docs/method/remainder.md: 25 W x 3600 s / 0.88 + 0.35 kWh x (1 / 0.88 - 1)
    const Footprint f = run_on(machine("desktop"), 1.26e6, 1.26e6);
    ASSERT_TRUE(f.remainder && f.remainder->energy_kwh && f.remainder->kgco2e);
    EXPECT_NEAR(f.remainder->energy_kwh->value, 0.0761364, 5e-8);
    EXPECT_NEAR(f.remainder->energy_kwh->low, 0.055, 5e-4);
    EXPECT_NEAR(f.remainder->energy_kwh->high, 0.114, 5e-4);
    EXPECT_LT(f.remainder->energy_kwh->low, 0.086);
    EXPECT_GT(f.remainder->energy_kwh->high, 0.086);
    EXPECT_NEAR(f.remainder->kgco2e->value, 0.0761364 * 1.5 * 0.4, 5e-8);
    EXPECT_NEAR(f.remainder->loss_sigma, 0.164, 5e-4);
}

TEST(Remainder, IsNeverPartOfTheHeadline) {
    const Footprint with = run_on(machine("desktop"), 1.26e6, 1.26e6);
    const Footprint without = run_on(machine("desktop"), 1.26e6, 1.26e6, false);
    EXPECT_FALSE(without.remainder);
    EXPECT_EQ(with.energy_kwh->value, without.energy_kwh->value);
    EXPECT_EQ(with.operational_kgco2e->value, without.operational_kgco2e->value);
    EXPECT_EQ(with.operational_kgco2e->high, without.operational_kgco2e->high);
}

TEST(Remainder, JobThatSharesTheMachineHasItsShareOfTheBoard) {
    const Footprint f = run_on(machine("server"), 1.26e6, 0.315e6);  // a quarter
    // 60 W x 3600 s x 0.25 / 0.94 + 0.0875 kWh x (1 / 0.94 - 1) = 0.0159574 + 0.0055851
    EXPECT_NEAR(f.remainder->energy_kwh->value, 0.0215425, 5e-7);
    EXPECT_DOUBLE_EQ(f.remainder->share, 0.25);
}

TEST(Remainder, EightGpusMakeAnotherServer) {
    HostFacts host = machine("server");
    host.gpu_models.assign(8, "NVIDIA H100");
    const refdata::Tables tables;
    EXPECT_EQ(remainder_of_machine(host, tables)->kind, "gpu-server");
    host.gpu_models.pop_back();
    EXPECT_EQ(remainder_of_machine(host, tables)->kind, "server");
}

TEST(Remainder, WhatIsNotKnownIsNotZero) {
    HostFacts guest = machine("");
    guest.virtualisation = "kvm";
    for (const HostFacts& host : {guest, machine("")}) {
        const Footprint f = run_on(host, 1e6, 1e6);
        ASSERT_TRUE(f.remainder);
        EXPECT_FALSE(f.remainder->energy_kwh);
        EXPECT_FALSE(f.remainder->kgco2e);
    }
    EXPECT_THAT(run_on(guest, 1e6, 1e6).remainder->from.chosen, HasSubstr("virtual machine"));
    EXPECT_THAT(run_on(guest, 1e6, 1e6).remainder->from.chosen, HasSubstr("`gramme calibrate`"));
    EXPECT_THAT(run_on(machine(""), 1e6, 1e6).remainder->from.chosen, HasSubstr("`gramme calibrate`"));
    EXPECT_THAT(run_on(machine("desktop"), -1.0, 0.0).remainder->from.chosen, HasSubstr("not known"));
}

TEST(Remainder, AJobThatUsedNothingOfABusyMachineHasNone) {
    EXPECT_EQ(run_on(machine("server"), 1e6, 0.0).remainder->energy_kwh->value, 0.0);
    const Footprint still = run_on(machine("server"), 0.0, 0.0);  // whose machine it was cannot be told
    EXPECT_FALSE(still.remainder->energy_kwh);
}

TEST(Remainder, AMeterOfTheWholeMachineHoldsIt) {
    RunRecord run;
    run.host = machine("server");
    run.with_remainder = true;
    Ledger ledger;
    gramme::testing::add(
        ledger, gramme::testing::device("node", DeviceKind::kPlatform, Quality::kMeasured, 0.03, "ipmi"),
        10.0, 1e4, 1e4);
    const Footprint f = footprint_of(run, ledger, Factors{}, refdata::Tables{});
    EXPECT_FALSE(f.remainder->energy_kwh);
    EXPECT_THAT(f.remainder->from.chosen, HasSubstr("whole machine"));
}

TEST(Remainder, OfAMeterThatHoldsAPartOfTheMachineItIsNotKnown) {
    RunRecord run;
    run.host = machine("server");
    run.with_remainder = true;
    for (const char* method : {"rapl-psys", "grace-module-power", "jetson-module-power"}) {
        Ledger ledger;
        gramme::testing::add(
            ledger, gramme::testing::device("host0", DeviceKind::kPlatform, Quality::kMeasured, 0.2, method),
            10.0, 1e4, 1e4);
        const Footprint f = footprint_of(run, ledger, Factors{}, refdata::Tables{});
        EXPECT_FALSE(f.remainder->energy_kwh);
        EXPECT_THAT(f.remainder->from.chosen, HasSubstr("not known")) << method;
        EXPECT_THAT(f.not_covered, ::testing::Contains("fans and power supply")) << method;
    }
}

/// An hour with a counter of the CPU on a machine whose wall a meter showed.
Footprint metered(Quality quality, double suspended_s = 0.0) {
    RunRecord run;
    run.host = machine("");
    run.duration_s = 3600.0 + suspended_s;
    run.suspended_s = suspended_s;
    run.with_remainder = true;
    run.measured_rest = MeasuredRest{45.0, 0.9, 0.1, "2026-11-25T09:00:00Z"};
    Ledger ledger;
    gramme::testing::add(ledger,
                         gramme::testing::device("cpu0", DeviceKind::kCpu, quality, 0.0, "rapl-package"),
                         3600.0, 1.8e6, 1.8e6);
    return footprint_of(run, ledger, Factors{}, refdata::Tables{});
}

TEST(Remainder, WhatAMeterShowedGoesBeforeTheKindOfMachine) {
    // docs/method/wall-meter.md: 45 W x 3600 s / 0.9 = 0.05 kWh, 0.5 kWh x (1 / 0.9 - 1) = 0.0555556 kWh;
    // both from one meter: exp(1.96 x 0.1) = 1.21654
    const auto remainder = metered(Quality::kMeasured).remainder;
    ASSERT_TRUE(remainder && remainder->energy_kwh);
    EXPECT_NEAR(remainder->energy_kwh->value, 0.1055556, 5e-8);
    EXPECT_NEAR(remainder->energy_kwh->high, 0.1055556 * 1.21654, 2e-6);
    EXPECT_NEAR(remainder->energy_kwh->low, 0.1055556 / 1.21654, 2e-6);
    EXPECT_EQ(remainder->from.chosen, "measured here with a power meter 2026-11-25");
    EXPECT_EQ(remainder->from.source, "docs/method/wall-meter.md");
}

TEST(Remainder, OfAMeterNeedsTheCountersThatItStoodBeside) {
    const auto remainder = metered(Quality::kModelled).remainder;
    EXPECT_FALSE(remainder->energy_kwh);
    EXPECT_THAT(remainder->from.chosen, HasSubstr("no chassis"));
}

TEST(Remainder, ASuspendedMachineHasNone) {
    const auto with = metered(Quality::kMeasured, 7200.0).remainder;
    EXPECT_DOUBLE_EQ(with->duration_s, 3600.0);
    EXPECT_DOUBLE_EQ(with->energy_kwh->value, metered(Quality::kMeasured).remainder->energy_kwh->value);
}

TEST(Remainder, ASupplyWithoutLossHasABaseOnly) {
    RunRecord run;
    run.duration_s = 3600.0;
    run.with_remainder = true;
    run.measured_rest = MeasuredRest{45.0, 1.0, 0.1, "2026-11-25T09:00:00Z"};
    Ledger ledger;
    gramme::testing::add(
        ledger, gramme::testing::device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.0, "rapl-package"),
        3600.0, 1.8e6, 1.8e6);
    EXPECT_NEAR(footprint_of(run, ledger, Factors{}, refdata::Tables{}).remainder->energy_kwh->value, 0.045,
                1e-12);
}

}  // namespace
}  // namespace gramme::estimate
