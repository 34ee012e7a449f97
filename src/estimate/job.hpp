// The footprint of a job that was not measured. Pure. Method: docs/method/estimate.md.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/intensity_series.hpp"
#include "model/job.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// Mean power of an accelerator in training over its board limit, and the relative standard uncertainty of it
/// between trainings. Source: docs/method/estimate.md#accelerators.
inline constexpr double kTrainingShare = 0.70;
inline constexpr double kTrainingSigma = 0.23;
/// The same around a published mean of the part itself.
inline constexpr double kTypicalSigma = 0.15;
/// Power at rest over the board limit, where the part's own is not published.
inline constexpr double kIdleShare = 0.12;

struct JobEstimate {
    /// Scope machine, duration the hours asked; of the host only chassis and cloud; started where
    /// asked.start_s or an intensity over time says when.
    RunRecord run;
    Footprint footprint;
    std::vector<Assumption> assumptions;
};

/// kNotFound: no such device or instance, with candidates. kMalformed: a device whose watts nobody published.
/// kOutOfRange: hours, counts, watts, shares that are not finite, negative or absurd. Every other default is
/// in `assumptions`.
[[nodiscard]] Result<JobEstimate> estimate_job(const JobRequest& asked, const refdata::Tables& tables);

/// The same with its energy, even over the hours, costed with the series. Without asked.start_s the job
/// starts with the series. Also kOutOfRange: no hours, or a series that has nothing of the time of the job.
[[nodiscard]] Result<JobEstimate> estimate_job(const JobRequest& asked, const IntensitySeries& series,
                                               const refdata::Tables& tables);

/// The machine that a job names without saying so: the cloud of its instances, the room of a desktop. For
/// resolve_factors().
[[nodiscard]] Result<HostFacts> host_of(const JobRequest& asked, const refdata::Tables& tables);

/// The same with PUE and intensity that are chosen already.
[[nodiscard]] Result<JobEstimate> estimate_job(const JobRequest& asked, const Factors& factors,
                                               const refdata::Tables& tables);

/// Watts of one device in training at a utilisation of 0 to 1 (1: as busy as a training usually keeps it),
/// with relative standard uncertainty.
struct DevicePower {
    Watts watts;
    double sigma = 0.0;
    std::string how;     ///< "0.76 of its limit of 700 W"
    std::string source;  ///< source id
};
/// kMalformed where neither a limit nor a typical power is known.
[[nodiscard]] Result<DevicePower> device_power(const refdata::Accelerator& device, PowerModel model,
                                               double utilisation);

}  // namespace gramme::estimate
