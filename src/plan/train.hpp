// What a training will take, before anything runs: operations, device-hours, energy and carbon, with
// intervals. Pure. Method: docs/method/plan-train.md
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/job.hpp"
#include "plan/amount.hpp"
#include "plan/flops.hpp"
#include "plan/utilisation.hpp"
#include "refdata/tables.hpp"

namespace gramme::plan {

/// How fast it goes, where somebody knows it. At most one of the three.
struct Speed {
    std::optional<Range> mfu;                ///< share of the peak, model operations counted
    std::optional<Range> hfu;                ///< the same, what is computed again counted too
    std::optional<Range> tokens_per_second;  ///< measured
    bool of_one_device = false;              ///< the tokens are those of one device, not of all together
};

struct TrainRequest {
    Shape shape;
    double all_parameters = 0.0;   ///< of a mixture, for the words; else shape.parameters
    double tokens_sigma_ln = 0.0;  ///< where the number of tokens is itself a guess
    Method method = Method::kFull;
    Precision precision = Precision::k16Bit;
    Speed speed;
    std::optional<Range> times;  ///< how much all trainings of the project take, over this one
    std::string device;          ///< or `instance`, not both
    std::string instance;
    std::optional<double> count;    ///< of devices or instances; without it there are no wall-clock hours
    std::optional<double> power_w;  ///< of one device, its share of the machine included
    JobRequest job;                 ///< host, power model, factors, embodied, lifetime; no groups, no hours
};

/// One thing that makes the result wide.
struct Uncertainty {
    std::string what;
    double sigma_ln = 0.0;
    std::string remedy;
};

struct TrainPlan {
    Compute compute;
    std::string device;    ///< id
    double devices = 1.0;  ///< accelerators, of instances all that is in them
    Estimate device_hours;
    std::optional<Estimate> wall_hours;  ///< absent where nobody said how many devices
    double utilisation = 0.0;  ///< model operations over the peak; 0: not known (tokens/s without a peak)
    std::optional<UtilisationBand> band;  ///< of published trainings, where nobody said better
    std::optional<Peak> peak;
    Footprint footprint;  ///< of the whole training, intervals with everything in them
    std::vector<Assumption> assumptions;
    std::vector<std::string> notes;
    /// Of all trainings of the project; absent where nobody asked.
    std::optional<Estimate> project_energy_kwh;
    std::optional<Estimate> project_kgco2e;
};

/// kUsage: no parameters, tokens or device, figures that contradict each other. kNotFound: no such device.
/// kOutOfRange: more than 1e9 hours or less than 1e-6. Other errors: of estimate_job().
[[nodiscard]] Result<TrainPlan> plan_train(const TrainRequest& asked, const refdata::Tables& tables);

}  // namespace gramme::plan
