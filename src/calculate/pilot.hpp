// A long run foreseen from a short one that was measured (`gramme plan train --pilot`). No IO.
// Method: docs/method/plan-pilot.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "model/footprint.hpp"
#include "model/run.hpp"
#include "plan/forecast.hpp"
#include "refdata/tables.hpp"
#include "store/store.hpp"

namespace gramme::calculate {

struct PilotAnswer {
    RunRecord run;                       ///< the pilot
    Footprint pilot;                     ///< what it used, with the factors of the plan
    plan::Forecast forecast;             ///< of the whole
    bool modelled = false;               ///< some of its energy was not measured
    std::optional<Estimate> energy_kwh;  ///< of the whole before PUE: with the errors of meters and forecast
    std::optional<Estimate> operational_kgco2e;
};

/// `options`: --region, --intensity, --pue and the like of the run to come; what they leave out is as the
/// pilot was told. kMalformed: the pilot says nothing of its steps; kUnavailable: not enough of them; kUsage:
/// no total, an option that makes no sense.
[[nodiscard]] Result<PilotAnswer> plan_from_pilot(const store::StoredRun& pilot,
                                                  std::optional<double> steps_total,
                                                  const config::OptionList& options,
                                                  const refdata::Tables& tables);

struct PilotRequest {
    std::string run;  ///< id or its beginning
    std::optional<double> steps_total;
    config::OptionList options;  ///< of its factors
};
/// {"run": "01938f2a", "steps_total": 20000, "region": "FRA", "intensity": 56, "pue": 1.2}. kMalformed names
/// the key.
[[nodiscard]] Result<PilotRequest> pilot_request(std::string_view json);

}  // namespace gramme::calculate
