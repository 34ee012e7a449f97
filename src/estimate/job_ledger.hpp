// From the description of a job to parts with energy: what each kind of group draws. Internal to estimate.
#pragma once

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

struct JobParts {
    Ledger ledger;  ///< one window per part, over the hours of the job
    std::vector<Assumption> assumptions;
    std::vector<HeldHardware> held;
};

/// CPU load of an instance without accelerators, where nobody says. Source: docs/method/estimate.md.
inline constexpr double kCpuLoadOfInstance = 0.5;

/// Which typical machine stands around a device: a kind of Tables::typical_host().
[[nodiscard]] std::string_view host_kind_of(const refdata::Accelerator& device);
/// Numbers in range, something to estimate. As estimate_job().
[[nodiscard]] Result<void> check(const JobRequest& asked);
/// "desktop" or "laptop" where every group is a device of such a machine, else empty.
[[nodiscard]] Result<std::string> chassis_of(const JobRequest& asked, const refdata::Tables& tables);
/// As estimate_job().
[[nodiscard]] Result<JobParts> parts_of(const JobRequest& asked, const refdata::Tables& tables);

}  // namespace gramme::estimate
