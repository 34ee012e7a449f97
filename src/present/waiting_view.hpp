// Waiting accelerators in words and as JSON: one sentence with a hint for the summary, all of it for
// programs and `gramme explain`. Only for src/present.
#pragma once

#include "model/footprint.hpp"
#include "present/explanation.hpp"
#include "present/json.hpp"
#include "present/layout.hpp"

namespace gramme::present {

/// A utilisation of 0..1 in per cent, to a thousandth: the journal keeps no more, and drivers tell less.
[[nodiscard]] double utilization_percent(double utilization);
/// "69 % busy"; empty where it is not known.
[[nodiscard]] std::string busy_text(const Part& part);

/// Nothing where nothing is known, or less than estimate::kWorthSaying was spent waiting.
void add_waiting(const Footprint& footprint, Lines& lines);

/// `waiting` of gramme/footprint/1 (docs/schema/footprint.md).
[[nodiscard]] Json waiting_json(const Waiting& waiting);

/// For `gramme explain`: the share as a step, then the causes.
void explain_waiting(const Footprint& footprint, Lines& lines);
[[nodiscard]] Json explain_waiting_json(const Waiting& waiting);

}  // namespace gramme::present
