// A person's and a program's view of a training that is planned. Pure.
#pragma once

#include <string>

#include "plan/train.hpp"
#include "present/present.hpp"

namespace gramme::present {

/// The answer, how it came about, and every default with its source and the flag that changes it.
[[nodiscard]] std::string plan_train_text(const plan::TrainRequest& asked, const plan::TrainPlan& plan,
                                          const TextStyle& style);
/// A head and one line of figures, for scripts: those of an estimate, and what comes before them.
[[nodiscard]] std::string plan_train_csv(const plan::TrainPlan& plan);
/// Schema gramme/plan-train/1.
[[nodiscard]] std::string plan_train_json(const plan::TrainRequest& asked, const plan::TrainPlan& plan);

}  // namespace gramme::present
