// Ways to come by a model, side by side: from scratch, from one that is trained already, or by using one that
// others run. Pure. Method: docs/method/plan-reuse.md
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "plan/train.hpp"

namespace gramme::plan {

struct ReuseRequest {
    TrainRequest scratch;                   ///< the pre-training; tokens 0: as many as are usual for its size
    std::optional<Range> continued_tokens;  ///< of continued pre-training
    std::optional<Range>
        fine_tune_tokens;             ///< of fine-tuning, LoRA and the frozen backbone, repeats included
    std::optional<Range> hosted_wh;   ///< Wh of one use of a hosted model
    std::optional<Range> own_wh;      ///< Wh of one use of a model of one's own
    std::optional<double> uses;       ///< of the model, once it is there
    std::optional<double> shared_by;  ///< how many models stand on the pre-trained one: each bears a part
};

struct ReuseWay {
    std::string name;
    std::string what;  ///< "4N": operations of a token, N parameters
    Range tokens;
    double flops = 0.0;
    Estimate device_hours;
    Estimate energy_kwh;
    Estimate kgco2e;
    Estimate ratio;         ///< of its energy to that from scratch; narrower than both, for they share most
    Estimate of_one_first;  ///< how many of it one training from scratch would pay for
    std::optional<Estimate>
        even_uses;  ///< from so many uses on it takes less than a hosted model; absent: never
    std::optional<Estimate> with_uses_kgco2e;
};

struct ReusePlan {
    TrainPlan scratch;
    double tokens = 0.0;    ///< of the pre-training
    std::vector<ReuseWay> ways;  ///< the first is from scratch
    Range hosted_wh;        ///< before PUE, as own_wh
    Range own_wh;
    Estimate hosted_use_kgco2e;             ///< of one use
    std::optional<Estimate> hosted_kgco2e;  ///< of all uses
    std::vector<Assumption> assumptions;
};

/// As plan_train(). kUsage also where reuse is said to take more tokens than can be, or a model is shared by
/// less than one. kNotFound where a default is missing in the tables.
[[nodiscard]] Result<ReusePlan> plan_reuse(const ReuseRequest& asked, const refdata::Tables& tables);

}  // namespace gramme::plan
