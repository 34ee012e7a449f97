#include "meter/counter.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace gramme::meter {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

CounterSpec micro_spec(std::uint64_t range, double max_w = 1000.0) {
    return {.per_count = Microjoules{1.0}, .range = range, .modulus_step = 1, .max_power = Watts{max_w}};
}

double joules_of(const Result<Joules>& result) {
    EXPECT_TRUE(result) << result.error().what;
    return result ? result->value() : -1.0;
}

TEST(EnergyBetween, IsTheRiseOfTheCounter) {
    // 1 500 000 uJ - 500 000 uJ = 1 J
    EXPECT_DOUBLE_EQ(joules_of(energy_between(micro_spec(0), {500'000, 0}, {1'500'000, kSecond})), 1.0);
}

TEST(EnergyBetween, CountsMillijoulesOfAnUnboundedCounter) {
    const CounterSpec spec{.per_count = Millijoules{1.0}, .range = 0};
    // 250 000 mJ in one second is 250 J
    EXPECT_DOUBLE_EQ(joules_of(energy_between(spec, {1'000'000, 0}, {1'250'000, kSecond})), 250.0);
}

TEST(EnergyBetween, CountsAcrossOneWrap) {
    // range 999 999: 900 000 to 999 999 is 99 999 counts, one to 0, 100 000 more: 200 000 uJ
    EXPECT_DOUBLE_EQ(joules_of(energy_between(micro_spec(999'999, 1.0), {900'000, 0}, {100'000, kSecond})),
                     0.2);
}

TEST(EnergyBetween, AddsOneHardwareCountPerWrap) {
    CounterSpec spec = micro_spec(262'143'328'850);
    spec.modulus_step = 62;
    // 850 uJ below the top, one count of 62 uJ, 1000 uJ after it
    EXPECT_NEAR(joules_of(energy_between(spec, {262'143'328'000, 0}, {1'000, kSecond})), 1912e-6, 1e-12);
}

TEST(EnergyBetween, AnUnchangedCounterIsZeroJoules) {
    EXPECT_DOUBLE_EQ(joules_of(energy_between(micro_spec(1'000'000, 0.5), {7, 0}, {7, kSecond})), 0.0);
}

TEST(EnergyBetween, AFallThatTheDeviceCouldNotHaveUsedIsAReset) {
    // measurement note of a suspend: 8 720 J back to 0.012 J; a wrap would be 253 kJ in 10 s
    CounterSpec spec = micro_spec(262'143'328'850);
    spec.modulus_step = 62;
    const auto energy = energy_between(spec, {8'720'235'488, 0}, {12'000, 10 * kSecond});
    ASSERT_FALSE(energy);
    EXPECT_EQ(energy.error().code, Code::kReset);
}

TEST(EnergyBetween, TheLimitOfTheZoneDecidesBetweenWrapAndReset) {
    // From 50 J below the top to 100 J: 150 J in one second. 1000 W allow it, 100 W (and 0.1 s of refresh) do
    // not.
    const CounterReading before{950'000'000, 0};
    const CounterReading now{100'000'000, kSecond};
    EXPECT_NEAR(joules_of(energy_between(micro_spec(1'000'000'000, 1000.0), before, now)), 150.0, 1e-5);
    EXPECT_EQ(energy_between(micro_spec(1'000'000'000, 100.0), before, now).error().code, Code::kReset);
}

TEST(EnergyBetween, AFallOfACounterThatNeverWrapsIsAReset) {
    EXPECT_EQ(energy_between(micro_spec(0), {500, 0}, {10, kSecond}).error().code, Code::kReset);
}

TEST(EnergyBetween, ALongPauseIsAmbiguous) {
    // 200 s at up to 1000 W are 200 kJ, three times the range of 65.5 kJ
    CounterSpec spec = micro_spec(65'532'610'987);
    spec.modulus_step = 16;
    const auto rise = energy_between(spec, {1'000'000, 0}, {9'000'000, 200 * kSecond});
    ASSERT_FALSE(rise);
    EXPECT_EQ(rise.error().code, Code::kOutOfRange);
    EXPECT_NE(rise.error().what.find("wrap_ambiguous"), std::string::npos);
    // 62 557 J + 80 000 J (400 W) - 65 533 J: it wrapped once, or twice
    EXPECT_EQ(energy_between(spec, {62'557'800'000, 0}, {11'424'444'344, 200 * kSecond}).error().code,
              Code::kOutOfRange);
}

TEST(EnergyBetween, ALongPauseIsNotAmbiguousWhereAFurtherTurnIsImpossible) {
    // range 1000 J, 100 W: in 15 s at most 1500 J. A rise of 600 J cannot hide a turn, one of 400 J can.
    const CounterSpec spec = micro_spec(999'999'999, 100.0);
    EXPECT_DOUBLE_EQ(joules_of(energy_between(spec, {0, 0}, {600'000'000, 15 * kSecond})), 600.0);
    EXPECT_EQ(energy_between(spec, {0, 0}, {400'000'000, 15 * kSecond}).error().code, Code::kOutOfRange);
}

TEST(EnergyBetween, ARiseThatTheDeviceCouldNotHaveUsedIsRefused) {
    const auto energy = energy_between(micro_spec(0), {0, 0}, {5'000'000'000, kSecond});  // 5 kW of 1 kW
    ASSERT_FALSE(energy);
    EXPECT_EQ(energy.error().code, Code::kOutOfRange);
}

TEST(EnergyBetween, OneRefreshStepBetweenTwoQuickReadsIsPlausible) {
    // 20 ms of 700 W become visible between two reads 1 ms apart: 14 J
    const CounterSpec spec{.per_count = Millijoules{1.0}, .range = 0, .max_power = Watts{1050.0}};
    EXPECT_DOUBLE_EQ(joules_of(energy_between(spec, {0, 0}, {14'000, kSecond / 1000})), 14.0);
}

TEST(EnergyBetween, AReadingAboveTheRangeIsMalformed) {
    EXPECT_EQ(energy_between(micro_spec(100), {101, 0}, {5, kSecond}).error().code, Code::kMalformed);
    EXPECT_EQ(energy_between(micro_spec(100), {5, 0}, {101, kSecond}).error().code, Code::kMalformed);
}

TEST(EnergyBetween, ReadingsOutOfOrderAreMalformed) {
    EXPECT_EQ(energy_between(micro_spec(100), {1, kSecond}, {2, 0}).error().code, Code::kMalformed);
}

TEST(EnergyBetween, TheWidestRangeDoesNotOverflow) {
    const std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
    CounterSpec spec = micro_spec(top, 100.0);
    EXPECT_NEAR(joules_of(energy_between(spec, {top - 9'999'999, 0}, {1, kSecond})), 10.000001, 1e-6);
}

/// Sequences as the kernel's integer arithmetic makes them (docs/method/energy.md#wrap), ten seconds apart.
struct WrapSequence {
    const char* name;
    std::uint64_t range;
    std::uint64_t step;
    std::vector<std::uint64_t> raw;
    double total_uj;
    double tolerance_uj;
};

TEST(EnergyBetween, WrapSequencesOfRealUnitsAddUp) {
    const std::vector<WrapSequence> sequences{
        // 250 W for 40 s at 61.035 uJ a count
        {"intel package",
         262'143'328'850,
         62,
         {260'863'590'000, 1'220'254'688, 3'720'248'288, 6'220'241'888, 8'720'235'488},
         9'999'974'400.0,
         70.0},
        // 360 W for 40 s at 15.258 uJ a count
        {"amd package",
         65'532'610'987,
         16,
         {62'557'800'000, 625'002'834, 4'224'816'671, 7'824'630'508, 11'424'444'344},
         14'399'255'347.0,
         20.0},
        // 30 W for 30 s at 15.3 uJ a count
        {"dram",
         65'712'999'613,
         16,
         {65'637'000'000, 224'000'369, 524'000'367, 824'000'364},
         899'999'993.0,
         20.0},
    };
    for (const WrapSequence& sequence : sequences) {
        CounterSpec spec = micro_spec(sequence.range);
        spec.modulus_step = sequence.step;
        Microjoules total{0.0};
        for (std::size_t i = 1; i < sequence.raw.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i) * 10 * kSecond;
            const auto energy =
                energy_between(spec, {sequence.raw[i - 1], at - 10 * kSecond}, {sequence.raw[i], at});
            ASSERT_TRUE(energy) << sequence.name << ": " << energy.error().what;
            total += *energy;
        }
        EXPECT_NEAR(total.value(), sequence.total_uj, sequence.tolerance_uj) << sequence.name;
    }
}

TEST(Advance, EveryOutcomeButAnAdvanceHasAReason) {
    EXPECT_TRUE(reason_of(CounterOutcome::kAdvanced).empty());
    for (const auto outcome :
         {CounterOutcome::kOutsideRange, CounterOutcome::kOutOfOrder, CounterOutcome::kReset,
          CounterOutcome::kWrapAmbiguous, CounterOutcome::kImplausible}) {
        EXPECT_FALSE(reason_of(outcome).empty());
        EXPECT_LT(reason_of(outcome).size(), 64U);  // a journal keeps 63 bytes
    }
}

}  // namespace
}  // namespace gramme::meter
