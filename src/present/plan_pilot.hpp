// A long run foreseen from a pilot, as text and JSON (schema gramme/plan-pilot/1).
#pragma once

#include <optional>
#include <string>

#include "model/footprint.hpp"
#include "model/run.hpp"
#include "plan/forecast.hpp"
#include "present/present.hpp"

namespace gramme::present {

/// All views are borrowed for the call.
struct PilotPlan {
    const RunRecord& run;  ///< the pilot
    const Footprint& pilot;
    const plan::Forecast& forecast;
    const std::optional<Estimate>& energy_kwh;
    const std::optional<Estimate>& operational_kgco2e;
    bool modelled = false;
};

[[nodiscard]] std::string plan_pilot_text(const PilotPlan& plan, const TextStyle& style);
[[nodiscard]] std::string plan_pilot_json(const PilotPlan& plan);

}  // namespace gramme::present
