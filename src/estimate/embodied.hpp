// What it took to make the hardware that a job held, by time and share. Pure. Method:
// docs/method/estimate.md#embodied.
#pragma once

#include <span>

#include "estimate/job_ledger.hpp"
#include "model/footprint.hpp"

namespace gramme::estimate {

inline constexpr double kLifetimeYears = 4.0;  ///< where nobody says: the middle of 3 to 6 years
inline constexpr double kLifetimeSigma = 0.15;

/// TE x hours / (lifetime) for each accelerator and host share (SCI, ISO/IEC 21031:2024: M = TE x TS x RS).
/// nullopt where no hardware is known (power or energy was given).
[[nodiscard]] std::optional<SideFigure> embodied_of(std::span<const HeldHardware> held, double hours,
                                                    std::optional<double> lifetime_years,
                                                    const refdata::Tables& tables,
                                                    std::vector<Assumption>& assumptions);

}  // namespace gramme::estimate
