// Ways to come by a model, from the words of a command or a request to the answer. No IO.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/estimate_request.hpp"
#include "config/run_options.hpp"
#include "plan/reuse.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// The keys of a request, which are the flags of `gramme plan reuse`.
inline constexpr auto kPlanReuseFlags = std::to_array<std::string_view>({"parameters",
                                                                         "active-parameters",
                                                                         "tokens",
                                                                         "continued-tokens",
                                                                         "fine-tune-tokens",
                                                                         "hosted-wh",
                                                                         "own-wh",
                                                                         "uses",
                                                                         "shared-by",
                                                                         "layers",
                                                                         "hidden",
                                                                         "sequence-length",
                                                                         "precision",
                                                                         "device",
                                                                         "instance",
                                                                         "count",
                                                                         "power-w",
                                                                         "mfu",
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
                                                                         "lifetime"});

struct PlannedReuse {
    plan::ReuseRequest asked;
    plan::ReusePlan plan;
};

/// kUsage for what makes no sense, whoever noticed.
[[nodiscard]] Result<PlannedReuse> plan_reuse(const config::OptionList& options, const FactorRequest& factors,
                                              const refdata::Tables& tables);

/// As `gramme plan reuse --json` prints it, schema gramme/plan-reuse/1; `request` as read_flat_request() made
/// it of kPlanReuseFlags.
[[nodiscard]] Result<std::string> plan_reuse_answer(const config::EstimateRequest& request,
                                                    const config::RunOptions& options,
                                                    const refdata::Tables& tables);

}  // namespace gramme::calculate
