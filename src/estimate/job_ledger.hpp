// From the description of a job to parts with energy: what each kind of group draws. Internal to estimate.
#pragma once

#include <cstddef>
#include <vector>

#include "model/footprint.hpp"
#include "model/job.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// How much of what kind of hardware a job held, for its embodied carbon.
struct HeldHardware {
    std::string accelerator;  ///< id; empty: none
    double accelerators = 0.0;
    double hosts = 0.0;            ///< whole machines' worth
    double host_memory_gib = 0.0;  ///< of one machine
    double host_packages = 1.0;
};

/// The part of a job whose energy follows the utilisation, on meter::level_at(bend, utilisation) of the way
/// from what it is at 0 to what it is at 1.
struct UtilisedPart {
    std::size_t device = 0;  ///< index into Ledger::devices
    double bend = 0.0;       ///< 0: a straight line
};

struct JobParts {
    Ledger ledger;  ///< one window per part, over the hours of the job
    /// Of each part that JobRequest::utilisation changes; empty where nothing does.
    std::vector<UtilisedPart> utilised;
    std::vector<Assumption> assumptions;
    std::vector<HeldHardware> held;
};

/// CPU load of an instance without accelerators, where nobody says. Source: docs/method/estimate.md.
inline constexpr double kCpuLoadOfInstance = 0.5;

/// Numbers in range, something to estimate. As estimate_job().
[[nodiscard]] Result<void> check(const JobRequest& asked);
/// "desktop" or "laptop" where every group is a device of such a machine, else empty.
[[nodiscard]] Result<std::string> chassis_of(const JobRequest& asked, const refdata::Tables& tables);
/// As estimate_job().
[[nodiscard]] Result<JobParts> parts_of(const JobRequest& asked, const refdata::Tables& tables);

}  // namespace gramme::estimate
