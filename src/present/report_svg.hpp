// Plots for a report as inline SVG: no script, no font of their own, colours from the page. Only for
// src/present.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "present/report.hpp"

namespace gramme::present {

/// A bar for each part whose energy is known; empty where none is.
[[nodiscard]] std::string parts_svg(const Footprint& footprint);

/// Mean watts in equal stretches of a run; nullopt where a counted device was not seen for half of the
/// stretch: unknown is not zero.
[[nodiscard]] std::vector<std::optional<double>> power_over_time(const RunRecord& run,
                                                                 const Footprint& footprint,
                                                                 const Ledger& ledger, std::size_t stretches);
/// Those as a line with holes; empty where fewer than two are known.
[[nodiscard]] std::string power_svg(const RunRecord& run, const Footprint& footprint, const Ledger& ledger);

}  // namespace gramme::present
