// The clocks of a job and of a machine: nanoseconds, and ticks of 10 ms.
#include <gtest/gtest.h>

#include <cmath>

#include "meter/device_meter.hpp"

namespace gramme::meter {
namespace {

using Kind = MeterStep::Kind;

Reading counter(double at_s, std::uint64_t raw) {
    Reading reading;
    reading.kind = ReadingKind::kCounter;
    reading.at_ns = static_cast<std::int64_t>(at_s * 1e9);
    reading.raw = raw;
    return reading;
}

MeterSpec spec_of_two_cpus() {
    MeterSpec spec{.energy = CounterSpec{.per_count = Microjoules{1.0},
                                         .range = 1'000'000'000'000,
                                         .max_power = Watts{1000.0}}};
    spec.cpus = 2.0;
    return spec;
}

/// A job on one of two CPUs for 4 s, read each 20 ms; what the machine shows comes in ticks, now early, now
/// late.
TEST(Ticks, OfShortWindowsAreNobodysTime) {
    MeterSpec spec = spec_of_two_cpus();
    spec.idle_power = Watts{50.0};
    DeviceMeter meter{spec, Scope::kJob, 0};
    ActivityReading activity{.job_known = true, .machine_known = true};
    (void)meter.add(counter(0.0, 0), activity);
    double job_j = 0.0;
    double others_j = 0.0;
    double unassigned_j = 0.0;
    for (int i = 1; i <= 200; ++i) {
        const int late = i % 3;  // ticks
        activity.job_cpu_s = 0.02 * i;
        activity.machine_busy_s = 0.02 * i - 0.01 * late;
        const MeterStep step =
            meter.add(counter(0.02 * i, 2'000'000ULL * static_cast<unsigned>(i)), activity);
        ASSERT_EQ(step.kind, Kind::kWindow);
        job_j += step.split.job.value();
        others_j += step.split.others.value();
        unassigned_j += step.split.unassigned.value();
    }
    EXPECT_NEAR(job_j, 400.0, 0.5);
    EXPECT_NEAR(others_j, 0.0, 0.5);
    EXPECT_NEAR(unassigned_j, 0.0, 1e-9);
}

TEST(Ticks, OthersInWindowsOfATenthAreWhatTheyAreInLongOnes) {
    const auto shares = [](int windows) {
        MeterSpec spec = spec_of_two_cpus();
        DeviceMeter meter{spec, Scope::kJob, 0};
        ActivityReading activity{.job_known = true, .machine_known = true};
        (void)meter.add(counter(0.0, 0), activity);
        double others_j = 0.0;
        for (int i = 1; i <= windows; ++i) {
            const double at_s = 6.0 * i / windows;
            activity.job_cpu_s = at_s;
            activity.machine_busy_s = std::floor(1.25 * at_s / 0.01) * 0.01 + (i % 2 == 0 ? 0.01 : 0.0);
            others_j += meter.add(counter(at_s, static_cast<std::uint64_t>(100e6 * at_s)), activity)
                            .split.others.value();
        }
        return others_j;
    };
    EXPECT_NEAR(shares(6), 120.0, 2.0);  // a fifth of 600 J
    EXPECT_NEAR(shares(60), 120.0, 8.0);
}

}  // namespace
}  // namespace gramme::meter
