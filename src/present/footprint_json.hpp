// The parts of a result in JSON that other documents share. Only for src/present.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "present/json.hpp"
#include "present/json_writer.hpp"

namespace gramme::present {

inline constexpr std::string_view kFootprintSchema = "gramme/footprint/1";

/// {"value", "low", "high"}; null where it is not known.
[[nodiscard]] Json estimate_json(const std::optional<Estimate>& estimate);

/// Into an object that is open: all of a result but `schema` and `run`.
void write_result_members(JsonWriter& json, const Footprint& footprint, const std::vector<Marker>* markers);

}  // namespace gramme::present
