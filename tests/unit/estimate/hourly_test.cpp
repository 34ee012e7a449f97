// Energy costed hour by hour: cut at the bounds of the periods, holes held and then costed otherwise.
#include "estimate/hourly.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "estimate/estimate.hpp"
#include "ledgers.hpp"

namespace gramme::estimate {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kNs = 1'000'000'000;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kStart = 1'790'000'000 / kHour * kHour;

RunRecord run_at(std::int64_t start_s, double seconds) {
    RunRecord run;
    run.scope = Scope::kMachine;
    run.started_wall_ns = start_s * kNs;
    run.duration_s = seconds;
    return run;
}

Ledger one_device(double seconds, double joules) {
    Ledger ledger;
    gramme::testing::add(ledger,
                         gramme::testing::device("cpu0", DeviceKind::kCpu, Quality::kMeasured, 0.0, ""),
                         seconds, joules, joules);
    ledger.devices.back().membership = Membership::kIn;
    return ledger;
}

IntensitySeries hourly(const std::vector<double>& values) {
    IntensitySeries series;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t from = kStart + static_cast<std::int64_t>(i) * kHour;
        series.periods.push_back({from, from + kHour, values[i]});
    }
    series.basis = "lifecycle";
    series.from = {"user", "--intensity-csv grid.csv"};
    return series;
}

Factors annual(double grams) {
    Factors factors;
    factors.intensity.value = GramsPerKilowattHour{grams};
    factors.intensity.from.source = "owid_ember_2026";
    factors.intensity.sigma_ln = 0.3;
    factors.intensity.zone = "FRA";
    factors.intensity.year = 2024;
    return factors;
}

IntensityFactor costed(const RunRecord& run, const Ledger& ledger, const IntensitySeries& series) {
    const auto factors = factors_in_time(run, ledger, series, annual(1000.0));
    EXPECT_TRUE(factors) << factors.error().what;
    return factors ? factors->intensity : IntensityFactor{};
}

TEST(Hourly, AWindowIsCutAtTheHour) {
    // 90 min from half past: 30 min at 100, 60 min at 400 = (50 + 400) / 1.5 = 300
    const IntensityFactor grid =
        costed(run_at(kStart + 1800, 5400), one_device(5400, 1e6), hourly({100, 400}));
    EXPECT_NEAR(grid.value.value(), 300.0, 1e-9);
    ASSERT_TRUE(grid.in_time);
    EXPECT_EQ(grid.in_time->periods, 2U);
    EXPECT_EQ(grid.in_time->least, 100.0);
    EXPECT_EQ(grid.in_time->most, 400.0);
    EXPECT_EQ(grid.in_time->otherwise_share, 0.0);
    EXPECT_EQ(grid.sigma_ln, 0.0);  // a person's own figures, as those of --intensity
}

TEST(Hourly, EnergyWeighsNotTime) {
    Ledger ledger = one_device(3600, 3000.0);
    Window second = ledger.windows.front();
    second.from_ns = 3600 * kNs;
    second.to_ns = 7200 * kNs;
    second.energy = second.job = Joules{1000.0};
    ledger.windows.push_back(second);
    EXPECT_NEAR(costed(run_at(kStart, 7200), ledger, hourly({100, 400})).value.value(),
                (3000.0 * 100 + 1000.0 * 400) / 4000.0, 1e-9);
}

TEST(Hourly, OnlyTheJobsEnergyWeighs) {
    Ledger ledger = one_device(3600, 3000.0);
    ledger.windows.front().job = Joules{100.0};
    Window second = ledger.windows.front();
    second.from_ns = 3600 * kNs;
    second.to_ns = 7200 * kNs;
    second.job = Joules{300.0};
    ledger.windows.push_back(second);
    RunRecord run = run_at(kStart, 7200);
    run.scope = Scope::kJob;
    EXPECT_NEAR(costed(run, ledger, hourly({100, 500})).value.value(), (100 * 100.0 + 300 * 500.0) / 400,
                1e-9);
    ledger.devices.front().membership = Membership::kOut;  // none counted: time weighs
    EXPECT_NEAR(costed(run, ledger, hourly({100, 500})).value.value(), 300.0, 1e-9);
}

TEST(Hourly, AHoleIsHeldForTwoHoursThenCostedOtherwise) {
    IntensitySeries series = hourly({200});
    series.periods.push_back({kStart + 6 * kHour, kStart + 7 * kHour, 400});
    // 1 h known, 2 h held, 3 h at 1000, 1 h known
    const IntensityFactor grid = costed(run_at(kStart, 7 * 3600), one_device(7 * 3600, 7e6), series);
    EXPECT_NEAR(grid.value.value(), (200.0 + 2 * 200 + 3 * 1000 + 400) / 7, 1e-9);
    EXPECT_NEAR(grid.in_time->held_share, 2.0 / 7, 1e-12);
    EXPECT_NEAR(grid.in_time->otherwise_share, 3.0 / 7, 1e-12);
    EXPECT_EQ(grid.in_time->otherwise.value(), 1000.0);
    EXPECT_NEAR(grid.sigma_ln, 3000.0 * 0.3 / (1000 + 3000), 1e-12);
}

TEST(Hourly, BeforeTheFirstPeriodNothingIsHeld) {
    const IntensityFactor grid =
        costed(run_at(kStart - kHour, 2 * 3600), one_device(2 * 3600, 2e6), hourly({200}));
    EXPECT_NEAR(grid.value.value(), (1000.0 + 200) / 2, 1e-9);
}

TEST(Hourly, AnotherTimeIsRefusedWithBothTimes) {
    const auto factors = factors_in_time(run_at(kStart + 100 * kHour, 3600), one_device(3600, 1.0),
                                         hourly({200}), annual(1000.0));
    ASSERT_FALSE(factors);
    EXPECT_EQ(factors.error().code, Code::kOutOfRange);
    EXPECT_THAT(factors.error().what, HasSubstr("grid.csv"));
    EXPECT_THAT(factors.error().what, HasSubstr("it holds 2026-"));
    EXPECT_THAT(factors.error().hint, HasSubstr("the run took 2026-"));
}

TEST(Hourly, PeriodsOutOfOrderAreRefused) {
    IntensitySeries series = hourly({200, 300});
    std::swap(series.periods[0], series.periods[1]);
    const auto factors = factors_in_time(run_at(kStart, 3600), one_device(3600, 1.0), series, annual(1000.0));
    ASSERT_FALSE(factors);
    EXPECT_EQ(factors.error().code, Code::kOutOfRange);
}

TEST(Hourly, MarginalIsSaidFirst) {
    IntensitySeries series = hourly({200});
    series.basis = "marginal";
    const auto factors = factors_in_time(run_at(kStart, 3600), one_device(3600, 1.0), series, annual(1000.0));
    ASSERT_TRUE(factors);
    ASSERT_EQ(factors->notes.size(), 1U);
    EXPECT_THAT(factors->notes.front(), HasSubstr("marginal"));
}

TEST(Hourly, TwoBasesAreNeverAddedUp) {
    Factors direct = annual(270.0);
    direct.intensity.basis = "direct";
    const RunRecord run = run_at(kStart, 10 * 3600);
    const Ledger ledger = one_device(10 * 3600, 1e7);
    const auto refused =
        factors_in_time(run, ledger, hourly({500}), direct);  // lifecycle, for an hour of ten
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kOutOfRange);
    EXPECT_THAT(refused.error().what, HasSubstr("lifecycle basis"));
    direct.intensity.country_lifecycle = GramsPerKilowattHour{384.0};
    direct.intensity.country_lifecycle_source = "owid_ember_2026";
    const auto of_country = factors_in_time(run, ledger, hourly({500}), direct);
    ASSERT_TRUE(of_country);
    EXPECT_NEAR(of_country->intensity.value.value(), (3 * 500.0 + 7 * 384.0) / 10, 1e-9);
    EXPECT_EQ(of_country->intensity.basis, "lifecycle");
    // Where the series says all, what stands beside it does not matter.
    EXPECT_TRUE(factors_in_time(run_at(kStart, 3600), one_device(3600, 1.0), hourly({500}), direct));
}

TEST(Hourly, ADirectSeriesSaysSo) {
    IntensitySeries series = hourly({200});
    series.basis = "direct";
    const auto factors = factors_in_time(run_at(kStart, 3600), one_device(3600, 1.0), series, annual(1000.0));
    ASSERT_TRUE(factors);
    ASSERT_EQ(factors->notes.size(), 1U);
    EXPECT_THAT(factors->notes.front(), HasSubstr("direct basis"));
}

TEST(Hourly, AnotherCountrysSeriesIsTold) {
    IntensitySeries series = hourly({200});
    IntensityFactor place;
    place.country_iso3 = "IND";
    place.country_name = "India";
    for (const char* zone : {"GB", "US-CAL-CISO", "FRA"}) {
        series.zone = zone;
        EXPECT_THAT(zone_conflict(series, place, {}), HasSubstr("India")) << zone;
    }
    for (const char* zone : {"IN-NO", "IND", "", "myzone"}) {
        series.zone = zone;
        EXPECT_EQ(zone_conflict(series, place, {}), "") << zone;
    }
}

TEST(Hourly, ALongJobDoesNotOverflow) {
    const auto factors = factors_in_time(run_at(kStart + 1000 * kHour, 9e9), one_device(9e9, 1.0),
                                         hourly({200}), annual(1000.0));
    EXPECT_FALSE(factors);
}

TEST(Hourly, TheHoleIsCostedOnTheBasisOfTheSeries) {
    IntensitySeries series = hourly({200});
    series.basis = "direct";
    EXPECT_EQ(on_basis_of(series, {}).basis, "direct");
    FactorRequest said;
    said.basis = "lifecycle";
    EXPECT_EQ(on_basis_of(series, said).basis, "lifecycle");
    series.basis = "marginal";
    EXPECT_EQ(on_basis_of(series, {}).basis, "");
}

/// The footprint is the sum over windows and hours, done the long way: second by second.
RC_GTEST_PROP(Hourly, IsTheSumSecondBySecond, ()) {
    const auto values = *rc::gen::container<std::vector<int>>(6, rc::gen::inRange(0, 900));
    const auto missing = *rc::gen::container<std::vector<bool>>(6, rc::gen::arbitrary<bool>());
    IntensitySeries series = hourly({values.begin(), values.end()});
    std::vector<IntensityPeriod> kept;
    for (std::size_t i = 0; i < series.periods.size(); ++i) {
        if (!missing[i] || i == 0) {
            kept.push_back(series.periods[i]);
        }
    }
    series.periods = kept;
    const std::int64_t offset = *rc::gen::inRange(-1800, 3600);
    Ledger ledger;
    ledger.devices = one_device(1, 1).devices;
    std::int64_t at = 0;
    for (int i = 0; i < 5; ++i) {
        const std::int64_t seconds = *rc::gen::inRange(1, 7200);
        Window window;
        window.from_ns = at * kNs;
        window.to_ns = (at + seconds) * kNs;
        window.energy = window.job = Joules{static_cast<double>(*rc::gen::inRange(1, 100'000))};
        ledger.windows.push_back(window);
        at += seconds;
    }
    RC_PRE(offset + at > 0);  // else it ended before the series begins
    const RunRecord run = run_at(kStart + offset, static_cast<double>(at));
    const auto factors = factors_in_time(run, ledger, series, annual(1000.0));
    RC_ASSERT(static_cast<bool>(factors));
    const auto intensity_at = [&](std::int64_t second) {
        double value = 1000.0;
        for (const IntensityPeriod& one : series.periods) {
            if (second >= one.from_s && second < one.until_s + kHeldSeconds) {
                value = one.gco2e_per_kwh;  // the last that began
            }
        }
        return value;
    };
    double grams = 0.0;
    for (const Window& window : ledger.windows) {
        const std::int64_t seconds = (window.to_ns - window.from_ns) / kNs;
        const double kwh = KilowattHours{window.energy}.value() / static_cast<double>(seconds);
        for (std::int64_t s = 0; s < seconds; ++s) {
            grams += kwh * intensity_at(kStart + offset + window.from_ns / kNs + s);
        }
    }
    const Footprint footprint = footprint_of(run, ledger, *factors, {});
    RC_ASSERT(std::abs(footprint.operational_kgco2e->value * 1000.0 - grams) <= 1e-9 * (1.0 + grams));
}

}  // namespace
}  // namespace gramme::estimate
