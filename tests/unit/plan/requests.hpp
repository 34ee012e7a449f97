// Trainings that tests plan. Internal to the tests of plan.
#pragma once

#include <gtest/gtest.h>

#include "plan/train.hpp"

namespace gramme::plan {

/// LLaMA 7B on A100, with a PUE and an intensity that are given.
inline TrainRequest llama() {
    TrainRequest asked;
    asked.shape.parameters = 6.7e9;
    asked.shape.tokens = 1e12;
    asked.shape.layers = 32;
    asked.shape.width = 4096;
    asked.shape.sequence_length = 2048;
    asked.device = "a100-80gb";
    asked.job.host = "auto";
    asked.job.factors.pue = 1.1;
    asked.job.factors.intensity_gco2e_per_kwh = 400.0;
    return asked;
}

inline TrainPlan planned(const TrainRequest& asked) {
    const auto plan = plan_train(asked, refdata::Tables{});
    EXPECT_TRUE(plan) << plan.error().what;
    return plan ? *plan : TrainPlan{};
}

}  // namespace gramme::plan
