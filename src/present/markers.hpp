// The markers of a run as JSON. Only for src/present and for commands that add them to a stored result.
#pragma once

#include <vector>

#include "model/ledger.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// A list of {"kind", "at_s", "name", "detail"}; a detail that is no JSON (a damaged journal) is a text.
[[nodiscard]] Json markers_json(const std::vector<Marker>& markers);

}  // namespace gramme::present
