// A request in JSON, and the answer of the program to the same flags.
#pragma once

#include <string>
#include <string_view>

#include "base/host.hpp"
#include "base/result.hpp"
#include "config/estimate_request.hpp"
#include "config/run_options.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// What the request asks over what files and variables say: those of `host` and the working folder, where it
/// lets them be asked. As load_settings().
[[nodiscard]] Result<config::RunOptions> options_of(const config::EstimateRequest& request, const Host& host);

/// As `gramme estimate --json` and `gramme compare --json` print it. No IO; `options` as options_of(), or
/// what a server starts with, merged with the flags of the request. kUsage.
[[nodiscard]] Result<std::string> estimate_answer(const config::EstimateRequest& request,
                                                  const config::RunOptions& options,
                                                  const refdata::Tables& tables);
[[nodiscard]] Result<std::string> compare_answer(const config::EstimateRequest& request,
                                                 const config::RunOptions& options,
                                                 const refdata::Tables& tables);

}  // namespace gramme::calculate
