// docs/method/forecast.md and plan-pilot.md: the numbers of their examples, read from the page and worked out
// again.
#include <gtest/gtest.h>

#include <string>

#include "page_numbers.hpp"
#include "plan/forecast.hpp"
#include "plan/progress.hpp"

namespace gramme {
namespace {

const std::string kN = "([0-9][0-9.]*)";

struct Day {
    plan::ProgressKeeper keeper;
    double now = 0.0;
    double joules = 0.0;

    void spend(double seconds, double watts) {
        now += seconds;
        joules += seconds * watts;
        keeper.energy(now, joules);
    }
};

TEST(ForecastPage, ARunAfterATenth) {
    const auto x = numbers(
        "forecast", "A start-up of " + kN + " s at " + kN + " W, then " + kN + " steps of " + kN + " s at " +
                        kN + " W and an evaluation of " + kN + " s at " + kN + " W after every " + kN +
                        " steps. After step " + kN + ": .* = " + kN + " s in all, and .* = " + kN + " J");
    Day day;
    day.keeper.energy(0.0, 0.0);
    day.spend(x[0], x[1]);
    for (int step = 1; step <= static_cast<int>(x[8]); ++step) {
        day.spend(x[3], x[4]);
        day.keeper.step(day.now, step, x[2]);
        if (step % static_cast<int>(x[7]) == 0) {
            const auto at = [&] { return static_cast<std::int64_t>(day.now * 1e9); };
            (void)day.keeper.hear({Marker::Kind::kSpanBegin, at(), "evaluate", ""});
            day.spend(x[5], x[6]);
            (void)day.keeper.hear({Marker::Kind::kSpanEnd, at(), "evaluate", ""});
        }
    }
    const auto all = plan::forecast(day.keeper.at(day.now), std::nullopt, plan::Of::kThisRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value, x[9], 0.5);
    ASSERT_TRUE(all->energy_j);
    EXPECT_NEAR(all->energy_j->value, x[10], 0.5);
}

TEST(PlanPilotPage, AHundredSteps) {
    const auto x = numbers("plan-pilot", "A pilot of " + kN + " steps: " + kN + " s of start-up at " + kN +
                                             " W, steps of " + kN + " s at " + kN + " W. " + kN +
                                             " steps: .* = " + kN + " s, and .* = " + kN + " J");
    Day day;
    day.keeper.energy(0.0, 0.0);
    day.spend(x[1], x[2]);
    for (int step = 1; step <= static_cast<int>(x[0]); ++step) {
        day.spend(x[3], x[4]);
        day.keeper.step(day.now, step, std::nullopt);
    }
    const auto all = plan::forecast(day.keeper.at(day.now), x[5], plan::Of::kNewRun);
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_NEAR(all->duration_s.value, x[6], 0.5);
    ASSERT_TRUE(all->energy_j);
    EXPECT_NEAR(all->energy_j->value, x[7], 0.5);
}

}  // namespace
}  // namespace gramme
