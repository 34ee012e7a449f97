#include "plan/search_cost.hpp"

#include <gtest/gtest.h>

#include "plan/sweep_result.hpp"

namespace gramme::plan {
namespace {

Space grid_of(std::size_t parameters, std::size_t values) {
    Space space;
    for (std::size_t i = 0; i < parameters; ++i) {
        Parameter one;
        one.name = "p" + std::to_string(i);
        for (std::size_t j = 0; j < values; ++j) {
            one.values.push_back(std::to_string(j));
        }
        space.parameters.push_back(one);
    }
    return space;
}

TEST(Draws, TheClassicNumbers) {
    EXPECT_EQ(draws_needed(0.95, 0.05), 59U);  // ln(0.05) / ln(0.95) = 58.4
    EXPECT_EQ(draws_needed(0.95, 0.10), 29U);
    EXPECT_EQ(draws_needed(0.99, 0.05), 90U);
    EXPECT_EQ(draws_needed(0.95, 0.01), 299U);
    EXPECT_EQ(draws_needed(0.75, 0.5), 2U);  // exactly 2: no rounding up beyond it
}

TEST(Halving, EightyOneConfigurationsCostFiveTrainings) {
    const auto rungs = halving_rungs(81, 3.0);
    ASSERT_EQ(rungs.size(), 5U);
    EXPECT_EQ(rungs[1].configs, 27U);
    EXPECT_DOUBLE_EQ(rungs[0].budget, 1.0 / 81.0);
    EXPECT_DOUBLE_EQ(cost_restarting(rungs), 5.0);                    // (s + 1) R
    EXPECT_NEAR(cost_resuming(rungs), 1.0 + 4.0 * 2.0 / 3.0, 1e-12);  // R [1 + s (1 - 1/eta)]
}

TEST(Halving, RungsBelowTheSmallestBudgetAreLeftOut) {
    const auto rungs = halving_rungs(81, 3.0, 1.0 / 10.0);  // two divisions by 3 fit into 10
    ASSERT_EQ(rungs.size(), 3U);
    EXPECT_EQ(rungs[0].configs, 81U);
    EXPECT_EQ(rungs[2].configs, 9U);
    EXPECT_DOUBLE_EQ(rungs[2].budget, 1.0);
}

TEST(Hyperband, TheBracketsOfThePaper) {
    const auto brackets = hyperband_brackets(81.0, 3.0);
    ASSERT_EQ(brackets.size(), 5U);
    std::size_t configs = 0;
    double cost = 0.0;
    const std::size_t expected[] = {81, 34, 15, 8, 5};
    for (std::size_t i = 0; i < brackets.size(); ++i) {
        EXPECT_EQ(brackets[i].front().configs, expected[i]);
        configs += brackets[i].front().configs;
        cost += cost_restarting(brackets[i]);
    }
    EXPECT_EQ(configs, 143U);
    EXPECT_NEAR(cost, 23.5, 0.05);
}

TEST(PlanSearch, AGridOfFourTimesFiveAgainstFiftyNineDraws) {
    SearchRequest request;
    request.space = grid_of(4, 5);
    request.trial.energy_kwh = Estimate{2.0, 1.0, 3.0};
    const auto plan = plan_search(request);
    ASSERT_TRUE(plan);
    EXPECT_DOUBLE_EQ(plan->ways[0].configs, 625.0);
    EXPECT_DOUBLE_EQ(plan->ways[0].energy_kwh->value, 1250.0);
    EXPECT_DOUBLE_EQ(plan->ways[1].energy_kwh->high, 177.0);  // 59 x 3: they err together
    EXPECT_NEAR(*plan->ways[1].saved, 0.9056, 1e-9);          // 1 - 59 / 625
}

TEST(PlanSearch, SeedsAndFoldsMultiplyEachPoint) {
    SearchRequest request;
    request.space = grid_of(1, 4);
    request.space.seeds = 3;
    request.space.folds = 5;
    request.trial.hours = 2.0;
    const auto plan = plan_search(request);
    ASSERT_TRUE(plan);
    EXPECT_DOUBLE_EQ(plan->ways[0].trainings, 60.0);
    EXPECT_DOUBLE_EQ(*plan->ways[0].hours, 120.0);
}

TEST(PlanSearch, NarrowingKeepsTheGoodPartWithFewerDraws) {
    SearchRequest request;
    request.space.parameters.resize(1);
    Parameter& lr = request.space.parameters[0];
    lr.name = "lr";
    lr.low = 1e-4;
    lr.high = 1e-1;
    lr.is_log = true;
    lr.points = 9;
    const auto narrow = parse_narrowing("lr=0.001:0.01", request.space);
    ASSERT_TRUE(narrow) << narrow.error().what;
    request.narrow = {*narrow};
    const auto plan = plan_search(request);
    ASSERT_TRUE(plan);
    EXPECT_NEAR(plan->narrowed->kept, 1.0 / 3.0, 1e-12);  // one decade of three
    EXPECT_DOUBLE_EQ(plan->narrowed->grid, 3.0);
    EXPECT_EQ(plan->narrowed->random, 19U);  // ln(0.05) / ln(1 - 0.15) = 18.4
    EXPECT_EQ(plan->half.random, 29U);       // q = 10 %
    EXPECT_FALSE(parse_narrowing("lr=0.01:1", request.space)) << "beyond its range";
    EXPECT_FALSE(parse_narrowing("rate=0.001:0.01", request.space));
}

Trial ended(std::size_t config, std::size_t rung, std::optional<double> objective) {
    Trial out;
    out.task = {config, rung, 1.0};
    out.objective = objective;
    out.outcome = objective ? Outcome::kFinished : Outcome::kFailed;
    return out;
}

TEST(TrialOrder, ARungBeginsWhenTheOneBeforeHasEndedAndTakesItsBest) {
    TrialOrder schedule;
    schedule.configs = 4;
    schedule.rungs = {{4, 1.0 / 3.0}, {2, 1.0}};
    schedule.minimize = true;
    std::vector<Trial> trials{ended(0, 0, 0.9), ended(1, 0, 0.2), ended(3, 0, 0.2)};
    const auto waiting = schedule.ready(trials);
    ASSERT_EQ(waiting.size(), 1U) << "the last of the first rung, and none of the second";
    EXPECT_EQ(waiting[0].config, 2U);
    trials.push_back(ended(2, 0, std::nullopt));
    const auto next = schedule.ready(trials);
    ASSERT_EQ(next.size(), 2U);
    EXPECT_EQ(next[0].config, 1U) << "of two alike the earlier first";
    EXPECT_EQ(next[1].config, 3U);
    EXPECT_DOUBLE_EQ(next[0].budget, 1.0);
    trials.push_back(ended(1, 1, 0.1));
    trials.push_back(ended(3, 1, std::nullopt));
    EXPECT_TRUE(schedule.ready(trials).empty());
}

TEST(TrialOrder, ATrialWithoutAnObjectiveNeverGoesOn) {
    TrialOrder schedule;
    schedule.configs = 3;
    schedule.rungs = {{3, 1.0 / 3.0}, {2, 1.0}};
    const auto next = schedule.ready({ended(0, 0, {}), ended(1, 0, {}), ended(2, 0, -5.0)});
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].config, 2U);
}

TEST(SweepResult, TheBestOfAFullTrainingIsBeforeALuckyShortOne) {
    SweepResult sweep;
    sweep.trials = {ended(0, 0, 0.99), ended(1, 1, 0.8), ended(2, 1, 0.9)};
    sweep.trials[0].task.budget = 0.1;
    EXPECT_EQ(best_trial(sweep), 2U);
    sweep.minimize = true;
    EXPECT_EQ(best_trial(sweep), 1U);
}

TEST(SweepResult, TheGridCostsTheMeanOfTrialsThatEndedWell) {
    SweepResult sweep;
    sweep.grid_points = 10;
    for (const double kwh : {1.0, 3.0}) {
        Trial one = ended(0, 0, 0.5);
        one.energy_kwh = kwh;
        one.operational_kgco2e = Estimate{kwh, kwh, kwh};
        one.duration_s = 3600.0;
        sweep.trials.push_back(one);
    }
    Trial crashed = ended(1, 0, {});
    crashed.energy_kwh = 0.001;
    crashed.operational_kgco2e = Estimate{0.001, 0.001, 0.001};
    sweep.trials.push_back(crashed);
    const auto grid = grid_cost(sweep);
    ASSERT_TRUE(grid);
    EXPECT_DOUBLE_EQ(grid->energy_kwh, 20.0);  // 10 x (1 + 3) / 2
    EXPECT_DOUBLE_EQ(grid->hours, 10.0);
}

}  // namespace
}  // namespace gramme::plan
