// Power of a device that has no sensor, from how busy the machine is and how fast it is clocked. Pure.
#pragma once

#include <optional>

#include "units/quantity.hpp"

namespace gramme::meter {

/// Bend of a CPU package between idle and full load: g(u) = ln(1 + 5u) / ln 6. The logarithm is the form that
/// Boavizta fits to package power; 5 is the least-squares value over the six AWS bare-metal packages that
/// Teads measured at 10 % and 50 % load. Method: docs/method/cpu-model.md#shape
inline constexpr double kPackageBend = 5.0;

/// How the power above idle falls with the clock below its base, (f / base)^1.6. Between 1 (voltage fixed)
/// and 3 (voltage in proportion, P ~ f V^2). Method: docs/method/cpu-model.md#clock
inline constexpr double kClockExponent = 1.6;

/// P(u, c) = idle + (full - idle) x g(u) x min(1, c)^clock_exponent,  g(u) = ln(1 + bend u) / ln(1 + bend)
/// u: busy share of `cpus`, 0 to 1. c: mean clock over the base clock.
struct LoadModel {
    Watts idle{};
    Watts full{};
    double bend = 0.0;            ///< above -1; 0: a straight line, below: it rises late
    double clock_exponent = 0.0;  ///< 0: the clock does not matter
    double cpus = 1.0;            ///< CPU seconds per second when fully busy
};

/// g(u): how far from idle to full a device is that is busy for the share `busy`; outside [0, 1] that is
/// clamped, NaN is 0.
[[nodiscard]] double level_at(double bend, double busy) noexcept;

/// `busy` as in level_at(). An unknown, not positive or not finite `clock` counts as the
/// base clock, and so does one above it: `full` was found with the turbo that the package allows itself.
[[nodiscard]] Watts power_at(const LoadModel& model, double busy,
                             std::optional<double> clock = std::nullopt) noexcept;

}  // namespace gramme::meter
