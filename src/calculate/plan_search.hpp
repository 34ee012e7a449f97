// `gramme plan search`: from the words of a command to the plan. No IO but the store that is handed in.
#pragma once

#include <array>
#include <string_view>

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "model/run.hpp"
#include "plan/search_cost.hpp"
#include "refdata/tables.hpp"
#include "store/store.hpp"

namespace gramme::calculate {

/// The keys of a request: the space as TOML, and the flags of `gramme plan search`.
inline constexpr auto kPlanSearchFlags = std::to_array<std::string_view>(
    {"space",     "best",          "confidence",  "eta",      "resource",    "narrow",
     "pilot",     "pilot-share",   "device",      "instance", "power-w",     "energy-kwh",
     "count",     "hours",         "utilisation", "host",     "power-model", "region",
     "intensity", "energy-source", "mix",         "pue",      "year",        "basis"});

/// kUsage: --pilot beside what says otherwise what a training takes, or --pilot-share without it.
[[nodiscard]] Result<void> check_trial_options(const config::OptionList& options);

/// What a full training takes, from a run that was one, or the share of one that --pilot-share says. Errors
/// of Store::show(); kMalformed: nothing is known of its energy. kUsage: the share is none.
[[nodiscard]] Result<plan::TrialCost> trial_of_run(store::Store& store, const config::OptionList& options);

/// The same from the options of `gramme estimate`, where there are any. kUsage.
[[nodiscard]] Result<plan::TrialCost> trial_of_job(const config::OptionList& options,
                                                   const FactorRequest& factors,
                                                   const refdata::Tables& tables);

/// --best, --confidence, --eta, --resource and --narrow of `options`, and the plan. kUsage.
[[nodiscard]] Result<plan::SearchPlan> search_plan(const config::OptionList& options, plan::Space space,
                                                   plan::TrialCost trial);

}  // namespace gramme::calculate
