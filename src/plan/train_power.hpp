// The hardware of a plan, and what it draws and emits over given hours. Internal to plan.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "plan/train.hpp"

namespace gramme::plan {

struct Hardware {
    refdata::Accelerator device;
    JobGroup group;        ///< what is estimated: devices or instances, with their count
    double devices = 1.0;  ///< accelerators in it
};

/// kUsage: neither device nor instance, or both; a processor; an instance without accelerators. Other errors:
/// of the look-ups.
[[nodiscard]] Result<Hardware> hardware_of(const TrainRequest& asked, const refdata::Tables& tables);

struct Costed {
    Footprint footprint;
    std::vector<Assumption> assumptions;
    Uncertainty power;  ///< that the footprint does not hold yet
};

/// Watts by the best evidence: those that the person gives; else a published mean of the device with its
/// machine over whole trainings (data/profile_factors.csv, tool "published"); else as `gramme estimate`.
/// Embodied carbon is that of the hardware in each case.
[[nodiscard]] Result<Costed> costed_of(const TrainRequest& asked, const Hardware& hardware, double wall_hours,
                                       const refdata::Tables& tables);

}  // namespace gramme::plan
