// The JSON of a result and of its estimates before it is written, for whoever adds to it.
#pragma once

#include <optional>
#include <vector>

#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// {"value", "low", "high"}; null where it is not known.
[[nodiscard]] Json estimate_json(const std::optional<Estimate>& estimate);

/// Around what `run` says of the run.
[[nodiscard]] Json footprint_to_json(Json run, const Footprint& footprint,
                                     const std::vector<Marker>* markers);
/// As footprint_json().
[[nodiscard]] Json footprint_to_json(const RunRecord& run, const Footprint& footprint, bool with_command,
                                     const std::vector<Marker>* markers);

}  // namespace gramme::present
