// Quantities with their unit in the type. The only file that knows a conversion factor between units.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <ratio>

namespace gramme {

/// A number with a dimension. `Scale` is the size of one unit, in the base unit of the dimension.
/// Units of one dimension convert implicitly; a bare double never becomes a quantity by accident.
template <class Dimension, class Scale>
class Quantity {
public:
    constexpr Quantity() = default;
    constexpr explicit Quantity(double value) : value_(value) {}
    template <class From>
    constexpr Quantity(Quantity<Dimension, From> q)  // NOLINT(google-explicit-constructor): same dimension
        : value_(rescale<std::ratio_divide<From, Scale>>(q.value())) {}

    [[nodiscard]] constexpr double value() const { return value_; }

    constexpr Quantity& operator+=(Quantity q) { return *this = Quantity{value_ + q.value_}; }
    constexpr Quantity& operator-=(Quantity q) { return *this = Quantity{value_ - q.value_}; }
    friend constexpr Quantity operator*(Quantity q, double k) { return Quantity{q.value_ * k}; }
    friend constexpr Quantity operator*(double k, Quantity q) { return Quantity{k * q.value_}; }
    friend constexpr Quantity operator/(Quantity q, double k) { return Quantity{q.value_ / k}; }

private:
    template <class R>
    static constexpr double rescale(double v) {  // multiply first: 3.6e6 J is then exactly 1 kWh
        return v * static_cast<double>(R::num) / static_cast<double>(R::den);
    }
    double value_ = 0.0;
};

/// Mixed units of one dimension: the result is in the unit of the left operand.
template <class D, class A, class B>
constexpr Quantity<D, A> operator+(Quantity<D, A> a, Quantity<D, B> b) {
    return a += b;
}
template <class D, class A, class B>
constexpr Quantity<D, A> operator-(Quantity<D, A> a, Quantity<D, B> b) {
    return a -= b;
}
/// Ratio of two quantities of one dimension: a plain number.
template <class D, class A, class B>
constexpr double operator/(Quantity<D, A> a, Quantity<D, B> b) {
    return a.value() / Quantity<D, A>{b}.value();
}
template <class D, class A, class B>
constexpr bool operator==(Quantity<D, A> a, Quantity<D, B> b) {
    return a.value() == Quantity<D, A>{b}.value();
}
template <class D, class A, class B>
constexpr std::partial_ordering operator<=>(Quantity<D, A> a, Quantity<D, B> b) {
    return a.value() <=> Quantity<D, A>{b}.value();
}

struct EnergyDimension;
struct PowerDimension;
struct CarbonDimension;
struct IntensityDimension;

using Microjoules = Quantity<EnergyDimension, std::micro>;
using Millijoules = Quantity<EnergyDimension, std::milli>;
using Joules = Quantity<EnergyDimension, std::ratio<1>>;
using WattHours = Quantity<EnergyDimension, std::ratio<3'600>>;
using KilowattHours = Quantity<EnergyDimension, std::ratio<3'600'000>>;
using Microwatts = Quantity<PowerDimension, std::micro>;
using Milliwatts = Quantity<PowerDimension, std::milli>;
using Watts = Quantity<PowerDimension, std::ratio<1>>;
using GramsCO2e = Quantity<CarbonDimension, std::ratio<1>>;
using KilogramsCO2e = Quantity<CarbonDimension, std::kilo>;
using GramsPerKilowattHour = Quantity<IntensityDimension, std::ratio<1>>;

using Seconds = std::chrono::duration<double>;
using Nanoseconds = std::chrono::duration<std::int64_t, std::nano>;

/// Energy = power x time; carbon = energy x grid intensity. No other products exist.
constexpr Joules operator*(Watts p, Seconds t) {
    return Joules{p.value() * t.count()};
}
constexpr Joules operator*(Seconds t, Watts p) {
    return p * t;
}
constexpr Watts operator/(Joules e, Seconds t) {
    return Watts{e.value() / t.count()};
}
constexpr GramsCO2e operator*(KilowattHours e, GramsPerKilowattHour i) {
    return GramsCO2e{e.value() * i.value()};
}

}  // namespace gramme
