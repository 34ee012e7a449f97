// The spread of two independent errors together. Pure.
#pragma once
#include <cmath>

namespace gramme {

/// sqrt(a^2 + b^2), as sigmas that have nothing to do with each other add up. Not std::hypot: the one that a new glibc
/// links is of version 2.35, and with it no wheel or binary runs where 2.34 is the newest (RHEL 9). What hypot is for,
/// squares beyond 1e308, no sigma has.
[[nodiscard]] inline double root_of_squares(double a, double b) { return std::sqrt(a * a + b * b); }

}  // namespace gramme
