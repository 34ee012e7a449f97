// Fits of wall power; the examples are those of docs/method/wall-meter.md.
#include "meter/wall_curve.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

namespace gramme::meter {
namespace {

/// Two readings of each of five loads, one `scatter` above and one below the truth.
std::vector<WallPoint> readings(const LoadModel& truth, double scatter_w = 0.0) {
    std::vector<WallPoint> out;
    for (const double load : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        for (const double sign : {-1.0, 1.0}) {
            WallPoint point;
            point.load = load;
            point.wall = power_at(truth, load) + Watts{sign * scatter_w};
            out.push_back(point);
        }
    }
    return out;
}

LoadModel truth(double idle, double full, double bend) {
    return {.idle = Watts{idle}, .full = Watts{full}, .bend = bend};
}

TEST(WallCurve, FindsAStraightLine) {
    // 60 W to 220 W; scatter of 2 W in each of ten readings: sqrt(10 x 4 / (10 - 3)) = 2.39 W about the line
    const auto curve = fit_wall_curve(readings(truth(60.0, 220.0, 0.0), 2.0), kSyntheticLoadSigma);
    ASSERT_TRUE(curve) << curve.error().what;
    EXPECT_NEAR(curve->idle.value(), 60.0, 0.01);
    EXPECT_NEAR(curve->full.value(), 220.0, 0.01);
    EXPECT_NEAR(curve->bend, 0.0, 1e-3);
    EXPECT_NEAR(curve->residual.value(), 2.390, 0.001);
    // variance of the watts: sum 10 x 4 + 2 x 160^2 x (0.5^2 + 0.25^2) x 2 = 32000 + 40; R2 = 1 - 40 / 32040
    EXPECT_NEAR(curve->r_squared, 1.0 - 40.0 / 32'040.0, 1e-9);
    EXPECT_EQ(curve->points, 10U);
    EXPECT_DOUBLE_EQ(curve->lowest_load, 0.0);
    EXPECT_DOUBLE_EQ(curve->highest_load, 1.0);
}

TEST(WallCurve, FindsTheBendEitherWay) {
    for (const double bend : {5.0, 1.0, -0.5, -0.8}) {
        const auto curve = fit_wall_curve(readings(truth(60.0, 220.0, bend)), kSyntheticLoadSigma);
        ASSERT_TRUE(curve) << bend;
        EXPECT_NEAR(curve->bend, bend, 0.01 * std::abs(bend));
        EXPECT_NEAR(curve->idle.value(), 60.0, 0.01);
        EXPECT_NEAR(curve->full.value(), 220.0, 0.01);
        EXPECT_NEAR(power_at(load_model_of(*curve, 1.0), 0.4).value(),
                    power_at(truth(60.0, 220.0, bend), 0.4).value(), 0.05);
    }
}

TEST(WallCurve, AStepThatWasToBeIdleAndIsNotEndsItAtOnce) {
    std::vector<WallPoint> points(3);
    points[0].load = 0.95;
    points[1].load = 0.71;
    points[2].load = 1.0;
    const auto busy = check_idle_step(points);
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code, Code::kUnavailable);
    EXPECT_TRUE(busy.error().what.starts_with("the CPUs were 71 % to 100 % busy")) << busy.error().what;
    points[1].load = 0.69;  // 0.69 to 1 is enough for a line
    EXPECT_TRUE(check_idle_step(points));
    EXPECT_TRUE(check_idle_step({}));
}

TEST(WallCurve, AMeterThatStandsStillEndsItAtOnce) {
    std::vector<WallPoint> points(3);
    points[1].load = 0.25;
    points[2].load = 0.29;
    for (WallPoint& point : points) {
        point.wall = Watts{100.0};
    }
    EXPECT_TRUE(check_meter_moves(points)) << "a small step may hide in the rounding of the meter";
    points[2].load = 0.5;
    const auto stuck = check_meter_moves(points);
    ASSERT_FALSE(stuck);
    EXPECT_EQ(stuck.error().code, Code::kUnavailable);
    EXPECT_NE(stuck.error().what.find("always the same watts, with the CPUs 0 % to 50 % busy"),
              std::string::npos)
        << stuck.error().what;
    points[2].wall = Watts{100.1};
    EXPECT_TRUE(check_meter_moves(points));
    EXPECT_TRUE(check_meter_moves({}));
}

TEST(WallCurve, LeavesOutWhatGpusDrewByTheirOwnSensors) {
    std::vector<WallPoint> points = readings(truth(60.0, 220.0, 0.0));
    for (WallPoint& point : points) {
        point.wall += Watts{35.0};
        point.gpus = Watts{35.0};
    }
    EXPECT_NEAR(fit_wall_curve(points, kSyntheticLoadSigma)->idle.value(), 60.0, 1e-6);
}

TEST(WallCurve, SigmaHoldsMeterWorkScatterAndFit) {
    const auto curve = fit_wall_curve(readings(truth(100.0, 200.0, 0.0)), kSyntheticLoadSigma);
    EXPECT_NEAR(curve->sigma, std::hypot(0.03, 0.10), 1e-6);  // readings without scatter
    EXPECT_NEAR(fit_wall_curve(readings(truth(100.0, 200.0, 0.0)), kOwnLoadSigma)->sigma,
                std::hypot(0.03, 0.05), 1e-6);
    EXPECT_GT(fit_wall_curve(readings(truth(100.0, 200.0, 0.0), 5.0), kOwnLoadSigma)->sigma,
              std::hypot(0.03, 0.05) + 0.005);
}

TEST(WallCurve, TooLittleIsRefusedWithWhatToDo) {
    std::vector<WallPoint> points = readings(truth(60.0, 220.0, 0.0));
    const std::vector<WallPoint> seven(points.begin(), points.begin() + 7);
    EXPECT_EQ(fit_wall_curve(seven, 0.1).error().code, Code::kUnavailable);
    for (WallPoint& point : points) {
        point.load = 0.5 + 0.25 * point.load;  // 50 to 75 %
    }
    const auto narrow = fit_wall_curve(points, 0.1);
    ASSERT_FALSE(narrow);
    EXPECT_NE(narrow.error().what.find("50 % to 75 % busy"), std::string::npos) << narrow.error().what;
    EXPECT_FALSE(narrow.error().hint.empty());
}

TEST(WallCurve, AMeterOfAnotherMachineIsRefused) {
    std::vector<WallPoint> points = readings(truth(60.0, 220.0, 0.0));
    for (std::size_t i = 0; i < points.size(); ++i) {
        points[i].wall = Watts{i % 2 == 0 ? 100.0 : 300.0};
    }
    const auto curve = fit_wall_curve(points, 0.1);
    ASSERT_FALSE(curve);
    EXPECT_NE(curve.error().what.find("does not follow the load"), std::string::npos);
    EXPECT_FALSE(fit_wall_curve(readings(truth(220.0, 60.0, 0.0)), 0.1)) << "falls with the load";
}

TEST(WallCurve, OfFewLevelsIsStraight) {
    std::vector<WallPoint> points;
    for (int i = 0; i < 10; ++i) {
        WallPoint point;
        point.load = i % 2 == 0 ? 0.0 : 1.0;
        point.wall = Watts{i % 2 == 0 ? 60.0 : 220.0};
        points.push_back(point);
    }
    EXPECT_DOUBLE_EQ(fit_wall_curve(points, 0.1)->bend, 0.0);
}

TEST(Steady, LeavesOutTheNeighboursOfAStep) {
    std::vector<WallPoint> points(8);
    const std::array loads{0.0, 0.05, 0.0, 0.5, 0.55, 0.5, 1.0, 0.95};
    for (std::size_t i = 0; i < loads.size(); ++i) {
        points[i].load = loads.at(i);
    }
    const auto kept = steady(points);
    ASSERT_EQ(kept.size(), 4U);
    EXPECT_EQ(kept[0].load, 0.0);
    EXPECT_EQ(kept[1].load, 0.05);
    EXPECT_EQ(kept[2].load, 0.55);
    EXPECT_EQ(kept[3].load, 0.95);
}

/// wall = (counted + base) / efficiency
std::vector<WallPoint> beside_counters(double base_w, double efficiency) {
    std::vector<WallPoint> out;
    for (int i = 0; i < 10; ++i) {
        WallPoint point;
        point.load = i / 9.0;
        point.counted = Watts{80.0 + 160.0 * point.load};
        point.counted_error = *point.counted * 0.05;
        point.wall = (*point.counted + Watts{base_w}) / efficiency;
        out.push_back(point);
    }
    return out;
}

TEST(WallRest, IsWhatTheWallShowsBesideTheCounters) {
    const auto rest = fit_wall_rest(beside_counters(50.0, 0.9));
    ASSERT_TRUE(rest) << rest.error().what;
    EXPECT_NEAR(rest->base.value(), 50.0, 1e-9);
    EXPECT_NEAR(rest->efficiency, 0.9, 1e-12);
    // counted 160 W in the mean, wall (160 + 50) / 0.9 = 233.33 W, rest 73.33 W:
    // sqrt((0.03 x 233.33)^2 + (0.05 x 160)^2) / 73.33 = sqrt(49 + 64) / 73.33
    EXPECT_NEAR(rest->sigma, std::sqrt(49.0 + 64.0) / 73.333333, 1e-6);
}

TEST(WallRest, ASupplyThatSeemsToGainLosesNothing) {
    std::vector<WallPoint> points = beside_counters(50.0, 1.0);
    for (WallPoint& point : points) {
        point.wall = *point.counted * 0.99 + Watts{51.6};
    }
    const auto rest = fit_wall_rest(points);
    ASSERT_TRUE(rest);
    EXPECT_DOUBLE_EQ(rest->efficiency, 1.0);
    EXPECT_NEAR(rest->base.value(), 50.0, 1e-9);  // at the mean of 160 W
}

TEST(WallRest, AMeterThatShowsLessThanIsCountedIsRefused) {
    std::vector<WallPoint> points = beside_counters(50.0, 0.9);
    for (WallPoint& point : points) {
        point.wall = *point.counted * 0.8;
    }
    const auto rest = fit_wall_rest(points);
    ASSERT_FALSE(rest);
    EXPECT_EQ(rest.error().code, Code::kUnavailable);
    EXPECT_NE(rest.error().what.find("too little"), std::string::npos);
}

TEST(WallRest, PointsOfUnknownCountsSayNothing) {
    std::vector<WallPoint> points = beside_counters(50.0, 0.9);
    points[0].counted.reset();
    points[1].counted.reset();
    points[2].counted.reset();
    EXPECT_FALSE(fit_wall_rest(points));
}

RC_GTEST_PROP(WallCurveProperty, FindsAnyCurveThatItWasMadeOf, ()) {
    const double idle = *rc::gen::inRange(5, 2'000);
    const double rise = *rc::gen::inRange(10, 5'000);
    const double bend = std::expm1(*rc::gen::inRange(-20, 30) / 10.0);
    const auto curve = fit_wall_curve(readings(truth(idle, idle + rise, bend)), kOwnLoadSigma);
    RC_ASSERT(static_cast<bool>(curve));
    RC_ASSERT(std::abs(curve->idle.value() - idle) < 1e-3 * (idle + rise));
    RC_ASSERT(std::abs(curve->full.value() - idle - rise) < 1e-3 * (idle + rise));
    RC_ASSERT(curve->bend > -1.0);
    RC_ASSERT(curve->r_squared > 0.999);
}

}  // namespace
}  // namespace gramme::meter
