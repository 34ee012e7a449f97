#include "meter/device_meter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gramme::meter {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
using Kind = MeterStep::Kind;

std::int64_t ns(double seconds) {
    return static_cast<std::int64_t>(seconds * 1e9);
}
Reading counter(double at_s, std::uint64_t raw) {
    Reading reading;
    reading.kind = ReadingKind::kCounter;
    reading.at_ns = ns(at_s);
    reading.raw = raw;
    return reading;
}
Reading valued(ReadingKind kind, double at_s, double value) {
    Reading reading;
    reading.kind = kind;
    reading.at_ns = ns(at_s);
    reading.value = value;
    return reading;
}
Reading power(double at_s, double watts) {
    return valued(ReadingKind::kPower, at_s, watts);
}
Reading load(double at_s, double busy_s) {
    return valued(ReadingKind::kLoad, at_s, busy_s);
}
Reading failed(double at_s, std::string_view why) {
    Reading reading;
    reading.at_ns = ns(at_s);
    reading.failure = why;
    return reading;
}
const ActivityReading kNobody{};

MeterSpec counter_spec(std::uint64_t range = 1'000'000'000'000) {
    return {.energy = CounterSpec{.per_count = Microjoules{1.0}, .range = range, .max_power = Watts{1000.0}}};
}
DeviceMeter counter_meter() {
    return {counter_spec(), Scope::kMachine, 0};
}

TEST(DeviceMeter, FirstReadingIsNoEnergy) {
    DeviceMeter meter = counter_meter();
    EXPECT_EQ(meter.add(counter(0.0, 5'000'000), kNobody).kind, Kind::kNothing);
}

TEST(DeviceMeter, SecondReadingClosesAWindow) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 5'000'000), kNobody);
    const MeterStep step = meter.add(counter(1.0, 105'000'000), kNobody);
    ASSERT_EQ(step.kind, Kind::kWindow);
    EXPECT_DOUBLE_EQ(step.energy.value(), 100.0);
    EXPECT_EQ(step.from_ns, 0);
    EXPECT_EQ(step.to_ns, kSecond);
    EXPECT_EQ(step.readings, 1U);
    EXPECT_DOUBLE_EQ(step.split.job.value(), 100.0);  // scope machine: all of it
}

TEST(DeviceMeter, ALateFirstReadingLeavesAGapFromTheStart) {
    DeviceMeter meter = counter_meter();
    const MeterStep step = meter.add(counter(2.0, 5), kNobody);
    ASSERT_EQ(step.kind, Kind::kGap);
    EXPECT_EQ(step.from_ns, 0);
    EXPECT_EQ(step.to_ns, 2 * kSecond);
    EXPECT_FALSE(step.reason.empty());
}

/// A driver needs a while to answer at all; the power that it then tells is that of the time before.
TEST(DeviceMeter, AFirstReadingThatBearsAPowerSpeaksForAShortTimeBefore) {
    MeterSpec spec = counter_spec();
    spec.whole = true;
    spec.stand_in = PowerSpec{Seconds{1.0}, Watts{1000.0}};
    spec.lead = Seconds{1.0};
    Reading first = counter(0.5, 5'000'000);
    first.power = 200.0;
    DeviceMeter meter{spec, Scope::kJob, 0};
    MeterStep step = meter.add(first, kNobody);
    ASSERT_EQ(step.kind, Kind::kWindow);
    EXPECT_TRUE(step.led);
    EXPECT_FALSE(step.bridged);
    EXPECT_EQ(step.from_ns, 0);
    EXPECT_EQ(step.to_ns, ns(0.5));
    EXPECT_DOUBLE_EQ(step.energy.value(), 100.0);
    EXPECT_DOUBLE_EQ(step.split.job.value(), 100.0);
    step = meter.add(counter(1.5, 105'000'000), kNobody);
    EXPECT_EQ(step.from_ns, ns(0.5)) << "no time is counted twice";
    EXPECT_DOUBLE_EQ(step.energy.value(), 100.0);
    EXPECT_FALSE(step.led);
}

TEST(DeviceMeter, ButNotForALongTimeNorWithoutAPowerThatCanBe) {
    MeterSpec spec = counter_spec();
    spec.whole = true;
    spec.stand_in = PowerSpec{Seconds{1.0}, Watts{1000.0}};
    spec.lead = Seconds{1.0};
    const auto kind_after = [&](double at_s, std::optional<double> watts, bool failed_before) {
        DeviceMeter meter{spec, Scope::kJob, 0};
        if (failed_before) {
            (void)meter.add(failed(0.1, "no answer"), kNobody);
        }
        Reading first = counter(at_s, 5'000'000);
        first.power = watts;
        const MeterStep step = meter.add(first, kNobody);
        EXPECT_TRUE(step.kind != Kind::kGap || step.energy.value() == 0.0);
        return step.kind;
    };
    EXPECT_EQ(kind_after(0.9, 200.0, false), Kind::kWindow);
    EXPECT_EQ(kind_after(1.1, 200.0, false), Kind::kGap);
    EXPECT_EQ(kind_after(0.9, std::nullopt, false), Kind::kGap);
    EXPECT_EQ(kind_after(0.9, 1500.0, false), Kind::kGap);
    EXPECT_EQ(kind_after(0.9, 200.0, true), Kind::kGap) << "a device that failed was there and said nothing";
}

TEST(DeviceMeter, AFailedStartLeavesAGapWithItsReason) {
    DeviceMeter meter = counter_meter();
    EXPECT_EQ(meter.add(failed(0.0, "permission denied"), kNobody).kind, Kind::kNothing);
    const MeterStep step = meter.add(counter(1.0, 5), kNobody);
    ASSERT_EQ(step.kind, Kind::kGap);
    EXPECT_EQ(step.reason, "permission denied");
}

TEST(DeviceMeter, TheTimeToReadAllDevicesIsNoGap) {
    DeviceMeter meter = counter_meter();
    EXPECT_EQ(meter.add(counter(0.002, 5), kNobody).kind, Kind::kNothing);
    (void)meter.add(counter(1.0, 10), kNobody);
    EXPECT_EQ(meter.finish(ns(1.001)).kind, Kind::kNothing);
}

TEST(DeviceMeter, BeforeTheStartOnlyTheNewestReadingMatters) {
    DeviceMeter meter{counter_spec(), Scope::kMachine, 10 * kSecond};
    EXPECT_EQ(meter.add(counter(8.0, 0), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.add(counter(10.0, 200'000'000), kNobody).kind, Kind::kNothing);
    const MeterStep step = meter.add(counter(11.0, 300'000'000), kNobody);
    EXPECT_DOUBLE_EQ(step.energy.value(), 100.0);
    EXPECT_EQ(step.from_ns, 10 * kSecond);
}

TEST(DeviceMeter, AGoodCounterReadingBridgesFailedOnes) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 0), kNobody);
    EXPECT_EQ(meter.add(failed(1.0, "I/O error"), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.add(failed(2.0, "I/O error"), kNobody).kind, Kind::kNothing);
    const MeterStep step = meter.add(counter(3.0, 300'000'000), kNobody);
    ASSERT_EQ(step.kind, Kind::kWindow);
    EXPECT_EQ(step.from_ns, 0);
    EXPECT_EQ(step.to_ns, 3 * kSecond);
    EXPECT_DOUBLE_EQ(step.energy.value(), 300.0);
    EXPECT_EQ(meter.failed_reads(), 2U);
}

TEST(DeviceMeter, AResetIsAGapAndMeteringBeginsAnew) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 700'000'000), kNobody);
    (void)meter.add(counter(1.0, 800'000'000), kNobody);
    const MeterStep gap = meter.add(counter(2.0, 30'000'000), kNobody);
    ASSERT_EQ(gap.kind, Kind::kGap);
    EXPECT_EQ(gap.from_ns, kSecond);
    EXPECT_EQ(gap.to_ns, 2 * kSecond);
    EXPECT_EQ(gap.reason, "counter was reset");
    EXPECT_DOUBLE_EQ(gap.energy.value(), 0.0);
    const MeterStep window = meter.add(counter(3.0, 80'000'000), kNobody);
    ASSERT_EQ(window.kind, Kind::kWindow);
    EXPECT_DOUBLE_EQ(window.energy.value(), 50.0);
    EXPECT_EQ(window.from_ns, 2 * kSecond);
}

TEST(DeviceMeter, AResetAfterFailuresIsAGapFromTheLastGoodReading) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 700'000'000), kNobody);
    (void)meter.add(failed(1.0, "I/O error"), kNobody);
    const MeterStep gap = meter.add(counter(2.0, 30'000'000), kNobody);
    ASSERT_EQ(gap.kind, Kind::kGap);
    EXPECT_EQ(gap.from_ns, 0);
    EXPECT_EQ(gap.to_ns, 2 * kSecond);
}

TEST(DeviceMeter, AJumpIsAGapAndNeverBecomesEnergyLater) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 0), kNobody);
    EXPECT_EQ(meter.add(counter(1.0, 50'000'000'000), kNobody).kind, Kind::kGap);  // 50 kW
    const MeterStep step = meter.add(counter(100.0, 50'100'000'000), kNobody);
    ASSERT_EQ(step.kind, Kind::kWindow);
    EXPECT_DOUBLE_EQ(step.energy.value(), 100.0);
}

TEST(DeviceMeter, ACounterAboveItsRangeIsAFailedRead) {
    DeviceMeter meter{counter_spec(10'000'000'000), Scope::kMachine, 0};
    (void)meter.add(counter(0.0, 0), kNobody);
    EXPECT_EQ(meter.add(counter(1.0, 10'000'000'001), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.failed_reads(), 1U);
    EXPECT_DOUBLE_EQ(meter.add(counter(2.0, 5'000'000), kNobody).energy.value(), 5.0);
}

TEST(DeviceMeter, TooLongBetweenReadingsIsAGapThatSaysSo) {
    DeviceMeter meter{counter_spec(65'532'610'987), Scope::kMachine, 0};
    (void)meter.add(counter(0.0, 62'557'800'000), kNobody);
    const MeterStep step = meter.add(counter(200.0, 11'424'444'344), kNobody);
    ASSERT_EQ(step.kind, Kind::kGap);
    EXPECT_TRUE(step.reason.starts_with("wrap_ambiguous"));
}

TEST(DeviceMeter, FailingToTheEndIsAGapFromTheLastGoodReading) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 0), kNobody);
    (void)meter.add(counter(1.0, 10), kNobody);
    (void)meter.add(failed(2.0, "NVML: GPU is lost"), kNobody);
    const MeterStep gap = meter.finish(3 * kSecond);
    ASSERT_EQ(gap.kind, Kind::kGap);
    EXPECT_EQ(gap.from_ns, kSecond);
    EXPECT_EQ(gap.to_ns, 3 * kSecond);
    EXPECT_EQ(gap.reason, "NVML: GPU is lost");
}

TEST(DeviceMeter, NoReadingAtAllIsOneGap) {
    const MeterStep gap = counter_meter().finish(3 * kSecond);
    ASSERT_EQ(gap.kind, Kind::kGap);
    EXPECT_EQ(gap.from_ns, 0);
    EXPECT_EQ(gap.to_ns, 3 * kSecond);
    EXPECT_EQ(gap.reason, "no reading");
}

TEST(DeviceMeter, AReadingOfTheSameInstantOrAnOlderOneAddsNothing) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 0), kNobody);
    (void)meter.add(counter(2.0, 20), kNobody);
    EXPECT_EQ(meter.add(counter(2.0, 25), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.add(counter(1.0, 10), kNobody).kind, Kind::kNothing);
    EXPECT_DOUBLE_EQ(Microjoules{meter.add(counter(3.0, 30), kNobody).energy}.value(), 10.0);
}

TEST(DeviceMeter, AReadingOfAnotherKindIsAFailedRead) {
    DeviceMeter meter = counter_meter();
    EXPECT_EQ(meter.add(power(0.0, 100.0), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.failed_reads(), 1U);
}

TEST(DeviceMeter, InstantaneousPowerIsIntegratedByTrapezoids) {
    DeviceMeter meter{{.energy = PowerSpec{}}, Scope::kMachine, 0};
    (void)meter.add(power(0.0, 100.0), kNobody);
    EXPECT_DOUBLE_EQ(meter.add(power(2.0, 300.0), kNobody).energy.value(), 400.0);  // (100 + 300) / 2 x 2 s
}

TEST(DeviceMeter, AveragedPowerIsHeldBack) {
    DeviceMeter meter{{.energy = PowerSpec{.window = Seconds{1.0}}}, Scope::kMachine, 0};
    (void)meter.add(power(0.0, 100.0), kNobody);
    EXPECT_DOUBLE_EQ(meter.add(power(1.0, 300.0), kNobody).energy.value(), 300.0);  // the mean of that second
}

TEST(DeviceMeter, PowerIsNotIntegratedAcrossAHole) {
    DeviceMeter meter{{.energy = PowerSpec{.max_gap = Seconds{3.0}}}, Scope::kMachine, 0};
    (void)meter.add(power(0.0, 100.0), kNobody);
    (void)meter.add(failed(1.0, "NVML: unknown error"), kNobody);
    const MeterStep gap = meter.add(power(5.0, 100.0), kNobody);
    ASSERT_EQ(gap.kind, Kind::kGap);
    EXPECT_EQ(gap.reason, "NVML: unknown error");
    EXPECT_DOUBLE_EQ(meter.add(power(6.0, 100.0), kNobody).energy.value(), 100.0);
}

TEST(DeviceMeter, ImplausiblePowerIsAFailedRead) {
    DeviceMeter meter{{.energy = PowerSpec{.max_power = Watts{700.0}}}, Scope::kMachine, 0};
    (void)meter.add(power(0.0, 100.0), kNobody);
    EXPECT_EQ(meter.add(power(1.0, 4e9), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.add(power(1.5, -1.0), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.failed_reads(), 2U);
    EXPECT_DOUBLE_EQ(meter.add(power(2.0, 100.0), kNobody).energy.value(), 200.0);
}

TEST(DeviceMeter, ALoadModelTurnsBusySecondsIntoEnergy) {
    const LoadModel model{.idle = Watts{10.0}, .full = Watts{110.0}, .cpus = 4.0};
    DeviceMeter meter{{.energy = model}, Scope::kMachine, 0};
    (void)meter.add(load(0.0, 1000.0), kNobody);
    // 4 of 8 CPU seconds busy: half load, 60 W for 2 s
    EXPECT_DOUBLE_EQ(meter.add(load(2.0, 1004.0), kNobody).energy.value(), 120.0);
}

TEST(DeviceMeter, ALoadModelTakesTheMeanClockOfAWindow) {
    const LoadModel model{.idle = Watts{10.0}, .full = Watts{110.0}, .clock_exponent = 2.0};
    DeviceMeter meter{{.energy = model}, Scope::kMachine, 0};
    const auto clocked = [](double at_s, double busy_s, std::optional<double> clock) {
        Reading reading = load(at_s, busy_s);
        reading.clock = clock;
        return reading;
    };
    (void)meter.add(clocked(0.0, 0.0, 0.4), kNobody);
    EXPECT_NEAR(meter.add(clocked(1.0, 1.0, 0.6), kNobody).energy.value(), 35.0, 1e-9);  // 10 + 100 x 0.5^2
    EXPECT_NEAR(meter.add(clocked(2.0, 2.0, {}), kNobody).energy.value(), 46.0, 1e-9);   // 0.6 alone: 0.36
    EXPECT_NEAR(meter.add(clocked(3.0, 3.0, {}), kNobody).energy.value(), 110.0, 1e-9);  // none: base clock
    EXPECT_NEAR(meter.add(clocked(4.0, 4.0, 0.5), kNobody).energy.value(), 35.0, 1e-9);
}

TEST(DeviceMeter, CpuTimeThatGoesBackwardsIsAGap) {
    DeviceMeter meter{{.energy = LoadModel{}}, Scope::kMachine, 0};
    (void)meter.add(load(0.0, 10.0), kNobody);
    EXPECT_EQ(meter.add(load(1.0, 9.0), kNobody).kind, Kind::kGap);
    EXPECT_EQ(meter.add(load(2.0, 9.5), kNobody).kind, Kind::kWindow);
}

TEST(DeviceMeter, SharesByTheActivitySinceTheLastGoodReading) {
    MeterSpec spec = counter_spec();
    spec.idle_power = Watts{20.0};
    spec.cpus = 4.0;
    DeviceMeter meter{spec, Scope::kJob, 0};
    const auto active = [](double job_s, double busy_s) {
        return ActivityReading{
            .job_cpu_s = job_s, .machine_busy_s = busy_s, .job_known = true, .machine_known = true};
    };
    (void)meter.add(counter(0.0, 0), active(1.0, 100.0));
    (void)meter.add(failed(5.0, "I/O error"), active(6.0, 108.0));
    const MeterStep step = meter.add(counter(10.0, 1'000'000'000), active(9.0, 116.0));
    // job 8 of 16 busy seconds of 40: 0.5 x 800 J + 0.2 x 200 J; unassigned 0.8 x 200 J
    EXPECT_DOUBLE_EQ(step.activity.job_cpu_s, 8.0);
    EXPECT_DOUBLE_EQ(step.activity.busy_cpu_s, 16.0);
    EXPECT_NEAR(step.split.job.value(), 440.0, 1e-9);
    EXPECT_NEAR(step.split.unassigned.value(), 160.0, 1e-9);
}

TEST(DeviceMeter, ASocketSharesByTheTimeOfItsOwnCpus) {
    // Two sockets of 2 CPUs, 10 s. The job may use socket 0 only and used 12 CPU s; others 4 there and 8 on
    // socket 1.
    const auto at = [](double job_s, double first_s, double second_s) {
        ActivityReading reading{.job_cpu_s = job_s,
                                .machine_busy_s = first_s + second_s,
                                .job_known = true,
                                .machine_known = true};
        reading.sockets = 2;
        reading.socket_busy_s = {first_s, second_s};
        reading.allowed_busy_s = {first_s, 0.0};
        return reading;
    };
    const auto job_of_socket = [&](int socket) {
        MeterSpec spec = counter_spec();
        spec.cpus = 4.0;
        spec.socket = socket;
        DeviceMeter meter{spec, Scope::kJob, 0};
        (void)meter.add(counter(0.0, 0), at(0.0, 0.0, 0.0));
        return meter.add(counter(10.0, 1'000'000'000), at(12.0, 16.0, 8.0)).split.job.value();
    };
    EXPECT_NEAR(job_of_socket(0), 750.0, 1e-9);  // 12 of 16 s
    EXPECT_NEAR(job_of_socket(1), 0.0, 1e-9);
    EXPECT_NEAR(job_of_socket(-1), 500.0, 1e-9);  // 12 of 24 s of the machine
}

TEST(DeviceMeter, AReservedShareOfTheIdleEnergyIsTheJobs) {
    MeterSpec spec = counter_spec();
    spec.idle_power = Watts{20.0};
    spec.cpus = 4.0;
    spec.reserved = 0.5;
    DeviceMeter meter{spec, Scope::kJob, 0};
    const ActivityReading start{.job_known = true, .machine_known = true};
    const ActivityReading end{
        .job_cpu_s = 8.0, .machine_busy_s = 16.0, .job_known = true, .machine_known = true};
    (void)meter.add(counter(0.0, 0), start);
    const MeterStep step = meter.add(counter(10.0, 1'000'000'000), end);
    EXPECT_NEAR(step.split.job.value(), 500.0, 1e-9);         // 0.5 x 800 J + 0.5 x 200 J
    EXPECT_NEAR(step.split.unassigned.value(), 100.0, 1e-9);  // the other half of the idle energy
    EXPECT_NEAR(step.split.others.value(), 400.0, 1e-9);
}

TEST(DeviceMeter, ACounterThatStandsStillIsAGapAndNotZero) {
    CounterSpec spec = std::get<CounterSpec>(counter_spec().energy);
    spec.longest_rest = Seconds{2.0};
    DeviceMeter meter{{.energy = spec}, Scope::kMachine, 0};
    (void)meter.add(counter(0.0, 1000), kNobody);
    EXPECT_EQ(meter.add(counter(1.0, 1000), kNobody).kind, Kind::kWindow) << "it may rest for a moment";
    EXPECT_EQ(meter.add(counter(2.0, 1000), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.add(counter(3.0, 1000), kNobody).kind, Kind::kNothing);
    const MeterStep gap = meter.finish(4'000'000'000);
    EXPECT_EQ(gap.kind, Kind::kGap);
    EXPECT_EQ(gap.reason, "the counter stands still");
    EXPECT_EQ(gap.from_ns, 1'000'000'000);
    // Should it move again, nothing is lost: one window from the last good reading.
    const MeterStep window = meter.add(counter(4.0, 50'001'000), kNobody);
    EXPECT_EQ(window.kind, Kind::kWindow);
    EXPECT_NEAR(window.energy.value(), 50.0, 1e-9);
    EXPECT_EQ(window.from_ns, 1'000'000'000);
}

TEST(DeviceMeter, ACounterMayRestWhileTheMachineIsSuspended) {
    CounterSpec spec = std::get<CounterSpec>(counter_spec().energy);
    spec.longest_rest = Seconds{2.0};
    DeviceMeter meter{{.energy = spec}, Scope::kMachine, 0};
    ActivityReading activity{};
    (void)meter.add(counter(0.0, 1000), activity);
    activity.suspended_ns = ns(100.0);
    EXPECT_EQ(meter.add(counter(101.0, 1000), activity).kind, Kind::kWindow);
    EXPECT_EQ(meter.add(counter(101.5, 1000), activity).kind, Kind::kWindow);
    EXPECT_EQ(meter.add(counter(102.0, 1000), activity).kind, Kind::kNothing) << "two seconds awake";
    EXPECT_EQ(meter.finish(ns(103.0)).reason, "the counter stands still");
}

TEST(DeviceMeter, NoIdleEnergyIsGivenOutForASuspend) {
    MeterSpec spec = counter_spec();
    spec.idle_power = Watts{10.0};
    spec.reserved = 0.5;
    spec.cpus = 4.0;
    DeviceMeter meter{spec, Scope::kJob, 0};
    ActivityReading activity{.job_known = true, .machine_known = true};
    (void)meter.add(counter(0.0, 0), activity);
    activity.job_cpu_s = activity.machine_busy_s = 1.0;
    activity.suspended_ns = ns(100.0);
    const MeterStep step = meter.add(counter(101.0, 30'000'000), activity);
    ASSERT_EQ(step.kind, Kind::kWindow);
    EXPECT_NEAR(step.split.unassigned.value(), 5.0, 1e-9);  // half of 10 W for the second awake
    EXPECT_NEAR(step.split.job.value(), 25.0, 1e-9);
    EXPECT_NEAR(step.activity.capacity_cpu_s, 4.0, 1e-9);
}

MeterSpec bridged_spec(Seconds window) {
    MeterSpec spec = counter_spec();
    spec.stand_in = PowerSpec{window, Watts{600.0}, Seconds{3.0}};
    spec.whole = true;
    return spec;
}
/// What stands in the place of a counter that shows `raw`.
Reading stand_in(double at_s, double watts, std::uint64_t raw) {
    Reading reading = power(at_s, watts);
    reading.raw = raw;
    reading.failure = "it stands still";
    return reading;
}

TEST(DeviceMeter, PowerStandsInForACounterUntilItMovesAgain) {
    DeviceMeter meter{bridged_spec(Seconds{0.0}), Scope::kJob, 0};
    (void)meter.add(counter(0.0, 0), kNobody);
    const MeterStep first = meter.add(stand_in(1.0, 200.0, 0), kNobody);
    ASSERT_EQ(first.kind, Kind::kWindow);
    EXPECT_DOUBLE_EQ(first.energy.value(), 200.0);  // 200 W held over the second before
    EXPECT_TRUE(first.bridged);
    EXPECT_EQ(first.reason, "it stands still");
    const MeterStep second = meter.add(stand_in(2.0, 300.0, 0), kNobody);
    EXPECT_DOUBLE_EQ(second.energy.value(), 250.0);  // a straight line from 200 to 300 W
    const MeterStep third = meter.add(counter(2.5, 550'000'000), kNobody);
    EXPECT_DOUBLE_EQ(third.energy.value(), 150.0);  // 300 W x 0.5 s; the jump of 550 J is not looked at
    EXPECT_TRUE(third.bridged);
    EXPECT_EQ(third.reason, "it stands still");
    const MeterStep fourth = meter.add(counter(3.5, 800'000'000), kNobody);
    EXPECT_DOUBLE_EQ(fourth.energy.value(), 250.0);  // counted from the jump on
    EXPECT_FALSE(fourth.bridged);
    EXPECT_EQ(meter.failed_reads(), 0U);
}

TEST(DeviceMeter, AnAveragingSensorIsHeldBackWhereItStandsIn) {
    DeviceMeter meter{bridged_spec(Seconds{1.0}), Scope::kJob, 0};
    (void)meter.add(counter(0.0, 0), kNobody);
    (void)meter.add(stand_in(1.0, 200.0, 0), kNobody);
    EXPECT_DOUBLE_EQ(meter.add(stand_in(2.0, 300.0, 0), kNobody).energy.value(), 300.0);
}

TEST(DeviceMeter, ABridgeEndsWherePowerIsMissingForLong) {
    DeviceMeter meter{bridged_spec(Seconds{0.0}), Scope::kJob, 0};
    (void)meter.add(counter(0.0, 0), kNobody);
    (void)meter.add(stand_in(1.0, 200.0, 0), kNobody);
    EXPECT_EQ(meter.add(failed(2.0, "no power"), kNobody).kind, Kind::kNothing);
    const MeterStep step = meter.add(counter(5.0, 900'000'000), kNobody);
    ASSERT_EQ(step.kind, Kind::kGap);  // 4 s without power
    EXPECT_EQ(step.reason, "no power");
    EXPECT_DOUBLE_EQ(meter.add(counter(6.0, 950'000'000), kNobody).energy.value(), 50.0);
}

TEST(DeviceMeter, PowerIsRefusedWhereNothingIsToBeBridged) {
    DeviceMeter meter = counter_meter();
    (void)meter.add(counter(0.0, 0), kNobody);
    EXPECT_EQ(meter.add(stand_in(1.0, 200.0, 0), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.failed_reads(), 1U);
    DeviceMeter bridged{bridged_spec(Seconds{0.0}), Scope::kJob, 0};
    (void)bridged.add(counter(0.0, 0), kNobody);
    EXPECT_EQ(bridged.add(stand_in(1.0, 700.0, 0), kNobody).kind, Kind::kNothing);  // above 600 W
    EXPECT_EQ(bridged.failed_reads(), 1U);
}

MeterSpec shared_spec() {
    MeterSpec spec = counter_spec();
    spec.whole = true;
    spec.idle_power = Watts{46.0};
    return spec;
}
Reading used(double at_s, std::uint64_t raw, double job_s, double busy_s) {
    Reading reading = counter(at_s, raw);
    reading.use = DeviceUse{job_s, busy_s};
    return reading;
}

TEST(DeviceMeter, ASharedDeviceGoesByItsOwnUse) {
    DeviceMeter meter{shared_spec(), Scope::kJob, 0};
    (void)meter.add(used(0.0, 0, 0.0, 0.0), kNobody);
    const MeterStep step = meter.add(used(1.0, 400'000'000, 0.3, 0.6), kNobody);
    // idle 46 J, dynamic 354 J; w = 0.3 / 0.6, r = 0.3 s of 1 s
    EXPECT_NEAR(step.split.job.value(), 0.5 * 354.0 + 0.3 * 46.0, 1e-9);
    EXPECT_NEAR(step.split.others.value(), 0.5 * 354.0, 1e-9);
    EXPECT_NEAR(step.split.unassigned.value(), 0.7 * 46.0, 1e-9);
}

TEST(DeviceMeter, OfAWindowAcrossAPauseTheTimeOfThePauseIsThatOfOthers) {
    MeterSpec whole = counter_spec();
    whole.whole = true;
    for (const MeterSpec& spec : {counter_spec(), whole}) {
        DeviceMeter meter{spec, Scope::kMachine, 0};
        ActivityReading activity;
        (void)meter.add(counter(0.0, 0), activity);
        (void)meter.add(Reading{}, activity);  // the reads at both ends of the pause fail
        activity.paused_ns = 6'000'000'000;
        (void)meter.add(Reading{}, activity);
        const MeterStep step = meter.add(counter(10.0, 1'000'000'000), activity);
        ASSERT_EQ(step.kind, Kind::kWindow);
        EXPECT_NEAR(step.split.job.value(), 400.0, 1e-9);
        EXPECT_NEAR(step.split.others.value(), 600.0, 1e-9);
        activity.paused_ns = 6'500'000'000;  // a reading of before may come after it
        EXPECT_NEAR(meter.add(counter(11.0, 1'100'000'000), activity).split.job.value(), 50.0, 1e-9);
    }
}

TEST(DeviceMeter, ACounterThatWasNotYetRenewedIsNoNews) {
    MeterSpec spec = counter_spec();
    std::get<CounterSpec>(spec.energy).renewal = Seconds{0.1};
    DeviceMeter meter{spec, Scope::kMachine, 0};
    (void)meter.add(counter(0.0, 0), kNobody);
    (void)meter.add(counter(1.0, 100'000'000), kNobody);
    EXPECT_EQ(meter.add(counter(1.03, 100'000'000), kNobody).kind, Kind::kNothing);
    EXPECT_EQ(meter.finish(1'040'000'000).kind, Kind::kNothing) << "it was read, and no gap";
    const MeterStep step = meter.add(counter(1.06, 106'000'000), kNobody);
    EXPECT_EQ(step.from_ns, 1'000'000'000);
    EXPECT_DOUBLE_EQ(step.energy.value(), 6.0);
    const MeterStep rest = meter.add(counter(1.2, 106'000'000), kNobody);
    EXPECT_EQ(rest.kind, Kind::kWindow) << "it does rest";
    EXPECT_DOUBLE_EQ(rest.energy.value(), 0.0);
}

/// What four ranks that count one device make of a second of it, 400 J: one use for each of them.
double sum_of_ranks(const MeterSpec& spec, std::initializer_list<DeviceUse> uses) {
    ActivityReading activity = kNobody;
    activity.trackers = activity.trackers_of_device = static_cast<int>(uses.size());
    double sum_j = 0.0;
    for (const DeviceUse& use : uses) {
        DeviceMeter meter{spec, Scope::kJob, 0};
        (void)meter.add(used(0.0, 0, 0.0, 0.0), activity);
        Reading reading = counter(1.0, 400'000'000);
        reading.use = use;
        sum_j += meter.add(reading, activity).split.job.value();
    }
    return sum_j;
}

TEST(DeviceMeter, RanksThatCountOneDeviceAddUpToIt) {
    for (const bool reserved : {false, true}) {
        MeterSpec spec = shared_spec();
        spec.reserved = reserved ? std::optional{1.0} : std::nullopt;
        // no process is seen on it
        EXPECT_NEAR(sum_of_ranks(spec, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}), 400.0, 1e-9);
        // it is the first one's alone, and the others see that
        EXPECT_NEAR(sum_of_ranks(spec, {{1, 1, 0}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}}), 400.0, 1e-9);
        // a process that none of them knows is beside those of all of them: 0.2 s each, and 0.2 s of its own
        const double busy_all =
            sum_of_ranks(spec, {{0.4, 1, 0.2}, {0.4, 1, 0.2}, {0.4, 1, 0.2}, {0.4, 1, 0.2}});
        EXPECT_NEAR(busy_all, 400.0, 1e-9);
    }
}

TEST(DeviceMeter, WhereNothingRanOnASharedDeviceAllIsIdle) {
    DeviceMeter meter{shared_spec(), Scope::kJob, 0};
    (void)meter.add(used(0.0, 0, 5.0, 9.0), kNobody);
    const MeterStep nobody = meter.add(used(1.0, 80'000'000, 5.0, 9.0), kNobody);
    EXPECT_DOUBLE_EQ(nobody.split.unassigned.value(), 80.0);
    MeterSpec spec = shared_spec();
    spec.reserved = 1.0;
    DeviceMeter given{spec, Scope::kJob, 0};
    (void)given.add(used(0.0, 0, 5.0, 9.0), kNobody);
    EXPECT_DOUBLE_EQ(given.add(used(1.0, 80'000'000, 5.0, 9.0), kNobody).split.job.value(), 80.0);
}

TEST(DeviceMeter, WithoutUseAtBothEndsADeviceIsWhole) {
    DeviceMeter meter{shared_spec(), Scope::kJob, 0};
    (void)meter.add(counter(0.0, 0), kNobody);
    EXPECT_DOUBLE_EQ(meter.add(used(1.0, 400'000'000, 0.3, 0.6), kNobody).split.job.value(), 400.0);
    DeviceMeter machine{shared_spec(), Scope::kMachine, 0};
    (void)machine.add(used(0.0, 0, 0.0, 0.0), kNobody);
    EXPECT_DOUBLE_EQ(machine.add(used(1.0, 400'000'000, 0.3, 0.6), kNobody).split.job.value(), 400.0);
}

TEST(DeviceMeter, AWholeDeviceIsAllTheJobs) {
    MeterSpec spec = counter_spec();
    spec.whole = true;
    DeviceMeter meter{spec, Scope::kJob, 0};
    const ActivityReading idle_job{.job_known = true, .machine_known = true};
    (void)meter.add(counter(0.0, 0), idle_job);
    const MeterStep step = meter.add(counter(1.0, 70'000'000), idle_job);
    EXPECT_DOUBLE_EQ(step.split.job.value(), 70.0);
}

}  // namespace
}  // namespace gramme::meter
