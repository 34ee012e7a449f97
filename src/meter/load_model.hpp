// Power of a device that has no sensor, from how busy the machine is. Pure.
#pragma once

#include <array>

#include "units/quantity.hpp"

namespace gramme::meter {

/// How the power of servers with results from 2020 on rises between idle (0) and full load (1), at 0 %, 10 %,
/// ... 100 %: mean of 93 results with all eleven load levels. Source: SPECpower_ssj2008 published results,
/// docs/method/cpu-model.md.
inline constexpr std::array<double, 11> kSpecPowerShape{0.0,   0.180, 0.251, 0.317, 0.383, 0.453,
                                                        0.531, 0.618, 0.725, 0.856, 1.0};

/// Power at load u: idle + (full - idle) x g(u), g piecewise linear between the eleven steps 0, 0.1, ... 1.
/// Method: docs/method/cpu-model.md.
struct LoadModel {
    Watts idle{};
    Watts full{};
    std::array<double, 11> shape{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
    double cpus = 1.0;  ///< CPU seconds per second when fully busy
};

/// `busy` is the fraction of all CPUs in use; values outside [0, 1] are clamped, NaN is 0.
[[nodiscard]] Watts power_at(const LoadModel& model, double busy) noexcept;

}  // namespace gramme::meter
