#include "meter/package_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gramme::meter {
namespace {

const refdata::CpuPowerCurve kCurve{.microarchitecture = "some-lake",
                                    .source = "",
                                    .note = "",
                                    .idle_w_per_thread = 0.5,
                                    .full_w_per_thread = 3.0,
                                    .sigma_ln = 0.4,
                                    .idle_per_tdp = 0.1,
                                    .full_per_tdp = 0.9,
                                    .sigma_ln_per_tdp = 0.28};

refdata::Cpu cpu_of(double tdp_w, int cores, int threads) {
    refdata::Cpu cpu;
    cpu.vendor = "Intel";
    cpu.tdp_w = tdp_w;
    cpu.cores = cores;
    cpu.threads = threads;
    return cpu;
}

TEST(PackageModel, AKnownTdpGivesTheScale) {
    const PackageModel model =
        package_model(kCurve, cpu_of(200.0, 24, 48), {.cpus = 48, .packages = 1, .clock_visible = true});
    EXPECT_TRUE(model.by_tdp);
    EXPECT_DOUBLE_EQ(model.load.idle.value(), 20.0);   // 0.1 x 200 W
    EXPECT_DOUBLE_EQ(model.load.full.value(), 180.0);  // 0.9 x 200 W
    EXPECT_DOUBLE_EQ(model.sigma_ln, 0.28);
    EXPECT_DOUBLE_EQ(model.load.cpus, 48.0);
    EXPECT_DOUBLE_EQ(model.load.bend, kPackageBend);
    EXPECT_DOUBLE_EQ(model.load.clock_exponent, kClockExponent);
}

TEST(PackageModel, EverySocketCounts) {
    const PackageModel two =
        package_model(kCurve, cpu_of(200.0, 24, 48), {.cpus = 96, .packages = 2, .clock_visible = true});
    EXPECT_DOUBLE_EQ(two.load.full.value(), 360.0);  // 2 x 0.9 x 200 W
    const PackageModel unsaid =
        package_model(kCurve, cpu_of(200.0, 24, 48), {.cpus = 48, .packages = 0, .clock_visible = true});
    EXPECT_DOUBLE_EQ(unsaid.load.full.value(), 180.0);  // one
}

TEST(PackageModel, RealHardwareWithFewerThreadsIsStillTheWholePackage) {
    const PackageModel model =  // SMT switched off
        package_model(kCurve, cpu_of(200.0, 24, 48), {.cpus = 24, .packages = 1, .clock_visible = true});
    EXPECT_DOUBLE_EQ(model.load.full.value(), 180.0);
}

TEST(PackageModel, AVirtualMachineIsItsThreadsShareOfTheSocket) {
    const PackageModel model =
        package_model(kCurve, cpu_of(200.0, 24, 48), {.cpus = 4, .packages = 1, .shared = true});
    EXPECT_TRUE(model.by_tdp);
    EXPECT_NEAR(model.load.idle.value(), 20.0 / 12.0, 1e-12);  // 4 of 48 threads
    EXPECT_NEAR(model.load.full.value(), 15.0, 1e-12);         // 180 W / 12
    EXPECT_DOUBLE_EQ(model.sigma_ln, 0.28);                    // no guest sees the clock of its host
}

TEST(PackageModel, ThreadsThatAreNotListedAreTwoToACore) {
    EXPECT_DOUBLE_EQ(threads_of(cpu_of(200.0, 24, 0)).value(), 48.0);
    EXPECT_DOUBLE_EQ(threads_of(cpu_of(200.0, 24, 24)).value(), 24.0);
    EXPECT_FALSE(threads_of(cpu_of(200.0, 0, 0)));
    refdata::Cpu graviton = cpu_of(200.0, 64, 0);
    graviton.vendor = "AWS";
    EXPECT_DOUBLE_EQ(threads_of(graviton).value(), 64.0);
}

TEST(PackageModel, AnUnknownTdpGoesByThreads) {
    for (const auto& cpu : {std::optional<refdata::Cpu>{}, std::optional{cpu_of(0.0, 24, 48)}}) {
        const PackageModel model =
            package_model(kCurve, cpu, {.cpus = 8, .packages = 1, .clock_visible = true});
        EXPECT_FALSE(model.by_tdp);
        EXPECT_DOUBLE_EQ(model.load.idle.value(), 4.0);   // 8 x 0.5 W
        EXPECT_DOUBLE_EQ(model.load.full.value(), 24.0);  // 8 x 3 W
        EXPECT_DOUBLE_EQ(model.sigma_ln, 0.4);
    }
}

TEST(PackageModel, AShareOfASocketOfUnknownSizeGoesByThreads) {
    const PackageModel model =
        package_model(kCurve, cpu_of(200.0, 0, 0), {.cpus = 4, .packages = 1, .shared = true});
    EXPECT_FALSE(model.by_tdp);
    EXPECT_DOUBLE_EQ(model.load.full.value(), 12.0);
}

TEST(PackageModel, ACurveOfOnesOwnWithoutRatiosGoesByThreads) {
    refdata::CpuPowerCurve own = kCurve;
    own.idle_per_tdp = own.full_per_tdp = own.sigma_ln_per_tdp = 0.0;
    const PackageModel model =
        package_model(own, cpu_of(200.0, 24, 48), {.cpus = 48, .packages = 1, .clock_visible = true});
    EXPECT_FALSE(model.by_tdp);
    EXPECT_DOUBLE_EQ(model.load.full.value(), 144.0);  // 48 x 3 W
}

TEST(PackageModel, AClockThatIsNotSeenWidensTheInterval) {
    const PackageModel model = package_model(kCurve, cpu_of(200.0, 24, 48), {.cpus = 48, .packages = 1});
    EXPECT_NEAR(model.sigma_ln, 0.344093, 1e-6);  // sqrt(0.28^2 + 0.2^2)
    EXPECT_DOUBLE_EQ(model.load.full.value(), 180.0);
}

/// The example of docs/method/cpu-model.md.
TEST(PackageModel, WorkedExample) {
    const refdata::Tables tables;
    const auto cpu = tables.find_cpu("Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz");
    ASSERT_TRUE(cpu);
    EXPECT_DOUBLE_EQ(cpu->tdp_w, 240.0);
    const PackageModel model = package_model(tables.cpu_power(cpu->microarchitecture), cpu,
                                             {.cpus = 96, .packages = 2, .clock_visible = true});
    EXPECT_NEAR(model.load.idle.value(), 53.76, 1e-9);   // 2 x 240 W x 0.112
    EXPECT_NEAR(model.load.full.value(), 479.52, 1e-9);  // 2 x 240 W x 0.999
    EXPECT_NEAR(power_at(model.load, 0.25).value(), 246.45, 0.005);
    EXPECT_NEAR(power_at(model.load, 0.25, 2.0 / 2.5).value(), 188.60, 0.005);
    EXPECT_NEAR(std::exp(1.96 * model.sigma_ln), 1.731, 5e-4);
}

}  // namespace
}  // namespace gramme::meter
