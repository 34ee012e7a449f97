#include "units/quantity.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace gramme {
namespace {

using namespace std::chrono_literals;

// What must not convert, must not convert; each is also a file in tests/compile_fail.
static_assert(!std::is_convertible_v<double, Joules>);
static_assert(!std::is_convertible_v<Joules, double>);
static_assert(!std::is_convertible_v<Joules, Watts>);
static_assert(!std::is_constructible_v<Watts, Joules>);
static_assert(!std::is_constructible_v<GramsCO2e, KilowattHours>);
static_assert(std::is_convertible_v<Joules, KilowattHours>);
static_assert(std::is_trivially_copyable_v<Joules> && sizeof(Joules) == sizeof(double));

// Energy. 1 Wh = 3600 J, 1 kWh = 3.6e6 J; exact both ways.
static_assert(KilowattHours{1.0} == Joules{3'600'000.0});
static_assert(Joules{3'600'000.0} == KilowattHours{1.0});
static_assert(WattHours{1.0} == Joules{3'600.0});
static_assert(KilowattHours{Joules{3'600'000.0}}.value() == 1.0);
static_assert(Microjoules{1'000'000.0} == Joules{1.0});
static_assert(Joules{Microjoules{262'143'328'850.0}}.value() == 262'143.328850);  // one range of a RAPL zone
static_assert(Millijoules{1'500.0} == Joules{1.5});
static_assert(Joules{Microjoules{1.0}}.value() == 1e-6);

// Power and carbon.
static_assert(Watts{Milliwatts{250'000.0}} == Watts{250.0});
static_assert(Watts{Microwatts{65'000'000.0}} == Watts{65.0});
static_assert(KilogramsCO2e{GramsCO2e{1'500.0}}.value() == 1.5);
static_assert(GramsCO2e{KilogramsCO2e{0.25}}.value() == 250.0);

// Products: power x time is energy, energy x intensity is carbon, energy / time is power.
static_assert(Watts{250.0} * 2min == Joules{30'000.0});
static_assert(2min * Watts{250.0} == Joules{30'000.0});
static_assert(Joules{30'000.0} / Seconds{120.0} == Watts{250.0});
static_assert(KilowattHours{1.42} * GramsPerKilowattHour{400.0} == GramsCO2e{1.42 * 400.0});
static_assert(Joules{3'600'000.0} * GramsPerKilowattHour{400.0} == GramsCO2e{400.0});
static_assert(Watts{1.0} * 1ms == Joules{1e-3});

// Sums take the unit of the left operand; a ratio is a plain number.
static_assert((Joules{1.0} + WattHours{1.0}).value() == 3'601.0);
static_assert((WattHours{1.0} + Joules{3'600.0}).value() == 2.0);
static_assert((Joules{1.0} - Millijoules{250.0}).value() == 0.75);
static_assert(KilowattHours{1.0} / WattHours{250.0} == 4.0);
static_assert(std::is_same_v<decltype(Joules{1.0} / Joules{2.0}), double>);
static_assert((2.0 * Joules{3.0}).value() == 6.0 && (Joules{3.0} * 2.0).value() == 6.0);
static_assert((Joules{3.0} / 2.0).value() == 1.5);

// Order, across units of one dimension.
static_assert(WattHours{1.0} > Joules{3'599.0} && WattHours{1.0} < Joules{3'601.0});
static_assert(Joules{1.0} != Joules{2.0} && Joules{}.value() == 0.0);

TEST(Quantity, AddsInPlaceAcrossUnits) {
    Joules sum{10.0};
    sum += WattHours{1.0};
    sum -= Millijoules{500.0};
    EXPECT_DOUBLE_EQ(sum.value(), 3'609.5);
}

TEST(Quantity, ADayOfTenthsAddsUp) {  // 864 000 windows of 0.1 s at 42 W: 3.6288 MJ = 1.008 kWh
    Joules sum;
    for (int i = 0; i < 864'000; ++i) {
        sum += Watts{42.0} * Seconds{0.1};
    }
    EXPECT_NEAR(KilowattHours{sum}.value(), 1.008, 1e-9);
}

}  // namespace
}  // namespace gramme
