// What a training will take, from the words of a command or a request to the answer. No IO.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/estimate_request.hpp"
#include "config/run_options.hpp"
#include "plan/train.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// The keys of a request, which are the flags of `gramme plan train`.
inline constexpr auto kPlanTrainFlags = std::to_array<std::string_view>({"parameters",
                                                                         "active-parameters",
                                                                         "tokens",
                                                                         "layers",
                                                                         "hidden",
                                                                         "sequence-length",
                                                                         "method",
                                                                         "head-parameters",
                                                                         "recompute",
                                                                         "precision",
                                                                         "device",
                                                                         "instance",
                                                                         "count",
                                                                         "power-w",
                                                                         "mfu",
                                                                         "hfu",
                                                                         "tokens-per-second",
                                                                         "device-tokens-per-second",
                                                                         "times",
                                                                         "host",
                                                                         "power-model",
                                                                         "region",
                                                                         "intensity",
                                                                         "energy-source",
                                                                         "mix",
                                                                         "pue",
                                                                         "year",
                                                                         "basis",
                                                                         "embodied",
                                                                         "lifetime",
                                                                         "equivalences"});

struct PlannedTraining {
    plan::TrainRequest asked;
    plan::TrainPlan plan;
};

/// kUsage: a value that makes no sense.
[[nodiscard]] Result<plan::TrainRequest> plan_train_request(const config::OptionList& options,
                                                            const FactorRequest& factors);

/// Adds --equivalences. kUsage for what makes no sense, whoever noticed.
[[nodiscard]] Result<PlannedTraining> plan_train(const config::OptionList& options,
                                                 const FactorRequest& factors, const refdata::Tables& tables);

/// What a person asked for that makes no sense is an error of usage, whoever noticed.
[[nodiscard]] Error about_plan(Error error);

/// As `gramme plan train --json` prints it, schema gramme/plan-train/1; `request` as read_flat_request() made
/// it of kPlanTrainFlags.
[[nodiscard]] Result<std::string> plan_train_answer(const config::EstimateRequest& request,
                                                    const config::RunOptions& options,
                                                    const refdata::Tables& tables);

}  // namespace gramme::calculate
