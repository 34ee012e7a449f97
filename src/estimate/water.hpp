// Water that a job evaporates: cooling of the site and power stations. Beside the carbon, never in it. Pure.
// Method: docs/method/water.md.
#pragma once

#include <vector>

#include "model/footprint.hpp"
#include "model/job.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// Litres: IT energy x (WUE + PUE x EWIF) (Li et al. 2025), with its interval. nullopt where no energy is
/// known, where the electricity is of no grid (--mix, --intensity without a region), or where the zone has no
/// sourced figure; `assumptions` say what was taken, or why there is none.
[[nodiscard]] std::optional<SideFigure> water_of(const Footprint& footprint, const HostFacts& host,
                                                 const refdata::Tables& tables,
                                                 std::vector<Assumption>& assumptions);

}  // namespace gramme::estimate
