// Other factors for a run that was measured: what `gramme runs recost` and the server have in common. Pure.
#pragma once

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "model/run.hpp"

namespace gramme::calculate {

/// What the options say over what the run was told, by the rules of all settings: a new region drops an old
/// intensity. Configuration and environment speak of runs to come.
/// kUsage for a value that is none, and for two that exclude each other.
[[nodiscard]] Result<FactorRequest> asked_anew(const FactorRequest& told, const config::OptionList& options);

}  // namespace gramme::calculate
