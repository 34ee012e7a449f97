// When to run a job: from the words of a command or a request to the answer. No IO.
// Method: docs/method/plan-when.md.
#pragma once

#include <optional>

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "model/intensity_series.hpp"
#include "plan/when.hpp"
#include "present/plan_when.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

struct WhenRequest {
    JobRequest job;
    plan::WaitingJob waiting;  ///< without the shares, which the power of the job decides
    double pause_kwh = 0.0;
    double pause_w = 0.0;
    std::optional<std::int64_t> earliest_s;  ///< --start-not-before
    std::optional<std::int64_t> deadline_s;  ///< --deadline
    int offset_minutes = 0;                  ///< of the clock by which these were given
    std::vector<Assumption> assumptions;
};

/// The time of a flag such as --deadline, seconds since 1970. kUsage.
[[nodiscard]] Result<std::int64_t> time_option(std::string_view option, const std::string& typed);

/// Options of the job, and deadline, start-not-before, pause-minutes, pause-kwh, pause-w, least-run-hours.
/// The intensity of `factors`, from wherever, gives way to the forecast. kUsage.
[[nodiscard]] Result<WhenRequest> when_request(const config::OptionList& options,
                                               const FactorRequest& factors);

/// The earliest time at which the job may start: --start-not-before, else the minute behind `now_s`.
[[nodiscard]] std::int64_t earliest_start(const WhenRequest& request, std::int64_t now_s);

/// Errors of estimate_job() and window_of().
[[nodiscard]] Result<present::WhenView> planned_when(const WhenRequest& request,
                                                     const IntensitySeries& forecast, std::int64_t now_s,
                                                     const refdata::Tables& tables);

}  // namespace gramme::calculate
