// The GPUs of a run by name. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/footprint.hpp"
#include "model/run.hpp"

namespace gramme::present {

/// One name for each GPU of a run: those that were counted. An imported run has one part for all of its GPUs,
/// so that what its machine is said to have counts.
[[nodiscard]] std::vector<std::string> gpu_names(const RunRecord& run, const Footprint& footprint);

/// "2 x NAME, 1 x OTHER" in the order of first appearance; empty names are left out.
[[nodiscard]] std::string counted_names(const std::vector<std::string>& names);

}  // namespace gramme::present
