// The worked examples of docs/method/plan-train.md and plan-reuse.md, read from the pages and worked out
// again.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "page_numbers.hpp"
#include "plan/amount.hpp"
#include "plan/flops.hpp"
#include "plan/reuse.hpp"
#include "plan/utilisation.hpp"

namespace gramme::plan {
namespace {

const std::string kN = R"(([0-9][0-9.]*(?:e[0-9]+)?))";

TEST(PlanPages, Flops) {
    const auto x =
        numbers("plan-train", "Llama 3\\.1 8B, " + kN + " parameters, " + kN + " layers, width " + kN +
                                  ", texts of " + kN + ": 6N = " + kN + ", attention " + kN + ", which is " +
                                  kN + " % of it\\. Of " + kN + " tokens: " + kN + " operations");
    Shape shape;
    shape.parameters = x[0];
    shape.layers = x[1];
    shape.width = x[2];
    shape.sequence_length = x[3];
    shape.tokens = x[7];
    const Compute compute = compute_of(Method::kFull, shape);
    EXPECT_NEAR(compute.weights_per_token, x[4], 1e6);
    EXPECT_NEAR(compute.attention_per_token, x[5], 1e7);
    EXPECT_NEAR(100.0 * compute.attention_per_token / compute.weights_per_token, x[6], 0.05);
    EXPECT_NEAR(compute.model, x[8], 1e21);
}

TEST(PlanPages, Utilisation) {
    const auto x =
        numbers("plan-train", "LLaMA 7B: " + kN + " tokens x \\(6 x " + kN + " \\+ 12 x " + kN + " x " + kN +
                                  " x " + kN + "\\) = " + kN + " operations; in " + kN + " h of an A100 \\(" +
                                  kN + " a second\\) that is an MFU of " + kN);
    Shape shape;
    shape.tokens = x[0];
    shape.parameters = x[1];
    shape.layers = x[2];
    shape.width = x[3];
    shape.sequence_length = x[4];
    const double operations = compute_of(Method::kFull, shape).model;
    EXPECT_NEAR(operations, x[5], 5e18);
    EXPECT_NEAR(operations / (x[6] * 3600.0 * x[7]), x[8], 5e-4);
    const refdata::Tables tables;
    for (const auto& [row, device] : {std::pair{"ampere \\(A100\\)", "a100"},
                                      {"TPU v3, v4", "tpu-v3"},
                                      {"hopper \\(H100\\)", "h100"},
                                      {"volta \\(V100\\)", "v100"},
                                      {"all", "p100"}}) {
        const auto line =
            numbers("plan-train", std::string{"\\| "} + row + " \\| " + kN + " \\| " + kN + " \\| " + kN);
        const auto band = utilisation_band(tables, *tables.find_accelerator(device));
        ASSERT_TRUE(band);
        EXPECT_EQ(band->projects, line[0]) << row;
        EXPECT_EQ(band->runs, line[1]) << row;
        EXPECT_NEAR(band->centre, line[2], 5e-4) << row;
    }
    for (const auto& row : tables.profile_factors("published", "system_w")) {
        const std::string watts = std::to_string(static_cast<int>(row.value));
        EXPECT_NE(page("plan-train").find(watts), std::string::npos) << row.name;
    }
}

TEST(PlanPages, Widened) {
    const auto x =
        numbers("plan-train", kN + " kWh \\(" + kN + " to " + kN + "\\) for hours that are known to sigma " +
                                  kN + ": .*: from " + kN + "; above .*: to " + kN + "\\.");
    const Estimate e = widened({x[0], x[1], x[2]}, x[3]);
    EXPECT_NEAR(e.low, x[4], 0.05);
    EXPECT_NEAR(e.high, x[5], 0.05);
}

TEST(PlanPages, Reuse) {
    const auto x =
        numbers("plan-reuse", kN + " parameters, " + kN + " tokens from scratch, fine-tuning on " + kN +
                                  " tokens: .* = " + kN + " fine-tunings .* so " + kN +
                                  " of them\\. If a fine-tuning takes " + kN + " kWh, a hosted use " + kN +
                                  " Wh and an own one " + kN + " Wh, it is even after .* = " + kN + " uses");
    ReuseRequest asked;
    asked.scratch.shape.parameters = x[0];
    asked.scratch.shape.tokens = x[1];
    asked.scratch.device = "a100";
    asked.scratch.job.host = "auto";
    asked.fine_tune_tokens = Range{x[2], x[2]};
    asked.hosted_wh = Range{x[6], x[6]};
    asked.own_wh = Range{x[7], x[7]};
    const auto plan = plan_reuse(asked, refdata::Tables{});
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_NEAR(plan->ways[2].of_one_first.value, x[3], 0.5);
    EXPECT_NEAR(plan->ways[3].of_one_first.value, x[4], 5.0);
    EXPECT_NEAR(plan->ways[2].even_uses->value * x[5] / plan->ways[2].energy_kwh.value, x[8], 1.0);
}

}  // namespace
}  // namespace gramme::plan
