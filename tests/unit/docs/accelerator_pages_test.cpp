// The worked examples of the pages on accelerators.
#include <gtest/gtest.h>

#include "meter/counter.hpp"
#include "page_numbers.hpp"
#include "refdata/tables.hpp"

namespace gramme {
namespace {

const std::string kCount = "([0-9][0-9,.]*)";

TEST(MethodPages, AmdCounter) {
    const auto x =
        numbers("amd-gpu", kCount + " counts at the start and " + kCount + " counts at the end are " +
                               kCount + " / " + kCount + " = " + kCount + " J");
    meter::CounterSpec spec;
    spec.per_count = Joules{1.0 / x[3]};
    const auto energy = meter::energy_between(spec, {static_cast<std::uint64_t>(x[0]), 0},
                                              {static_cast<std::uint64_t>(x[1]), 1'000'000'000});
    ASSERT_TRUE(energy) << energy.error().what;
    EXPECT_EQ(x[3], 65'536.0);
    EXPECT_EQ(x[1] - x[0], x[2]);
    EXPECT_NEAR(energy->value(), x[4], 0.5e-4);
}

TEST(MethodPages, IntelCounter) {
    const auto x = numbers("intel-gpu",
                           kCount + " uJ at the start and " + kCount + " uJ at the end are " + kCount + " J");
    meter::CounterSpec spec;
    spec.per_count = Microjoules{1.0};
    const auto energy = meter::energy_between(spec, {static_cast<std::uint64_t>(x[0]), 0},
                                              {static_cast<std::uint64_t>(x[1]), 3'000'000'000});
    ASSERT_TRUE(energy) << energy.error().what;
    EXPECT_DOUBLE_EQ(energy->value(), x[2]);
}

TEST(MethodPages, GaudiCounter) {
    const auto x =
        numbers("gaudi", kCount + " mJ at the start and " + kCount + " mJ at the end are " + kCount + " J");
    meter::CounterSpec spec;
    spec.per_count = Millijoules{1.0};
    const auto energy = meter::energy_between(spec, {static_cast<std::uint64_t>(x[0]), 0},
                                              {static_cast<std::uint64_t>(x[1]), 60'000'000'000});
    ASSERT_TRUE(energy) << energy.error().what;
    EXPECT_DOUBLE_EQ(energy->value(), x[2]);
}

TEST(MethodPages, NeuronPower) {
    const auto x =
        numbers("unmeasured-accelerators", kCount + " % of " + kCount + " W are " + kCount + " W; for " +
                                               kCount + " s that is " + kCount + " J");
    EXPECT_DOUBLE_EQ((Watts{x[1]} * (x[0] / 100.0)).value(), x[2]);
    EXPECT_DOUBLE_EQ((Watts{x[2]} * Seconds{x[3]}).value(), x[4]);
}

TEST(MethodPages, TpuPower) {
    const auto x = numbers("unmeasured-accelerators",
                           kCount + " W, the mean of a TPU v4, for " + kCount + " s are " + kCount + " J");
    EXPECT_DOUBLE_EQ(x[0], refdata::Tables{}.accelerator_named("google-tpu-v4")->typical_w);
    EXPECT_DOUBLE_EQ((Watts{x[0]} * Seconds{x[1]}).value(), x[2]);
}

}  // namespace
}  // namespace gramme
