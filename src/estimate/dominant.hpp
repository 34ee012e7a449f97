// Which input makes the interval wide, and what would make it narrower. Pure.
// Method: docs/method/uncertainty.md#dominant.
#pragma once

#include <optional>
#include <span>

#include "model/footprint.hpp"
#include "model/run.hpp"

namespace gramme::estimate {

/// One counted part and its share in the variance of ln(operational).
struct PartVariance {
    const Part* part = nullptr;
    double variance = 0.0;
};

/// Devices of one group count as one input. nullopt where nothing is uncertain.
[[nodiscard]] std::optional<DominantUncertainty> dominant_of(std::span<const PartVariance> parts,
                                                             const Factors& factors, const HostFacts& host);

}  // namespace gramme::estimate
