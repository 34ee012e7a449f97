// gramme's own joules: the example of docs/method/own-energy.md, and the model where the machine was idle.
#include "estimate/own_energy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledgers.hpp"

namespace gramme::estimate {
namespace {

using ::testing::HasSubstr;

RunRecord run_with(double own_cpu_s) {
    RunRecord run;
    run.own_cpu_s = own_cpu_s;
    run.host.cpu_count = 16;
    run.host.microarchitecture = "zen3-milan";
    return run;
}

/// Two measured packages of 3000 J in 10 s, the machine busy for `busy_cpu_s`.
Ledger packages(double busy_cpu_s) {
    Ledger ledger;
    for (const char* id : {"cpu0", "cpu1"}) {
        gramme::testing::add(
            ledger, gramme::testing::device(id, DeviceKind::kCpu, Quality::kMeasured, 0.03, "rapl-package"),
            10.0, 3000.0, 3000.0);
        ledger.windows.back().busy_cpu_s = busy_cpu_s;
    }
    return ledger;
}

TEST(OwnEnergy, MeasuredPackagePerBusySecond) {
    const auto own = own_energy(run_with(0.02), packages(120.0), refdata::Tables{});
    ASSERT_TRUE(own);
    EXPECT_DOUBLE_EQ(own->energy.value(), 1.0);  // 6000 J / 120 s = 50 W; 0.02 s x 50 W
    EXPECT_THAT(own->from, HasSubstr("50.00 W per busy hardware thread, measured"));
}

TEST(OwnEnergy, ModelWhereTheMachineWasIdleOrNothingWasMeasured) {
    const refdata::Tables tables;
    const double watts = tables.cpu_power("zen3-milan").full_w_per_thread;
    for (const Ledger& ledger : {packages(2.0), Ledger{}}) {
        const auto own = own_energy(run_with(0.5), ledger, tables);
        ASSERT_TRUE(own);
        EXPECT_DOUBLE_EQ(own->energy.value(), 0.5 * watts);
        EXPECT_THAT(own->from, HasSubstr("modelled: zen3-milan"));
    }
    RunRecord stranger = run_with(0.5);
    stranger.host.microarchitecture.clear();
    EXPECT_THAT(own_energy(stranger, Ledger{}, tables)->from, HasSubstr("an average server"));
}

TEST(OwnEnergy, UnknownCpuSecondsAreNoEnergy) {
    EXPECT_FALSE(own_energy(run_with(0.0), packages(120.0), refdata::Tables{}));
}

}  // namespace
}  // namespace gramme::estimate
