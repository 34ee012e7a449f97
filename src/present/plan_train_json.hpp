// The JSON of a planned training, for views that hold one. Only for src/present.
#pragma once

#include "plan/train.hpp"
#include "present/json_writer.hpp"

namespace gramme::present {

/// Into an object that is open: all that plan_train_json() holds but `schema`.
void write_plan_train_members(JsonWriter& json, const plan::TrainRequest& asked, const plan::TrainPlan& plan);

}  // namespace gramme::present
