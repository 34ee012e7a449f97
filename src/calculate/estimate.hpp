// The footprint of a job that was not measured, from the words of a command or a request to the answer. No
// IO.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "estimate/job.hpp"
#include "estimate/profile.hpp"
#include "model/intensity_series.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

struct Calculation {
    JobRequest asked;
    estimate::JobEstimate estimate;
    std::optional<estimate::ProfileResult> like;  ///< what --profile says of the same job
};

/// Which calculator --profile names. kUsage.
[[nodiscard]] Result<std::optional<estimate::Profile>> wanted_profile(const config::OptionList& options);
/// kUsage: --start or --profile where `series`, whether intensities change with time, makes no sense of it.
[[nodiscard]] Result<void> check_series_options(const config::OptionList& options, bool series);
/// An error of the tables about the region that was asked for says where that was said.
[[nodiscard]] Result<void> check_region(const FactorRequest& factors, const refdata::Tables& tables);

/// `asked` as job_request() makes it of `options`, of which --equivalences and --profile are read here.
/// `series`: intensities over time, or nullptr. kUsage for what makes no sense, whoever noticed.
[[nodiscard]] Result<Calculation> calculate(const config::OptionList& options, const JobRequest& asked,
                                            const IntensitySeries* series, const refdata::Tables& tables);
/// Schema gramme/footprint/1.
[[nodiscard]] std::string calculation_json(const Calculation& calculation);

}  // namespace gramme::calculate
