// Power of a device that has no sensor, from how busy the machine is. Pure.
#pragma once

#include <array>

#include "units/quantity.hpp"

namespace gramme::meter {

/// Power at load u: idle + (full - idle) x g(u), g piecewise linear between the eleven steps 0, 0.1, ... 1.
/// Method: docs/method/cpu-model.md.
struct LoadModel {
    Watts idle;
    Watts full;
    std::array<double, 11> shape{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
    double cpus = 1.0;  ///< CPU seconds per second when fully busy
};

/// `busy` is the fraction of all CPUs in use; values outside [0, 1] are clamped.
[[nodiscard]] Watts power_at(const LoadModel& model, double busy);

}  // namespace gramme::meter
