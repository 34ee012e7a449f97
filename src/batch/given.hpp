// What holds for the rows of a table that do not say it themselves. No IO.
#pragma once

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "model/job.hpp"
#include "refdata/tables.hpp"

namespace gramme::batch {

/// The job that the options say, with at most one group. kUsage: whatever is wrong with them, because it
/// would be wrong with each row.
[[nodiscard]] Result<JobRequest> given_by_options(const config::OptionList& options,
                                                  const FactorRequest& factors,
                                                  const refdata::Tables& tables);

}  // namespace gramme::batch
