#include "plan/train.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "requests.hpp"

namespace gramme::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PlanTrain, HoursAreOperationsOverWhatADeviceDoes) {
    TrainRequest asked = llama();
    asked.speed.mfu = Range{0.5, 0.5};
    const TrainPlan plan = planned(asked);
    // 1e12 x (6 x 6.7e9 + 12 x 32 x 4096 x 2048) = 4.34212e22; / (312e12 x 0.5 x 3600 = 5.616e17) = 77317
    EXPECT_NEAR(plan.compute.model, 4.342123e22, 1e16);
    EXPECT_NEAR(plan.device_hours.value, 77317.0, 1.0);
    EXPECT_EQ(plan.device_hours.low, plan.device_hours.value);  // one number is taken as exact
    EXPECT_FALSE(plan.wall_hours);
    // 0.31889 kWh an hour with its machine, as `gramme estimate --device a100-80gb` has it
    EXPECT_NEAR(plan.footprint.energy_kwh->value, 77317.0 * 0.318892, 1.0);
    EXPECT_NEAR(plan.footprint.facility_energy_kwh->value, plan.footprint.energy_kwh->value * 1.1, 1e-6);
    EXPECT_NEAR(plan.footprint.operational_kgco2e->value, plan.footprint.energy_kwh->value * 1.1 * 0.4, 1e-6);
}

TEST(PlanTrain, WithoutASpeedPublishedTrainingsSayIt) {
    const TrainPlan plan = planned(llama());
    ASSERT_TRUE(plan.band);
    EXPECT_EQ(plan.band->family, "ampere");
    EXPECT_NEAR(plan.utilisation, plan.band->centre, 1e-12);
    EXPECT_NEAR(std::log(plan.device_hours.high / plan.device_hours.value), 1.96 * plan.band->sigma_ln, 1e-9);
    ASSERT_FALSE(plan.assumptions.empty());
    EXPECT_THAT(plan.assumptions[1].what, HasSubstr("MFU"));
    EXPECT_EQ(plan.footprint.dominant->factor, "utilisation");
    EXPECT_THAT(plan.footprint.dominant->remedy, HasSubstr("--device-tokens-per-second"));
}

TEST(PlanTrain, MeasuredTokensSayTheHours) {
    TrainRequest asked = llama();
    asked.speed.tokens_per_second = Range{3200, 3200};
    asked.speed.of_one_device = true;
    const TrainPlan one = planned(asked);
    EXPECT_NEAR(one.device_hours.value, 1e12 / 3200 / 3600, 1e-6);  // 86805.6 h
    // 3200 x 4.342e10 / 312e12 = 0.445
    EXPECT_NEAR(one.utilisation, 0.4453, 5e-5);
    asked.speed.of_one_device = false;
    asked.count = 16;
    const TrainPlan all = planned(asked);
    EXPECT_NEAR(all.device_hours.value, 16 * one.device_hours.value, 1e-3);
    EXPECT_NEAR(all.wall_hours->value, one.device_hours.value, 1e-6);
    asked.count.reset();
    EXPECT_EQ(plan_train(asked, {}).error().code, Code::kUsage);
    asked.speed.of_one_device = true;
    asked.speed.tokens_per_second = Range{1e5, 1e5};  // more than the peak
    EXPECT_THAT(planned(asked).notes.back() + planned(asked).notes.front(), HasSubstr("at its peak"));
}

TEST(PlanTrain, HfuCountsWhatIsComputedAgain) {
    TrainRequest asked = llama();
    asked.shape.layers.reset();
    asked.shape.width.reset();
    asked.speed.mfu = Range{0.3, 0.3};
    const double by_mfu = planned(asked).device_hours.value;
    asked.shape.recompute = true;
    EXPECT_DOUBLE_EQ(planned(asked).device_hours.value, by_mfu);
    asked.speed.mfu.reset();
    asked.speed.hfu = Range{0.4, 0.4};  // 8N at 0.4 is 6N at 0.3
    EXPECT_NEAR(planned(asked).device_hours.value, by_mfu, by_mfu * 1e-12);
    EXPECT_NEAR(planned(asked).utilisation, 0.3, 1e-12);
}

TEST(PlanTrain, APublishedPowerWithItsMachineComesBeforeAModel) {
    TrainRequest asked = llama();
    asked.device = "tpu-v3";
    asked.speed.mfu = Range{0.3, 0.3};
    const TrainPlan plan = planned(asked);
    EXPECT_NEAR(plan.footprint.energy_kwh->value, plan.device_hours.value * 0.283, 1e-3);
    EXPECT_NEAR(std::log(plan.footprint.energy_kwh->high / plan.footprint.energy_kwh->value), 1.96 * 0.15,
                1e-9);
    EXPECT_EQ(plan.footprint.dominant->factor, "power");
    EXPECT_TRUE(plan.footprint.embodied);  // of the device all the same
    asked.job.host = "none";
    EXPECT_NEAR(planned(asked).footprint.energy_kwh->value, plan.device_hours.value * 0.220, 1e-3);
    asked.power_w = 300.0;
    const TrainPlan given = planned(asked);
    EXPECT_NEAR(given.footprint.energy_kwh->value, plan.device_hours.value * 0.3, 1e-3);
    EXPECT_EQ(given.footprint.energy_kwh->low, given.footprint.energy_kwh->value);
}

TEST(PlanTrain, WattsThatNobodyPublishedCanBeGiven) {
    TrainRequest asked = llama();
    asked.device = "aws-trainium1";
    asked.speed.mfu = Range{0.3, 0.3};
    EXPECT_THAT(plan_train(asked, {}).error().hint, HasSubstr("--power-w"));
    asked.power_w = 250.0;
    const TrainPlan plan = planned(asked);
    EXPECT_NEAR(plan.footprint.energy_kwh->value, plan.device_hours.value * 0.25, 1e-3);
    EXPECT_FALSE(plan.footprint.embodied);
}

TEST(PlanTrain, AnInstanceHasAllThatIsInIt) {
    TrainRequest asked = llama();
    asked.device.clear();
    asked.instance = "aws:p4d.24xlarge";
    asked.count = 4;
    const TrainPlan plan = planned(asked);
    EXPECT_EQ(plan.devices, 32.0);
    EXPECT_NEAR(plan.wall_hours->value, plan.device_hours.value / 32.0, 1e-9);
    asked.device = "h100";
    EXPECT_THAT(plan_train(asked, {}).error().what, HasSubstr("both"));
    asked.device.clear();
    asked.instance = "aws:m5.large";
    EXPECT_THAT(plan_train(asked, {}).error().what, HasSubstr("no accelerator"));
}

TEST(PlanTrain, AProjectIsMoreThanItsLastRun) {
    TrainRequest asked = llama();
    asked.speed.mfu = Range{0.4, 0.4};
    asked.times = Range{1.5, 6.0};  // centre 3, sigma ln(4) / 3.92
    const TrainPlan plan = planned(asked);
    EXPECT_NEAR(plan.project_kgco2e->value, 3.0 * plan.footprint.operational_kgco2e->value, 1e-6);
    const double own =
        std::log(plan.footprint.operational_kgco2e->high / plan.footprint.operational_kgco2e->value);
    EXPECT_NEAR(std::log(plan.project_kgco2e->high / plan.project_kgco2e->value),
                std::hypot(own, std::log(2.0)), 1e-9);
    EXPECT_FALSE(planned(llama()).project_kgco2e);
}

TEST(PlanTrain, RefusesWhatMakesNoSense) {
    const auto code = [](auto change) {
        TrainRequest asked = llama();
        change(asked);
        const auto plan = plan_train(asked, {});
        return plan ? Code{} : plan.error().code;
    };
    EXPECT_EQ(code([](TrainRequest& a) { a.shape.parameters = 0; }), Code::kUsage);
    EXPECT_EQ(code([](TrainRequest& a) { a.shape.tokens = 0; }), Code::kUsage);
    EXPECT_EQ(code([](TrainRequest& a) { a.device.clear(); }), Code::kUsage);
    EXPECT_EQ(code([](TrainRequest& a) { a.shape.width.reset(); }), Code::kUsage);
    EXPECT_EQ(code([](TrainRequest& a) { a.all_parameters = 1e9; }), Code::kUsage);
    EXPECT_EQ(code([](TrainRequest& a) { a.shape.head_parameters = 1e6; }), Code::kUsage);
    EXPECT_EQ(code([](TrainRequest& a) {
                  a.method = Method::kFrozen;
                  a.shape.head_parameters = 7e9;
              }),
              Code::kUsage)
        << "a head of more parameters than the model";
    EXPECT_EQ(code([](TrainRequest& a) {
                  a.method = Method::kFrozen;
                  a.all_parameters = 47e9;
                  a.shape.head_parameters = 7e9;
              }),
              Code::kUsage)
        << "a head of more parameters than a token meets";
    EXPECT_EQ(code([](TrainRequest& a) {
                  a.times = Range{0.5, 2.0};
              }),
              Code::kUsage)
        << "all trainings of a project hold this one";
    EXPECT_EQ(code([](TrainRequest& a) {
                  a.speed.mfu = Range{0.3, 0.3};
                  a.speed.hfu = Range{0.3, 0.3};
              }),
              Code::kUsage);
    EXPECT_EQ(code([](TrainRequest& a) { a.shape.tokens = 1e25; }), Code::kOutOfRange);
    EXPECT_EQ(code([](TrainRequest& a) { a.shape.tokens = 1e-9; }), Code::kOutOfRange);
    EXPECT_EQ(code([](TrainRequest& a) { a.device = "h1000"; }), Code::kNotFound);
}

double between(double least, double most) {
    constexpr int kSteps = 1000;
    return least * std::pow(most / least, *rc::gen::inRange(0, kSteps + 1) / static_cast<double>(kSteps));
}

TrainRequest any_request() {
    TrainRequest asked = llama();
    asked.shape.parameters = between(1e8, 3e10);  // nowhere near the least and most hours that are planned
    asked.shape.tokens = between(1e9, 1e11);
    asked.device = *rc::gen::element<std::string>("h100", "a100", "v100", "rtx-4090", "tpu-v4", "p100");
    asked.method = *rc::gen::element(Method::kFull, Method::kLora, Method::kFrozen);
    if (*rc::gen::arbitrary<bool>()) {
        asked.count = *rc::gen::inRange(1, 4096);
    }
    if (*rc::gen::arbitrary<bool>()) {
        asked.speed.mfu = Range{0.1, between(0.1, 0.9)};
    }
    return asked;
}

void holds(const std::optional<Estimate>& e) {
    RC_ASSERT(e.has_value());
    RC_ASSERT(e->low >= 0.0 && e->low <= e->value && e->value <= e->high && std::isfinite(e->high));
}

bool near(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::abs(b);
}

TEST(PlanTrain, TheBandOfSixteenBitSaysThatItIsThatBesideOtherPrecisions) {
    const auto notes = [](Precision precision, bool own) {
        TrainRequest asked = llama();
        asked.device = "h100-sxm5-80gb";
        asked.precision = precision;
        if (own) {
            asked.speed.mfu = Range{0.3, 0.3};
        }
        std::string out;
        for (const std::string& note : planned(asked).notes) {
            out += note;
        }
        return out;
    };
    EXPECT_THAT(notes(Precision::k8Bit, false), HasSubstr("computed in 16 bit"));
    EXPECT_THAT(notes(Precision::k32Bit, false), HasSubstr("peak in 32 bit"));
    EXPECT_THAT(notes(Precision::k16Bit, false), Not(HasSubstr("16 bit")));
    EXPECT_THAT(notes(Precision::k8Bit, true), Not(HasSubstr("16 bit"))) << "the share was given";
}

TEST(PlanTrain, HoursBeyondAllReasonAreNotPrintedDigitByDigit) {
    TrainRequest asked = llama();
    asked.speed.mfu = Range{1e-300, 1e-300};
    const auto plan = plan_train(asked, refdata::Tables{});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, Code::kOutOfRange);
    EXPECT_LT(plan.error().what.size(), 100U) << plan.error().what;
    EXPECT_FALSE(parse_share_range("1e-300", "--mfu"));
    EXPECT_TRUE(parse_share_range("0.001%", "--mfu"));
}

RC_GTEST_PROP(PlanTrainProperty, EachIntervalHoldsItsCentre, ()) {
    TrainRequest asked = any_request();
    asked.times = Range{1.0, between(1.0, 10.0)};
    const TrainPlan plan = planned(asked);
    holds(plan.device_hours);
    holds(plan.footprint.energy_kwh);
    holds(plan.footprint.facility_energy_kwh);
    holds(plan.footprint.operational_kgco2e);
    holds(plan.project_kgco2e);
    holds(plan.footprint.embodied->value);
    RC_ASSERT(plan.wall_hours.has_value() == asked.count.has_value());
}

RC_GTEST_PROP(PlanTrainProperty, MoreTokensTakeInProportionMore, ()) {
    TrainRequest asked = any_request();
    const TrainPlan once = planned(asked);
    const double times = between(1.01, 100.0);
    asked.shape.tokens *= times;
    const TrainPlan more = planned(asked);
    RC_ASSERT(near(more.compute.model, times * once.compute.model));
    RC_ASSERT(near(more.device_hours.value, times * once.device_hours.value));
    RC_ASSERT(
        near(more.footprint.operational_kgco2e->value, times * once.footprint.operational_kgco2e->value));
    RC_ASSERT(near(more.footprint.operational_kgco2e->high, times * once.footprint.operational_kgco2e->high));
}

RC_GTEST_PROP(PlanTrainProperty, MoreParametersTakeMore, ()) {
    TrainRequest asked = any_request();
    const TrainPlan once = planned(asked);
    asked.shape.parameters *= between(1.01, 100.0);
    const TrainPlan more = planned(asked);
    RC_ASSERT(more.device_hours.value > once.device_hours.value);
    RC_ASSERT(more.footprint.energy_kwh->value > once.footprint.energy_kwh->value);
}

RC_GTEST_PROP(PlanTrainProperty, MoreDevicesTakeLessTimeAndTheSameEnergy, ()) {
    TrainRequest asked = any_request();
    asked.count = 1;
    const TrainPlan one = planned(asked);
    asked.count = *rc::gen::inRange(2, 4096);
    const TrainPlan many = planned(asked);
    RC_ASSERT(near(many.device_hours.value, one.device_hours.value));
    RC_ASSERT(near(many.wall_hours->value * *asked.count, one.wall_hours->value));
    RC_ASSERT(near(many.footprint.energy_kwh->value, one.footprint.energy_kwh->value));
}

RC_GTEST_PROP(PlanTrainProperty, AWiderRangeOfMfuIsAWiderResult, ()) {
    TrainRequest asked = any_request();
    const double centre = between(0.2, 0.4);
    const double by = between(1.01, 2.0);
    asked.speed.mfu = Range{centre / by, centre * by};
    const TrainPlan narrow = planned(asked);
    asked.speed.mfu = Range{centre / by / 1.1, centre * by * 1.1};
    const TrainPlan wide = planned(asked);
    RC_ASSERT(near(wide.device_hours.value, narrow.device_hours.value));
    RC_ASSERT(wide.footprint.energy_kwh->high > narrow.footprint.energy_kwh->high);
    RC_ASSERT(wide.footprint.energy_kwh->low < narrow.footprint.energy_kwh->low);
}

}  // namespace
}  // namespace gramme::plan
