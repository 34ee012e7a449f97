// The JSON of a result before it is written, for views that add to it. Only for src/present.
#pragma once

#include <vector>

#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// Around what `run` says of the run.
[[nodiscard]] Json footprint_to_json(Json run, const Footprint& footprint,
                                     const std::vector<Marker>* markers);
/// As footprint_json().
[[nodiscard]] Json footprint_to_json(const RunRecord& run, const Footprint& footprint, bool with_command,
                                     const std::vector<Marker>* markers);

}  // namespace gramme::present
