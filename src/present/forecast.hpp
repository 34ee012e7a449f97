// Forecasts and budgets as text and JSON: of a run that goes on, and as they are kept with one that has
// ended.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/run.hpp"
#include "plan/forecast.hpp"
#include "present/json.hpp"
#include "present/layout.hpp"

namespace gramme::present {

/// A time with no more digits than its interval supports: "2 h 10 min" of 2 h 11 min 40 s +- 20 min.
[[nodiscard]] std::string time_shown(const Estimate& seconds);

/// For the live line: "41 %, 2 h 10 min left, in all 1.2 kWh, 480 g CO2e". `grams_per_joule` after PUE.
[[nodiscard]] std::string forecast_line(const plan::Forecast& forecast, double grams_per_joule);

/// The field `forecast` of a run that goes on; null where nothing says how far it is. `so_far`: its
/// footprint, whose intervals (meters, PUE, grid) are added to that of the forecast.
[[nodiscard]] Json forecast_json(const plan::Progress& progress, const Footprint& so_far);
/// The same of a forecast that is there, with more of how it came about.
[[nodiscard]] Json forecast_parts_json(const plan::Forecast& forecast);

/// `forecast` and `budget` of a run's record, and back (kMalformed). `energy_kwh` of the run, where it is
/// known and what was said is to be compared with it.
[[nodiscard]] Json forecast_record_json(const RunRecord& run, const std::optional<double>& energy_kwh);
[[nodiscard]] Json budget_record_json(const BudgetRecord& budget);
[[nodiscard]] Result<void> read_forecast(const Json& object, std::optional<ForecastRecord>& out);
[[nodiscard]] Result<void> read_budget(const Json& object, std::optional<BudgetRecord>& out);

/// Lines of the summary of a run: budgets, and what was foreseen against what came.
void add_foreseen(const RunRecord& run, const Footprint& footprint, Lines& lines);

/// "2.3 h", "1.2 kWh", "480 g CO2e": an amount of what a limit is of.
[[nodiscard]] std::string amount_text(std::string_view resource, double amount);

}  // namespace gramme::present
