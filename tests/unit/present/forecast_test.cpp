#include "present/forecast.hpp"

#include <gtest/gtest.h>

#include "present/present.hpp"

namespace gramme::present {
namespace {

RunRecord foreseen_run() {
    RunRecord run;
    run.id = "01938c2e-7b1c-7000-8000-000000000001";
    run.state = RunState::kFinished;
    run.duration_s = 1000.0;
    run.forecast = ForecastRecord{"output", 500.0, 1.0, 500.0, {}};
    run.forecast->said.push_back({100.0, 50.0, 1100.0, 1000.0, 1210.0, 36e5 * 1.2, 36e5, 36e5 * 1.4});
    run.budget = BudgetRecord{{{"500g", "carbon", 500.0, 520.0}},
                              "spent",
                              "stop",
                              30.0,
                              {{900.0, "over", "500g", "500 g used: the budget of 500g is spent"}},
                              true};
    return run;
}

TEST(ForecastRecordJson, ComesBackAsItWas) {
    const RunRecord run = foreseen_run();
    const auto back = run_from_json(run_to_json(run));
    ASSERT_TRUE(back) << back.error().what;
    ASSERT_TRUE(back->forecast);
    EXPECT_EQ(back->forecast->from, "output");
    EXPECT_EQ(back->forecast->steps_total, 500.0);
    ASSERT_EQ(back->forecast->said.size(), 1U);
    EXPECT_EQ(back->forecast->said[0].duration_high_s, 1210.0);
    ASSERT_TRUE(back->forecast->said[0].energy_j);
    EXPECT_NEAR(*back->forecast->said[0].energy_j, 36e5 * 1.2, 1e-6);
    ASSERT_TRUE(back->budget);
    EXPECT_EQ(back->budget->limits[0].spent, 520.0);
    EXPECT_EQ(back->budget->events[0].what, "over");
    EXPECT_EQ(back->budget->events[0].limit, "500g");
    EXPECT_TRUE(back->budget->ended_run);
}

TEST(ForecastRecordJson, ComparesWithWhatCameOnlyWhereItCame) {
    RunRecord run = foreseen_run();
    // 1100 s foreseen, 1000 s came: +10 %; 1.2 kWh of 1.5 kWh: -20 %.
    Json said = forecast_record_json(run, 1.5)["said"][0];
    EXPECT_NEAR(said["duration_error_pct"].get<double>(), 10.0, 1e-9);
    EXPECT_NEAR(said["energy_error_pct"].get<double>(), -20.0, 1e-9);
    run.forecast->last_step = 499.0;
    said = forecast_record_json(run, 1.5)["said"][0];
    EXPECT_FALSE(said.contains("duration_error_pct"));
}

TEST(ForecastText, TellsWhatWasForeseenAndSpent) {
    Lines lines{{}, 8};
    Footprint footprint;
    footprint.energy_kwh = Estimate{1.5, 1.4, 1.6};
    add_foreseen(foreseen_run(), footprint, lines);
    const std::string text = std::move(lines).text();
    EXPECT_NE(text.find("budget    500g: 520 g CO2e, 104 % of it"), std::string::npos) << text;
    EXPECT_NE(text.find("the budget ended this run"), std::string::npos) << text;
    EXPECT_NE(text.find("at step 50 of 500"), std::string::npos) << text;
    EXPECT_NE(text.find("+10 % and -20 %"), std::string::npos) << text;
}

TEST(ForecastText, ATimeHasNoMoreDigitsThanItsInterval) {
    EXPECT_EQ(time_shown({7900.0, 6700.0, 9100.0}), "2 h 10 min");  // +-20 min: to ten of them
    EXPECT_EQ(time_shown({41.3, 39.0, 44.0}), "41 s");
    EXPECT_EQ(time_shown({0.83, 0.8, 0.9}), "0.8 s");
}

TEST(ForecastText, TheLiveLineSaysWhatIsLeft) {
    plan::Forecast forecast;
    forecast.step = 41.0;
    forecast.steps_total = 100.0;
    forecast.left_s = {7900.0, 6700.0, 9100.0};
    forecast.energy_j = Estimate{36e5, 32e5, 40e5};  // 1 kWh; 480 g of it
    EXPECT_EQ(forecast_line(forecast, 480.0 / 36e5), "41 %, 2 h 10 min left, in all 1.00 kWh, 480 g CO2e");
}

}  // namespace
}  // namespace gramme::present
