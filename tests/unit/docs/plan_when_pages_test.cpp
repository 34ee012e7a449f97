// The worked examples of docs/method/plan-when.md and plan-where.md, worked out again.
#include <gtest/gtest.h>

#include <cmath>

#include "page_numbers.hpp"
#include "plan/when.hpp"
#include "plan/where.hpp"

namespace gramme {
namespace {

const std::string kN = R"(([0-9][0-9.]*))";
constexpr std::int64_t kHour = 3600;

plan::When planned(const std::vector<double>& hours, const plan::WaitingJob& job) {
    IntensitySeries forecast;
    std::int64_t at = 0;
    for (const double value : hours) {
        forecast.periods.push_back({at, at + kHour, value});
        at += kHour;
    }
    auto window = plan::window_of(forecast, 0, {}, job.work_s);
    EXPECT_TRUE(window);
    return plan::when(*std::move(window), job);
}

TEST(MethodPages, PlanWhenStart) {
    const auto x =
        numbers("plan-when", "a job of " + kN + " h; the hours of the forecast are " + kN + ", " + kN + ", " +
                                 kN + " and " + kN + " g/kWh.*At " + kN + " h it meets.*the least: " + kN +
                                 " g/kWh.* = " + kN + " g, so waiting saves " + kN + " %.*starts is " + kN +
                                 " g/kWh, the worst " + kN + R"(\.)");
    const plan::When plan = planned({x[1], x[2], x[3], x[4]}, {static_cast<std::int64_t>(x[0] * kHour)});
    EXPECT_EQ(plan.best.runs[0].from_s, static_cast<std::int64_t>(x[5] * kHour));
    EXPECT_NEAR(plan.best.gco2e_per_kwh, x[6], 0.005);
    EXPECT_NEAR(plan.now.gco2e_per_kwh * x[0], x[7], 1e-9);
    EXPECT_NEAR(100.0 * (1.0 - plan.best.gco2e_per_kwh / plan.now.gco2e_per_kwh), x[8], 1e-9);
    EXPECT_NEAR(plan.mean_start, x[9], 0.005);
    EXPECT_NEAR(plan.worst_start, x[10], 1e-9);
}

TEST(MethodPages, PlanWhenPauses) {
    const auto x = numbers("plan-when", kN + " h of work; the hours are " + kN + ", " + kN + ", " + kN +
                                            ", " + kN + " and " + kN + " g/kWh; a resume takes " + kN +
                                            " minutes.* for each kW: " + kN +
                                            " g/kWh. Without a pause it is " + kN + R"(\.)");
    const plan::When plan = planned({x[1], x[2], x[3], x[4], x[5]}, {static_cast<std::int64_t>(x[0] * kHour),
                                                                     static_cast<std::int64_t>(x[6] * 60.0)});
    ASSERT_TRUE(plan.paused);
    EXPECT_EQ(plan.paused->runs.size(), 2U);
    EXPECT_NEAR(plan.paused->gco2e_per_kwh, x[7], 0.005);
    EXPECT_NEAR(plan.best.gco2e_per_kwh, x[8], 1e-9);
}

TEST(MethodPages, PlanWhere) {
    const auto x =
        numbers("plan-where", kN + " h on " + kN + " devices; with " + kN +
                                  " devices of half the speed, and " + kN + R"( kept.* = )" + kN + R"( h\.)");
    EXPECT_NEAR(plan::hours_with(x[0], {1.0, x[1]}, {0.5, x[2]}, x[3]), x[4], 0.0005);
    const auto sigma = numbers("plan-where", R"(sigma = ln\()" + kN + " / " + kN + R"(\) / )" + kN + " = " +
                                                 kN + R"(\..*exp\(1\.96 x )" + kN + R"(\) = )" + kN);
    EXPECT_NEAR(std::log(sigma[0] / sigma[1]) / sigma[2], plan::kPeakSigma, 0.005);
    EXPECT_EQ(sigma[3], plan::kPeakSigma);
    EXPECT_NEAR(std::exp(1.96 * sigma[4]), sigma[5], 0.005);
    const auto llama = numbers("plan-where", R"(table 4: )" + kN + " / " + kN + " = " + kN + R"(\))");
    EXPECT_NEAR(llama[0] / llama[1], llama[2], 0.0005);
    EXPECT_NEAR(llama[2], plan::kKeptPerDoubling, 0.005);
}

}  // namespace
}  // namespace gramme
