// docs/method/efficiency.md: the numbers of its example, read from the page and worked out again.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "estimate/efficiency.hpp"
#include "meter/use_meter.hpp"
#include "page_numbers.hpp"

namespace gramme {
namespace {

const std::string kN = "([0-9][0-9.]*)";
const std::string kLong = "([0-9][0-9 ]*)";

struct Trace {
    void spend(double seconds, double watts, double percent, double cpus) {
        for (int i = 0; i < std::lround(seconds); ++i) {
            meter::MeterStep step;
            step.kind = meter::MeterStep::Kind::kWindow;
            step.from_ns = now_ns;
            step.to_ns = now_ns += 1'000'000'000;
            step.energy = Joules{watts};
            step.activity.job_known = true;
            step.activity.job_cpu_s = cpus;
            use += meter.add(step, percent / 100.0, {});
        }
    }
    meter::UseMeter meter{DeviceKind::kGpu};
    Use use;
    std::int64_t now_ns = 0;
};

double joules_of(const Waiting& waiting, WaitingCause cause) {
    for (const WaitingPart& part : waiting.causes) {
        if (part.cause == cause) {
            return part.energy.value();
        }
    }
    return 0.0;
}

TEST(EfficiencyPage, ATraining) {
    const auto x =
        numbers("efficiency", "A GPU: " + kN + " s of start-up at " + kN + " W with nothing to do; then " +
                                  kN + " steps, each of " + kN + " s at " + kN + " W and " + kN +
                                  " % and of " + kN + " s at " + kN + " W and " + kN + " % with " + kN +
                                  " CPUs of the job busy; at last " + kN + " s at " + kN +
                                  " W\\. idle = .* = " + kLong + " J; known = .* = " + kLong +
                                  " J; share = .* = " + kN + " %\\. Mean utilisation: .* = " + kN + " %\\.");
    Trace gpu;
    gpu.spend(x[0], x[1], 0.0, 1.0);
    for (int step = 0; step < std::lround(x[2]); ++step) {
        gpu.spend(x[3], x[4], x[5], 1.0);
        gpu.spend(x[6], x[7], x[8], x[9]);
    }
    gpu.spend(x[10], x[11], 0.0, 1.0);
    const estimate::AcceleratorUse one{gpu.use.known, {}, gpu.use};
    const auto waiting = estimate::waiting_of({&one, 1});
    ASSERT_TRUE(waiting);
    EXPECT_NEAR(waiting->idle.value(), x[12], 1e-6);
    EXPECT_NEAR(waiting->known.value(), x[13], 1e-6);
    EXPECT_NEAR(100.0 * waiting->share(), x[14], 0.05);
    EXPECT_NEAR(100.0 * *estimate::utilization_of(gpu.use), x[15], 0.05);

    const auto causes =
        numbers("efficiency", "The first two stops are unclear: .* = " + kLong + " J\\. .* = " + kLong +
                                  " J of data loading\\. .* = " + kLong + " J\\. Start-up: .* = " + kLong +
                                  " J\\. Sum: " + kLong + " J\\. .*start-up has " + kN + " %");
    EXPECT_NEAR(joules_of(*waiting, WaitingCause::kUnclear), causes[0], 1e-6);
    EXPECT_NEAR(joules_of(*waiting, WaitingCause::kDataLoading), causes[1], 1e-6);
    EXPECT_NEAR(joules_of(*waiting, WaitingCause::kEnd), causes[2], 1e-6);
    EXPECT_NEAR(joules_of(*waiting, WaitingCause::kStartUp), causes[3], 1e-6);
    EXPECT_NEAR(waiting->idle.value(), causes[4], 1e-6);
    EXPECT_NEAR(100.0 * causes[3] / causes[4], causes[5], 0.05);
    EXPECT_FALSE(waiting->mostly) << "as the page says";
}

TEST(EfficiencyPage, BoundsAreThoseOfTheCode) {
    EXPECT_EQ(numbers("efficiency", "idles while its utilisation is below " + kN + " %")[0],
              100.0 * kIdleBelow);
    EXPECT_EQ(numbers("efficiency", "since the reading before, at most " + kN + " s")[0],
              meter::kLongestHold.count());
    EXPECT_EQ(numbers("efficiency", "lasted at most " + kN + " s with")[0], meter::kLongestStall.count());
    EXPECT_EQ(numbers("efficiency", "with at least " + kN + " CPUs of the job busy, and is the third")[0],
              meter::kWorkingCpus);
    EXPECT_EQ(numbers("efficiency", "had at most " + kN + " CPUs")[0], meter::kWaitingCpus);
    EXPECT_EQ(numbers("efficiency", "has a line from " + kN + " % on")[0], 100.0 * estimate::kWorthSaying);
    EXPECT_EQ(meter::kStallsOfAPattern, 3) << "the third";
    EXPECT_EQ(estimate::kMostOfIt, 0.5) << "at least half";
}

}  // namespace
}  // namespace gramme
