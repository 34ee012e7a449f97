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
    EXPECT_EQ(remainder_of_machine(host)->kind, "gpu-server");
    host.gpu_models.pop_back();
    EXPECT_EQ(remainder_of_machine(host)->kind, "server");
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
    EXPECT_THAT(f.remainder->from.chosen, HasSubstr("meter of the whole machine"));
}

}  // namespace
}  // namespace gramme::estimate
