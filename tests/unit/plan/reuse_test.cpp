#include "plan/reuse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "requests.hpp"

namespace gramme::plan {
namespace {

using ::testing::HasSubstr;

ReuseRequest request() {
    ReuseRequest asked;
    asked.scratch = llama();
    asked.scratch.shape.layers.reset();
    asked.scratch.shape.width.reset();
    asked.fine_tune_tokens = Range{1e7, 1e7};
    return asked;
}

ReusePlan reuse(const ReuseRequest& asked) {
    const auto plan = plan_reuse(asked, refdata::Tables{});
    EXPECT_TRUE(plan) << plan.error().what;
    return plan ? *plan : ReusePlan{};
}

TEST(PlanReuse, PutsTheWaysBesideEachOther) {
    const ReusePlan plan = reuse(request());
    ASSERT_EQ(plan.ways.size(), 5U);
    EXPECT_EQ(plan.ways[0].name, "from scratch");
    EXPECT_DOUBLE_EQ(plan.ways[0].ratio.value, 1.0);
    EXPECT_DOUBLE_EQ(plan.ways[0].energy_kwh.value, plan.scratch.footprint.energy_kwh->value);
    // 1e7 of 1e12 tokens, all of both exact
    EXPECT_NEAR(plan.ways[2].of_one_first.value, 1e5, 1e-6);
    EXPECT_DOUBLE_EQ(plan.ways[2].ratio.low, plan.ways[2].ratio.high);
    EXPECT_NEAR(plan.ways[2].energy_kwh.value, 1e-5 * plan.ways[0].energy_kwh.value, 1e-9);
    // LoRA between 4/6 and 32.5 / 43.1 of it, frozen 2/6
    EXPECT_NEAR(plan.ways[3].ratio.value / plan.ways[2].ratio.value, std::sqrt(4.0 / 6.0 * 0.754), 1e-9);
    EXPECT_NEAR(plan.ways[3].ratio.low / plan.ways[2].ratio.value, 4.0 / 6.0, 1e-4);
    EXPECT_NEAR(plan.ways[3].ratio.high / plan.ways[2].ratio.value, 0.754, 1e-4);
    EXPECT_NEAR(plan.ways[4].ratio.value / plan.ways[2].ratio.value, 1.0 / 3.0, 1e-9);
    EXPECT_EQ(plan.ways[3].what, "4N");
}

TEST(PlanReuse, AHostedUseIsAsUncertainAsItsGridAndItsPue) {
    ReuseRequest asked = request();
    asked.scratch.job.factors = FactorRequest{};
    asked.scratch.job.factors.region = "FRA";
    asked.hosted_wh = Range{0.1, 0.1};
    asked.own_wh = Range{0.01, 0.01};
    asked.uses = 1e6;
    const ReusePlan plan = reuse(asked);
    const Factors& factors = plan.scratch.footprint.factors;
    const double sigma = std::hypot(factors.pue.sigma_ln, factors.intensity.sigma_ln);
    ASSERT_GT(sigma, 0.0);
    EXPECT_NEAR(plan.hosted_use_kgco2e.high / plan.hosted_use_kgco2e.value, std::exp(1.96 * sigma), 1e-4);
    EXPECT_NEAR(plan.hosted_kgco2e->value / plan.hosted_kgco2e->low, std::exp(1.96 * sigma), 1e-4);
    // The uses of one's own model stand on the same grid as its training: no sum of both is surer than that.
    const ReuseWay& tune = plan.ways[2];
    EXPECT_GE(tune.with_uses_kgco2e->high / tune.with_uses_kgco2e->value, std::exp(1.96 * sigma) - 1e-4);
}

TEST(PlanReuse, DefaultsAreRangesWithTheirSources) {
    ReuseRequest asked = request();
    asked.fine_tune_tokens.reset();
    asked.scratch.shape.tokens = 0.0;
    const ReusePlan plan = reuse(asked);
    EXPECT_DOUBLE_EQ(plan.tokens, 20.0 * 6.7e9);
    // 400 to 45000 fine-tunings for one pre-training; centre sqrt(400 x 45000) = 4243
    EXPECT_NEAR(plan.ways[2].of_one_first.value, 4243.0, 5.0);
    EXPECT_NEAR(plan.ways[2].of_one_first.low, 400.0, 1.0);
    EXPECT_NEAR(plan.ways[2].of_one_first.high, 45000.0, 100.0);
    EXPECT_NEAR(plan.ways[1].ratio.low, 0.052, 1e-6);
    EXPECT_NEAR(plan.ways[1].ratio.high, 0.25, 1e-6);
    ASSERT_EQ(plan.assumptions.size(), 5U);
    for (const Assumption& one : plan.assumptions) {
        EXPECT_NE(one.source, "");
        EXPECT_THAT(one.change, HasSubstr("--"));
    }
    EXPECT_EQ(plan.assumptions[2].source, "wang-2023");
}

TEST(PlanReuse, BreaksEvenWhereUsesSaveWhatTrainingTook) {
    ReuseRequest asked = request();
    asked.hosted_wh = Range{0.1, 0.1};
    asked.own_wh = Range{0.01, 0.01};
    const ReusePlan plan = reuse(asked);
    const ReuseWay& tune = plan.ways[2];
    EXPECT_NEAR(tune.even_uses->value, tune.energy_kwh.value * 1000.0 / 0.09, 1e-6);
    EXPECT_NEAR(tune.even_uses->high / tune.even_uses->value, tune.energy_kwh.high / tune.energy_kwh.value,
                1e-9);
    asked.own_wh = Range{0.1, 0.1};
    EXPECT_FALSE(reuse(asked).ways[2].even_uses);  // never
}

TEST(PlanReuse, AddsUses) {
    ReuseRequest asked = request();
    asked.hosted_wh = Range{0.1, 0.1};
    asked.own_wh = Range{0.01, 0.01};
    asked.uses = 1e6;
    const ReusePlan plan = reuse(asked);
    // 1e6 x 0.1 Wh = 100 kWh x PUE 1.1 x 400 g = 44 kg
    EXPECT_NEAR(plan.hosted_kgco2e->value, 44.0, 1e-9);
    EXPECT_NEAR(plan.ways[2].with_uses_kgco2e->value, plan.ways[2].kgco2e.value + 4.4, 1e-9);
}

TEST(PlanReuse, SharesThePreTraining) {
    ReuseRequest asked = request();
    asked.shared_by = 1000.0;
    const ReusePlan plan = reuse(asked);
    EXPECT_NEAR(plan.ways[2].ratio.value, 1e-3 + 1e-5, 1e-12);
    EXPECT_DOUBLE_EQ(plan.ways[0].ratio.value, 1.0);
    asked.shared_by = 0.5;
    EXPECT_EQ(plan_reuse(asked, {}).error().code, Code::kUsage);
    asked.shared_by.reset();
    asked.fine_tune_tokens = Range{1e-300, 1e7};
    EXPECT_THAT(plan_reuse(asked, {}).error().what, HasSubstr("--fine-tune-tokens is less than one token"));
}

RC_GTEST_PROP(PlanReuseProperty, RatiosAreNarrowerThanWhatTheyCompare, ()) {
    ReuseRequest asked = request();
    const double tokens = 1e6 * *rc::gen::inRange(1, 100000);
    asked.fine_tune_tokens = Range{tokens, tokens * *rc::gen::inRange(1, 10)};
    for (const ReuseWay& way : reuse(asked).ways) {
        RC_ASSERT(way.ratio.low <= way.ratio.value && way.ratio.value <= way.ratio.high);
        RC_ASSERT(way.kgco2e.low <= way.kgco2e.value && way.kgco2e.value <= way.kgco2e.high);
        RC_ASSERT(way.ratio.high / way.ratio.low <= way.energy_kwh.high / way.energy_kwh.low * (1 + 1e-9));
        RC_ASSERT(std::abs(way.of_one_first.value * way.ratio.value - 1.0) < 1e-9);
    }
}

}  // namespace
}  // namespace gramme::plan
