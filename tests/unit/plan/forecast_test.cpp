#include "plan/forecast.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "made_run.hpp"
#include "plan/forecast_parts.hpp"

namespace gramme::plan {
namespace {

using testing::make;
using testing::Recipe;

TEST(Forecast, IsExactWhereEveryStepTakesTheSame) {
    // 20 s of start-up at 80 W, 1000 steps of 0.5 s at 200 W: 520 s, 1600 J + 100 000 J.
    const auto run = make({}, 100);
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value, 520.0, 1e-6);
    EXPECT_NEAR(all->left_s.value, 450.0, 1e-6);
    EXPECT_NEAR(all->start_up_s, 20.0, 1e-6);
    EXPECT_NEAR(all->step_s, 0.5, 1e-9);
    ASSERT_TRUE(all->energy_j);
    EXPECT_NEAR(all->energy_j->value, 101'600.0, 1.0);
    EXPECT_LT(all->duration_s.low, 520.0);
    EXPECT_GT(all->duration_s.high, 520.0);
    EXPECT_LT(all->duration_s.high, 520.0 * 1.15);
}

TEST(Forecast, OfANewRunHasItsStartUpOnce) {
    // A pilot of 100 steps for a run of 5000: 20 s + 2500 s; 1600 J + 500 000 J.
    const auto pilot = make({}, 100);
    const auto all = forecast(pilot.seen, 5000.0, Of::kNewRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value, 2520.0, 1e-6);
    ASSERT_TRUE(all->energy_j);
    EXPECT_NEAR(all->energy_j->value, 501'600.0, 50.0);
}

TEST(Forecast, EvaluationsAndCheckpointsComeAtTheirOwnPeriods) {
    // 20 evaluations of 30 s at 100 W, 4 checkpoints of 8 s at 50 W: 520 + 600 + 32 s.
    const Recipe recipe{
        .evaluate_every = 50, .evaluation_s = 30.0, .checkpoint_every = 250, .checkpoint_s = 8.0};
    const auto run = make(recipe, 520);
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(run.duration_s, 1152.0, 1e-6);
    EXPECT_NEAR(all->duration_s.value, 1152.0, 0.5);
    ASSERT_EQ(all->recurring.size(), 2U);
    EXPECT_EQ(all->recurring[0].what, "evaluation");
    EXPECT_EQ(all->recurring[0].seen, 10U);
    EXPECT_NEAR(all->recurring[0].every_steps, 50.0, 1e-9);
    EXPECT_NEAR(all->recurring[0].ahead, 10.0, 1e-9);
    EXPECT_NEAR(all->recurring[0].each_s, 30.0, 1e-9);
    EXPECT_EQ(all->recurring[1].what, "checkpoint");
    EXPECT_NEAR(all->recurring[1].every_steps, 250.0, 1e-9);
    EXPECT_NEAR(all->recurring[1].ahead, 2.0, 1e-9);
    ASSERT_TRUE(all->energy_j);
    EXPECT_NEAR(all->energy_j->value, run.energy_j, 0.02 * run.energy_j);
}

TEST(Forecast, OneEvaluationIsTakenToComeAgainAsFarFromTheFirst) {
    const Recipe recipe{.evaluate_every = 80, .evaluation_s = 10.0};
    const auto run = make(recipe, 100);  // the rest has 11 more, at 160, 240 ... 960
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value, 520.0 + 12 * 10.0, 1e-6);
    EXPECT_EQ(all->notes.front(), "one evaluation was seen, at step 80: taken to come every 80 steps");
}

TEST(Forecast, FindsAPeriodThatNobodySaid) {
    const Recipe recipe{.evaluate_every = 40, .evaluation_s = 12.0, .says_phases = false};
    const auto run = make(recipe, 130);  // at 40, 80, 120: 22 more, the 25th stands behind the last step
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    ASSERT_EQ(all->recurring.size(), 1U);
    EXPECT_EQ(all->recurring[0].what, "pause");
    EXPECT_NEAR(all->recurring[0].every_steps, 40.0, 1e-9);
    EXPECT_NEAR(all->recurring[0].each_s, 12.0, 1e-6);
    EXPECT_NEAR(all->duration_s.value, run.duration_s, 12.0 + 1e-6);
}

TEST(Forecast, FindsTwoPeriodsThatNobodySaid) {
    const Recipe recipe{.evaluate_every = 20,
                        .evaluation_s = 6.0,
                        .checkpoint_every = 50,
                        .checkpoint_s = 15.0,
                        .says_phases = false};
    const auto run = make(recipe, 310);
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value / run.duration_s, 1.0, 0.03);
}

TEST(Forecast, OneLongStallIsNotTakenToComeAgain) {
    ProgressKeeper keeper;
    for (int step = 1; step <= 100; ++step) {
        keeper.step(20.0 + 0.5 * step + (step > 60 ? 100.0 : 0.0), step, 1000.0);
    }
    const auto all = forecast(keeper.at(170.0), std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    // 520 s and the stall of 100 s that was; more of them are in the upper end alone.
    EXPECT_NEAR(all->duration_s.value, 620.0, 1e-3);
    EXPECT_GT(all->duration_s.high, 620.0 + 300.0);
    EXPECT_TRUE(all->recurring.empty());
}

TEST(Forecast, SlowFirstStepsBelongToTheStartUp) {
    ProgressKeeper keeper;
    double now = 5.0;
    for (int step = 1; step <= 40; ++step) {
        now += step <= 3 ? 4.0 : 1.0;  // compiled while they ran
        keeper.step(now, step, 400.0);
    }
    const auto all = forecast(keeper.at(now), std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->step_s, 1.0, 1e-9);
    // 5 s, the first step 3 s slower than the others (it comes before the first time between two), and two
    // more.
    EXPECT_NEAR(all->start_up_s, 5.0 + 3.0 + 3.0 + 3.0, 1e-9);
    EXPECT_NEAR(all->left_s.value, 360.0, 1e-9);
}

TEST(Forecast, GoesOnFromACheckpoint) {
    ProgressKeeper keeper;
    double now = 30.0;
    for (int step = 5010; step <= 5200; step += 10) {
        keeper.step(now, step, 6000.0);
        now += 20.0;
    }
    const auto all = forecast(keeper.at(now - 20.0), std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->left_s.value, 800 * 2.0, 1e-6);
    EXPECT_NEAR(all->start_up_s, 10.0, 1e-6);
}

TEST(Forecast, ThinReportsWillDo) {
    const Recipe recipe{.noise = 0.05, .report_every = 20};
    const auto run = make(recipe, 120);
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value / run.duration_s, 1.0, 0.05);
}

TEST(Forecast, TimeSinceTheLastStepHasPassed) {
    auto run = make({}, 100);
    run.seen.now_s += 0.4;
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all);
    EXPECT_NEAR(all->duration_s.value, 520.0, 1e-6);
    EXPECT_NEAR(all->left_s.value, 449.6, 1e-6);
}

TEST(Forecast, SaysThatItIsNotEnoughYet) {
    const auto early = forecast(make({}, 4).seen, std::nullopt, Of::kThisRun);
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, Code::kUnavailable);
    EXPECT_EQ(early.error().what, "not enough yet: 4 of 5 reports of a step");
    auto run = make({}, 100);
    run.seen.total.reset();
    const auto open = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().what, "not enough yet: nobody said how many steps there will be");
    EXPECT_EQ(forecast(run.seen, -1.0, Of::kThisRun).error().code, Code::kOutOfRange);
    const auto wild = forecast(make({.noise = 1.5}, 8).seen, std::nullopt, Of::kThisRun);
    ASSERT_FALSE(wild);
    EXPECT_EQ(wild.error().what, "not enough yet: the steps differ too much from each other");
}

TEST(Forecast, ACountThatBeginsAgainNeedsAPersonToSayTheWhole) {
    ProgressKeeper keeper;
    double now = 0.0;
    for (int epoch = 0; epoch < 3; ++epoch) {
        for (int step = 1; step <= 10; ++step) {
            keeper.step(now += 1.0, step, 10.0);
        }
    }
    const auto part = forecast(keeper.at(now), std::nullopt, Of::kThisRun);
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().hint, "say how many there will be in all with --steps-total N");
    const auto all = forecast(keeper.at(now), 100.0, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value, 100.0, 1e-6);
}

TEST(Forecast, HasNoEnergyWhereNoneIsKnown) {
    auto run = make({}, 100);
    run.seen.energy.clear();
    const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all);
    EXPECT_FALSE(all->energy_j);
    EXPECT_FALSE(all->step_j);
}

struct Kept {
    double median_error = 0.0;
    double right = 0.0;
    double half_width = 0.0;  ///< of the interval, relative, the median
};

Kept repeats(Recipe recipe, int until, int count) {
    std::vector<double> errors;
    std::vector<double> widths;
    int right = 0;
    for (int i = 0; i < count; ++i) {
        recipe.seed = 1000U + static_cast<std::uint64_t>(i);
        const auto run = make(recipe, until);
        const auto all = forecast(run.seen, std::nullopt, Of::kThisRun);
        if (!all || !all->energy_j) {
            ADD_FAILURE() << i;
            continue;
        }
        const Estimate& energy = *all->energy_j;
        errors.push_back(std::abs(energy.value / run.energy_j - 1.0));
        widths.push_back((energy.high - energy.low) / 2.0 / energy.value);
        right += energy.low <= run.energy_j && run.energy_j <= energy.high ? 1 : 0;
    }
    std::sort(errors.begin(), errors.end());
    std::sort(widths.begin(), widths.end());
    return {errors.at(errors.size() / 2), static_cast<double>(right) / count, widths.at(widths.size() / 2)};
}

TEST(Forecast, AnEvaluationThatHadToWaitDidNotWork) {
    // Steps of 0.1 s and 10 J, an evaluation of 50 J after every 50. The one that was seen waited 1 s for its
    // neighbours, and at 1.5 s is shorter than two windows of the curve.
    Progress progress;
    progress.total = 600.0;
    std::vector<EnergyAt> exact{{0.0, 0.0}};
    double at_s = 0.0;
    double joules = 0.0;
    for (int step = 1; step <= 60; ++step) {
        at_s += 0.1;
        joules += 10.0;
        exact.push_back({at_s, joules});
        progress.steps.push_back({at_s, static_cast<double>(step)});
        if (step == 50) {
            exact.push_back({at_s + 1.0, joules});
            exact.push_back({at_s + 1.5, joules + 50.0});
            progress.phases.push_back({Phase::kEvaluation, at_s, at_s + 1.5});
            at_s += 1.5;
            joules += 50.0;
        }
    }
    progress.now_s = at_s;
    for (double s = 0.0; s <= at_s; s += 1.0) {
        progress.energy.push_back({s, joules_at(exact, s)});
    }
    progress.energy.push_back({at_s, joules});
    const auto all = forecast(progress, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->energy_j->value, 600 * 10.0 + 12 * 50.0, 0.05 * 6600.0);
    EXPECT_LE(all->energy_j->low, 6600.0);
    EXPECT_GE(all->energy_j->high, 6600.0);
    EXPECT_GT(all->duration_s.value, 600 * 0.1 + 12 * 1.0) << "in time it may wait again";
}

TEST(Forecast, EnergyBeforeTheFirstSampleWasOfTheStepsThen) {
    // 20 steps of 0.05 s at 100 W; the first sample comes at 0.2 s, a fifth of all that is seen.
    ProgressKeeper keeper;
    for (int step = 1; step <= 20; ++step) {
        keeper.step(0.05 * step, step, 200.0);
    }
    for (int sample = 4; sample <= 20; ++sample) {
        keeper.energy(0.05 * sample, 5.0 * sample);
    }
    const auto all = forecast(keeper.at(1.0), std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->energy_j->value, 1000.0, 5.0);
}

TEST(Forecast, AfterATenthOfMadeUpRunsIsRightInNineOfTen) {
    const Recipe plain{.noise = 0.1, .evaluate_every = 25, .evaluation_s = 5.0};
    const Recipe hidden{.noise = 0.05,
                        .evaluate_every = 30,
                        .evaluation_s = 10.0,
                        .straggler_share = 0.05,
                        .straggler_s = 1.0,
                        .says_phases = false};
    const Recipe drifting{.noise = 0.1, .drift = 0.002, .checkpoint_every = 50, .checkpoint_s = 3.0};
    for (const Recipe& recipe : {plain, hidden, drifting}) {
        const Kept kept = repeats(recipe, 100, 200);
        EXPECT_LE(kept.median_error, 0.1);
        EXPECT_GE(kept.right, 0.9);
        EXPECT_LE(kept.half_width, 0.15);
    }
}

TEST(Grown, KeepsTheIntervalOfTheMetersAndAddsThatOfTheForecast) {
    // 10 g (9 to 11.1) of 100 J; 400 J in all, +-10 %: 40 g, ln-widths add as squares.
    const Estimate all = grown({10.0, 9.0, 11.1}, 100.0, {400.0, 360.0, 444.0});
    EXPECT_NEAR(all.value, 40.0, 1e-9);
    EXPECT_NEAR(all.low, 40.0 * std::exp(-std::hypot(std::log(1 / 0.9), std::log(1 / 0.9))), 1e-9);
    EXPECT_NEAR(all.high, 40.0 * std::exp(std::hypot(std::log(1.11), std::log(1.11))), 1e-9);
}

TEST(ProgressKeeper, HearsMarksSpansAndLogs) {
    ProgressKeeper keeper;
    EXPECT_TRUE(keeper.hear({Marker::Kind::kSpanEnd, 1'000'000'000, "epoch 1", ""}));
    EXPECT_TRUE(keeper.hear({Marker::Kind::kSpanEnd, 2'000'000'000, "epoch 2", ""}));
    EXPECT_EQ(keeper.at(2.0).steps.size(), 2U);
    EXPECT_TRUE(
        keeper.hear({Marker::Kind::kMark, 3'000'000'000, "log", R"({"global_step": 7, "max_steps": 90})"}));
    ASSERT_EQ(keeper.at(3.0).steps.size(), 1U) << "steps are better than epochs";
    EXPECT_EQ(keeper.at(3.0).steps[0].step, 7.0);
    EXPECT_EQ(keeper.at(3.0).total, 90.0);
    EXPECT_TRUE(
        keeper.hear({Marker::Kind::kMark, 4'000'000'000, "progress", R"({"step": 8.5, "total": 80})"}));
    EXPECT_EQ(keeper.at(4.0).total, 80.0);
    EXPECT_FALSE(keeper.hear({Marker::Kind::kMark, 5'000'000'000, "log", R"({"loss": 2})"}));
    EXPECT_FALSE(keeper.hear({Marker::Kind::kMark, 5'000'000'000, "progress", "no json"}));
    EXPECT_FALSE(keeper.hear({Marker::Kind::kMark, 5'000'000'000, "checkpoint", R"({"step": 9})"}));
    EXPECT_TRUE(keeper.hear({Marker::Kind::kSpanBegin, 6'000'000'000, "Validation", ""}));
    EXPECT_TRUE(keeper.hear({Marker::Kind::kSpanBegin, 6'500'000'000, "eval/loss", ""}));
    EXPECT_TRUE(keeper.hear({Marker::Kind::kSpanEnd, 7'000'000'000, "eval/loss", ""}));
    EXPECT_TRUE(keeper.hear({Marker::Kind::kSpanEnd, 8'000'000'000, "Validation", ""}));
    ASSERT_EQ(keeper.at(8.0).phases.size(), 1U) << "one inside another is part of it";
    EXPECT_EQ(keeper.at(8.0).phases[0].from_s, 6.0);
    EXPECT_EQ(keeper.at(8.0).phases[0].to_s, 8.0);
    EXPECT_EQ(phase_of("save_model"), Phase::kCheckpoint);
    EXPECT_EQ(phase_of("train"), std::nullopt);
}

TEST(ProgressKeeper, APhaseThatWasPrintedBeganAtTheLastStep) {
    ProgressKeeper keeper;
    EXPECT_FALSE(keeper.phase_since_step(Phase::kEvaluation, 1.0)) << "no step yet";
    keeper.step(2.0, 1.0, 10.0);
    EXPECT_EQ(keeper.phase_since_step(Phase::kEvaluation, 5.0), 2.0);
    EXPECT_EQ(keeper.phase_since_step(Phase::kCheckpoint, 6.0), 5.0) << "one behind the other";
    ASSERT_EQ(keeper.at(6.0).phases.size(), 2U);
    EXPECT_EQ(keeper.at(6.0).phases[1].from_s, 5.0);
}

/// Two devices of 100 W each, whose windows end at other times: at no time is the energy of one a step.
TEST(ProgressOf, WindowsThatEndAtDifferentTimesAddUpEvenly) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    RunRecord run;
    run.duration_s = 8.0;
    run.scope = Scope::kMachine;
    Ledger ledger;
    ledger.markers.push_back({Marker::Kind::kMark, kSecond, "progress", R"({"step": 1, "total": 9})"});
    for (int second = 0; second < 8; ++second) {
        for (const std::uint16_t device : {std::uint16_t{0}, std::uint16_t{1}}) {
            gramme::Window window;
            window.device = device;
            window.from_ns = second * kSecond + (device == 1 ? 700'000'000 : 0);
            window.to_ns = window.from_ns + kSecond;
            window.job = Joules{100.0};
            ledger.windows.push_back(window);
        }
    }
    const Progress progress = progress_of(run, ledger);
    ASSERT_GT(progress.energy.size(), 10U);
    for (const EnergyAt& point : progress.energy) {
        const double wanted = 100.0 * std::min(point.at_s, 8.0) + 100.0 * std::max(point.at_s - 0.7, 0.0);
        EXPECT_NEAR(point.joules, wanted, 1e-6) << point.at_s;
    }
}

/// The job is found on a GPU 10 s after the start: what the GPU used before belongs to the time before.
TEST(ProgressKeeper, ADeviceThatJoinsLateHasUsedItsEnergyFromTheStart) {
    ProgressKeeper keeper;
    keeper.step(1.0, 1.0, 100.0);
    for (int second = 1; second <= 9; ++second) {
        keeper.energy(second, 50.0 * second);
    }
    keeper.add_evenly(10.0, 1000.0);
    keeper.energy(10.0, 1500.0);
    for (const EnergyAt& point : keeper.at(10.0).energy) {
        EXPECT_NEAR(point.joules, 150.0 * point.at_s, 1e-9);
    }
}

TEST(ProgressKeeper, IsBounded) {
    ProgressKeeper keeper;
    for (int i = 1; i <= 100'000; ++i) {
        keeper.step(i * 0.01, i, 200'000.0);
        keeper.energy(i * 0.01, i * 3.0);
    }
    const Progress& seen = keeper.at(1000.0);
    EXPECT_LE(seen.steps.size(), ProgressKeeper::kMost);
    EXPECT_EQ(seen.steps.back().step, 100'000.0);
    const auto all = forecast(seen, std::nullopt, Of::kThisRun);
    ASSERT_TRUE(all);
    EXPECT_NEAR(all->duration_s.value, 2000.0, 1.0);
    EXPECT_NEAR(all->energy_j->value, 600'000.0, 300.0);
}

}  // namespace
}  // namespace gramme::plan
