// Properties that hold for every input: conservation, independence of how a stretch is cut, nothing invented.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "meter/attribution.hpp"
#include "meter/counter.hpp"
#include "meter/device_meter.hpp"

namespace gramme::meter {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

double ranged(double low, double high) {
    return low + (high - low) * static_cast<double>(*rc::gen::inRange<int>(0, 1'000'001)) / 1e6;
}

#define GRAMME_PROPERTY(name, ...) EXPECT_TRUE(rc::check(name, __VA_ARGS__))

TEST(MeterProperty, AttributionConservesEnergy) {
    GRAMME_PROPERTY("job + others + unassigned = energy, each by its own formula", [] {
        for (int i = 0; i < 100; ++i) {  // 100 x the 100 cases of one property: 10,000
            const Joules energy{ranged(0.0, 1e5) * ranged(0.0, 1.0)};
            const Activity activity{.job_cpu_s = ranged(-1.0, 70.0),
                                    .busy_cpu_s = ranged(-1.0, 70.0),
                                    .capacity_cpu_s = ranged(0.0, 64.0),
                                    .job_known = *rc::gen::arbitrary<bool>(),
                                    .machine_known = *rc::gen::arbitrary<bool>()};
            IdleRule idle{Watts{ranged(0.0, 500.0)}, {}};
            if (*rc::gen::arbitrary<bool>()) {
                idle.reserved = ranged(0.0, 1.0);
            }
            const Split split = attribute(energy, idle, Seconds{ranged(0.0, 100.0)}, activity, Scope::kJob);
            RC_ASSERT(split.job.value() >= 0.0);
            RC_ASSERT(split.unassigned.value() >= 0.0);
            RC_ASSERT(split.others.value() >= 0.0);
            RC_ASSERT((energy - split.job - split.unassigned).value() >= 0.0);  // as it is stored
            const double sum = (split.job + split.unassigned + split.others).value();
            RC_ASSERT(std::abs(sum - energy.value()) <= 1e-9 * energy.value());
        }
    });
}

TEST(MeterProperty, PartsOfSeveralTrackersAddUpToTheJob) {
    GRAMME_PROPERTY("the job of one tracker is the sum of the parts of several", [] {
        const Joules energy{ranged(0.0, 1e5)};
        Activity activity{.job_cpu_s = ranged(0.0, 70.0),
                          .busy_cpu_s = ranged(0.0, 70.0),
                          .capacity_cpu_s = ranged(0.0, 64.0),
                          .job_known = *rc::gen::arbitrary<bool>(),
                          .machine_known = true};
        const IdleRule idle{Watts{ranged(0.0, 500.0)}, {}};
        const Seconds duration{ranged(0.0, 100.0)};
        const Joules whole = attribute(energy, idle, duration, activity, Scope::kJob).job;
        const int trackers = *rc::gen::inRange(1, 9);
        double left = 1.0;
        Joules sum;
        for (int i = 0; i < trackers; ++i) {
            const double of_time = i + 1 == trackers ? left : left * ranged(0.0, 1.0);
            left -= of_time;
            activity.tracked = {of_time, 1.0 / trackers, 1.0 / trackers};
            const Split split = attribute(energy, idle, duration, activity, Scope::kJob);
            RC_ASSERT(std::abs((split.job + split.others + split.unassigned - energy).value()) <=
                      1e-9 * energy.value());
            sum += split.job;
        }
        RC_ASSERT(std::abs((sum - whole).value()) <= 1e-9 * energy.value());
    });
}

TEST(MeterProperty, ASharedDeviceConservesEnergy) {
    GRAMME_PROPERTY("job + others + unassigned = energy, whoever used the device", [] {
        MeterSpec spec{.energy = CounterSpec{.per_count = Joules{1e-3}, .max_power = Watts{1e9}}};
        spec.whole = true;
        spec.idle_power = Watts{ranged(0.0, 500.0)};
        if (*rc::gen::arbitrary<bool>()) {
            spec.reserved = 1.0;
        }
        DeviceMeter meter{spec, Scope::kJob, 0};
        Reading reading;
        reading.kind = ReadingKind::kCounter;
        reading.use = DeviceUse{};
        (void)meter.add(reading, {});
        for (int i = 0; i < 100; ++i) {
            reading.at_ns += 1 + static_cast<std::int64_t>(ranged(0.0, 20.0) * 1e9);
            reading.raw += static_cast<std::uint64_t>(ranged(0.0, 1e7));
            reading.use->job_s += ranged(-1.0, 5.0);
            reading.use->busy_s += ranged(-1.0, 10.0);
            const MeterStep step = meter.add(reading, {});
            RC_ASSERT(step.kind == MeterStep::Kind::kWindow);
            const Split& split = step.split;
            RC_ASSERT(split.job.value() >= 0.0 && split.others.value() >= 0.0 &&
                      split.unassigned.value() >= 0.0);
            RC_ASSERT((step.energy - split.job - split.unassigned).value() >= 0.0);
            RC_ASSERT(std::abs((split.job + split.others + split.unassigned - step.energy).value()) <=
                      1e-9 * step.energy.value());
        }
    });
}

/// A counter as a 32-bit register in units of `unit_nj` would show it through powercap.
struct SimulatedCounter {
    std::uint64_t unit_nj;
    std::uint64_t counts;
    [[nodiscard]] std::uint64_t raw_uj() const { return (counts & 0xffff'ffffU) * unit_nj / 1000; }
};

CounterSpec spec_of(std::uint64_t unit_nj) {
    const std::uint64_t range = 0xffff'ffffU * unit_nj / 1000;
    return {.per_count = Microjoules{1.0},
            .range = range,
            .modulus_step = (range + 0xffff'fffeU) / 0xffff'ffffU,
            .max_power = Watts{1000.0}};
}

TEST(MeterProperty, CuttingAStretchNeverChangesItsTotal) {
    GRAMME_PROPERTY("split windows add up", [] {
        const std::uint64_t unit_nj = *rc::gen::element<std::uint64_t>(61'035, 15'258, 15'300);
        const CounterSpec spec = spec_of(unit_nj);
        SimulatedCounter counter{unit_nj, *rc::gen::inRange<std::uint64_t>(0, 0x1'0000'0000U)};
        const std::uint64_t first_counts = counter.counts;
        const CounterReading first{counter.raw_uj(), 0};
        CounterReading before = first;
        Joules total{0.0};
        const int cuts = *rc::gen::inRange(1, 6);
        int turns_at_cuts = 0;
        for (int i = 1; i <= cuts; ++i) {
            const double joules = ranged(0.0, 9'000.0);  // in 10 s at up to 900 W
            counter.counts += static_cast<std::uint64_t>(joules * 1e9) / unit_nj;
            const CounterReading now{counter.raw_uj(), i * 10 * kSecond};
            turns_at_cuts += now.raw < before.raw ? 1 : 0;
            const auto energy = energy_between(spec, before, now);
            RC_ASSERT(static_cast<bool>(energy));
            total += *energy;
            before = now;
        }
        const auto whole = energy_between(spec, first, before);
        RC_ASSERT(static_cast<bool>(whole));
        RC_ASSERT(std::abs((*whole - total).value()) < 1e-6);
        // and it is what flowed, to the truncation of two reads and less than one count per turn
        const double truth =
            static_cast<double>(counter.counts - first_counts) * static_cast<double>(unit_nj) * 1e-9;
        const double count_j = static_cast<double>(unit_nj) * 1e-9;
        RC_ASSERT(std::abs(total.value() - truth) <= 2e-6 + count_j * (turns_at_cuts + 1));
    });
}

TEST(MeterProperty, TheMeterAgreesWithTheTruthBetweenGoodReadings) {
    GRAMME_PROPERTY("windows of a failing, wrapping counter", [] {
        CounterSpec spec{.per_count = Microjoules{1.0}, .range = 999'999'999, .max_power = Watts{150.0}};
        DeviceMeter meter{{.energy = spec}, Scope::kMachine, 0};
        std::uint64_t truth_uj = *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000);
        std::uint64_t last_good = 0;
        std::uint64_t first_good = 0;
        bool seen = false;
        double metered_s = 0.0;
        Joules total{0.0};
        std::int64_t last_good_ns = 0;
        for (std::int64_t t = 0; t < 60; ++t) {
            truth_uj += *rc::gen::inRange<std::uint64_t>(0, 100'000'001);  // up to 100 W
            Reading reading{.kind = ReadingKind::kCounter,
                            .at_ns = t * kSecond,
                            .raw = truth_uj % 1'000'000'000,
                            .failure = {}};
            const bool good = t - last_good_ns / kSecond >= 6 || *rc::gen::inRange(0, 3) != 0;
            if (!good) {
                reading = {.kind = ReadingKind::kFailed, .at_ns = t * kSecond, .failure = "I/O error"};
            } else {
                last_good_ns = t * kSecond;
                last_good = truth_uj;
                first_good = seen ? first_good : truth_uj;
                seen = true;
            }
            const MeterStep step = meter.add(reading, {});
            if (step.kind == MeterStep::Kind::kWindow) {
                total += step.energy;
                metered_s += Seconds{Nanoseconds{step.to_ns - step.from_ns}}.count();
            }
        }
        RC_ASSERT(std::abs(total.value() - static_cast<double>(last_good - first_good) * 1e-6) < 1e-6);
        RC_ASSERT(metered_s <= 59.0);
    });
}

TEST(MeterProperty, WindowsAndGapsTileTheRun) {
    GRAMME_PROPERTY("no stretch is missing, none is counted twice", [] {
        DeviceMeter meter{{.energy = PowerSpec{.max_gap = Seconds{3.0}}}, Scope::kMachine, 0};
        std::int64_t at = 0;
        std::int64_t covered_to = 0;
        const auto take = [&](const MeterStep& step) {
            if (step.kind != MeterStep::Kind::kNothing) {
                RC_ASSERT(step.from_ns == covered_to);
                RC_ASSERT(step.to_ns > step.from_ns);
                covered_to = step.to_ns;
            }
        };
        const int readings = *rc::gen::inRange(0, 30);
        for (int i = 0; i < readings; ++i) {
            at += *rc::gen::inRange<std::int64_t>(1, 6) * kSecond;
            const bool good = *rc::gen::inRange(0, 4) != 0;
            take(meter.add({.kind = good ? ReadingKind::kPower : ReadingKind::kFailed,
                            .at_ns = at,
                            .value = ranged(0.0, 500.0),
                            .failure = "I/O error"},
                           {}));
        }
        at += kSecond;
        take(meter.finish(at));
        RC_ASSERT(covered_to == at);
    });
}

TEST(MeterProperty, PowerAlongALineIsTheSameHoweverItIsCut) {
    GRAMME_PROPERTY("trapezoids", [] {
        const double from_w = ranged(0.0, 500.0);
        const double slope = ranged(0.0, 50.0);
        DeviceMeter meter{{.energy = PowerSpec{}}, Scope::kMachine, 0};
        Joules total{0.0};
        std::int64_t at = 0;
        while (at <= 10 * kSecond) {
            const double watts = from_w + slope * static_cast<double>(at) * 1e-9;
            total += meter.add({.kind = ReadingKind::kPower, .at_ns = at, .value = watts, .failure = {}}, {})
                         .energy;
            if (at == 10 * kSecond) {
                break;
            }
            at = std::min(at + *rc::gen::inRange<std::int64_t>(1'000'000, 3 * kSecond), 10 * kSecond);
        }
        RC_ASSERT(std::abs(total.value() - (10.0 * from_w + 50.0 * slope)) < 1e-6);
    });
}

}  // namespace
}  // namespace gramme::meter
