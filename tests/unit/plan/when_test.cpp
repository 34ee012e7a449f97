// plan::when: against all schedules there are, on small random cases; and what a forecast must be.
#include "plan/when.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "base/utc.hpp"

namespace gramme::plan {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::int64_t at(const char* text) {
    return *parse_utc(text) / kNsPerSecond;
}

IntensitySeries hours(std::int64_t from_s, const std::vector<double>& values) {
    IntensitySeries out;
    out.from = {"user", "--intensity-csv grid.csv"};
    for (const double value : values) {
        out.periods.push_back({from_s, from_s + kHour, value});
        from_s += kHour;
    }
    return out;
}

When planned(const IntensitySeries& forecast, const WaitingJob& job, std::int64_t earliest,
             std::optional<std::int64_t> deadline = {}) {
    auto window = window_of(forecast, earliest, deadline, job.work_s);
    EXPECT_TRUE(window) << window.error().what;
    return when(*std::move(window), job);
}

/// A window cut into slots of one second, each with its value.
struct Case {
    std::vector<double> slots;
    WaitingJob job;
};

/// The least that any choice of slots costs, by trying all of them. Ends of stretches between two slots
/// cannot be better: with the order of starts and ends kept, the carbon is linear in them and their bounds
/// are whole.
double by_trying(const Case& one) {
    const std::size_t count = one.slots.size();
    double mean = 0.0;
    for (const double value : one.slots) {
        mean += value / static_cast<double>(count);
    }
    double best = std::numeric_limits<double>::infinity();
    for (std::uint32_t set = 1; set < (1U << count); ++set) {
        std::int64_t work = 0;
        std::int64_t stretch = 0;
        bool fits = true;
        double cost = 0.0;
        double idle = 0.0;
        bool begun = false;
        for (std::size_t i = 0; i < count; ++i) {
            if ((set >> i & 1U) != 0) {
                if (stretch == 0 && begun) {  // the stretch before was not the last
                    cost += idle + one.job.resume_s * mean;
                    work -= one.job.lost_s;
                }
                begun = true;
                idle = 0.0;
                ++stretch;
                ++work;
                cost += one.slots[i];
            } else {
                const bool more = (set >> i) != 0;
                fits = fits && (stretch == 0 || !more || stretch >= one.job.least_run_s);
                stretch = 0;
                idle += one.job.paused_share * one.slots[i];
            }
        }
        if (fits && work >= one.job.work_s && cost < best) {
            best = cost;
        }
    }
    return best / static_cast<double>(one.job.work_s);
}

/// The same of what was planned, from its stretches alone; NaN where it breaks a rule.
double cost_of(const Schedule& plan, const Case& one) {
    double mean = 0.0;
    for (const double value : one.slots) {
        mean += value / static_cast<double>(one.slots.size());
    }
    double cost = 0.0;
    std::int64_t work = 0;
    std::int64_t end = -1;
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        const Stretch& run = plan.runs[i];
        const bool last = i + 1 == plan.runs.size();
        if (run.from_s <= end || run.until_s <= run.from_s || run.from_s < 0 ||
            run.until_s > static_cast<std::int64_t>(one.slots.size()) ||
            (!last && run.until_s - run.from_s < one.job.least_run_s)) {
            return std::nan("");
        }
        if (i > 0) {
            work -= one.job.lost_s;
            cost += one.job.resume_s * mean;
            for (std::int64_t t = end; t < run.from_s; ++t) {
                cost += one.job.paused_share * one.slots[static_cast<std::size_t>(t)];
            }
        }
        for (std::int64_t t = run.from_s; t < run.until_s; ++t) {
            cost += one.slots[static_cast<std::size_t>(t)];
            ++work;
        }
        end = run.until_s;
    }
    return work >= one.job.work_s ? cost / static_cast<double>(one.job.work_s) : std::nan("");
}

/// Numbers that are the same everywhere: splitmix64 (Steele, Lea, Flood 2014).
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::int64_t below(std::int64_t end) {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return static_cast<std::int64_t>((z ^ (z >> 31U)) % static_cast<std::uint64_t>(end));
    }

private:
    std::uint64_t state_;
};

TEST(When, EqualsAllSchedulesThereAreOnAThousandRandomCases) {
    Numbers random{2026};
    int with_pauses = 0;
    for (int trial = 0; trial < 1000; ++trial) {
        Case one;
        const auto count = static_cast<std::size_t>(4 + random.below(9));
        // Periods of up to 4 slots, the first and last cut by the window; few values, so that equal ones
        // come.
        IntensitySeries forecast;
        forecast.from.chosen = "random";
        std::int64_t end = -random.below(3);
        while (end < static_cast<std::int64_t>(count)) {
            const std::int64_t next = end + 1 + random.below(trial % 3 == 0 ? 4 : 2);
            const auto value = static_cast<double>(random.below(8) * 25);
            forecast.periods.push_back({end, next, value});
            for (std::int64_t t = std::max<std::int64_t>(end, 0);
                 t < std::min(next, static_cast<std::int64_t>(count)); ++t) {
                one.slots.push_back(value);
            }
            end = next;
        }
        one.job.work_s = 1 + random.below(static_cast<std::int64_t>(trial % 4 == 0 ? count : count / 2 + 1));
        one.job.lost_s = random.below(3) == 0 ? 1 + random.below(2) : 0;
        one.job.least_run_s = random.below(2) == 0 ? random.below(4) : 0;
        one.job.resume_s = random.below(3) == 0 ? 0.25 * static_cast<double>(random.below(4)) : 0.0;
        one.job.paused_share = random.below(3) == 0 ? 0.1 * static_cast<double>(random.below(11)) : 0.0;
        const When plan = planned(forecast, one.job, 0, static_cast<std::int64_t>(count));
        ASSERT_TRUE(plan.paused);
        const double best = by_trying(one);
        ASSERT_NEAR(plan.paused->gco2e_per_kwh, best, 1e-9 * std::max(best, 1.0)) << "case " << trial;
        ASSERT_NEAR(cost_of(*plan.paused, one), best, 1e-9 * std::max(best, 1.0)) << "case " << trial;
        with_pauses += plan.paused->runs.size() > 1 ? 1 : 0;
        // Without pauses: every start at a slot.
        double start = std::numeric_limits<double>::infinity();
        for (std::int64_t s = 0; s + one.job.work_s <= static_cast<std::int64_t>(count); ++s) {
            start = std::min(start, cost_of({{{s, s + one.job.work_s}}}, one));
        }
        ASSERT_NEAR(plan.best.gco2e_per_kwh, start, 1e-9 * std::max(start, 1.0)) << "case " << trial;
        ASSERT_LE(plan.paused->gco2e_per_kwh, plan.best.gco2e_per_kwh * (1.0 + 1e-12));
        ASSERT_LE(plan.best.gco2e_per_kwh, plan.now.gco2e_per_kwh * (1.0 + 1e-12));
    }
    EXPECT_GT(with_pauses, 150) << "else the search was hardly asked";
}

RC_GTEST_PROP(When, MoreTimeAndCheaperPausesNeverCostMore, ()) {
    std::vector<double> values(static_cast<std::size_t>(*rc::gen::inRange(1, 25)));
    for (double& value : values) {
        value = static_cast<double>(*rc::gen::inRange(0, 900));
    }
    const auto total = static_cast<std::int64_t>(values.size()) * kHour;
    const std::int64_t work = *rc::gen::inRange<std::int64_t>(1, total + 1);
    const std::int64_t deadline = *rc::gen::inRange<std::int64_t>(work, total + 1);
    WaitingJob job{work, *rc::gen::inRange<std::int64_t>(0, 1800), *rc::gen::inRange<std::int64_t>(0, 7200)};
    job.paused_share = 0.01 * *rc::gen::inRange(0, 101);
    const IntensitySeries forecast = hours(0, values);
    const When tight = planned(forecast, job, 0, deadline);
    const When wide = planned(forecast, job, 0, total);
    WaitingJob easy = job;
    easy.lost_s /= 2;
    easy.paused_share /= 2.0;
    easy.least_run_s = 0;
    const When cheap = planned(forecast, easy, 0, deadline);
    const double much = 1.0 + 1e-9;
    RC_ASSERT(wide.best.gco2e_per_kwh <= tight.best.gco2e_per_kwh * much);
    RC_ASSERT(tight.paused->gco2e_per_kwh <= tight.best.gco2e_per_kwh * much);
    RC_ASSERT(wide.paused->gco2e_per_kwh <= tight.paused->gco2e_per_kwh * much);
    RC_ASSERT(cheap.paused->gco2e_per_kwh <= tight.paused->gco2e_per_kwh * much);
    RC_ASSERT(tight.best.gco2e_per_kwh <= tight.mean_start * much);
    RC_ASSERT(tight.mean_start <= tight.worst_start * much);
    RC_ASSERT(tight.paused->gco2e_per_kwh >= tight.window.least * (1.0 - 1e-9));
    RC_ASSERT(tight.paused->runs.back().until_s <= deadline);
    RC_ASSERT(tight.paused->running_s ==
              work + job.lost_s * static_cast<std::int64_t>(tight.paused->runs.size() - 1));
}

TEST(When, StartsWithinAnHourWhereThatIsBest) {
    // 90 minutes; 80, 20, 60, 90: the cheap hour whole and half an hour of the one behind it.
    const When plan = planned(hours(0, {80, 20, 60, 90}), {5400}, 0);
    EXPECT_EQ(plan.best.runs[0].from_s, kHour);
    EXPECT_NEAR(plan.best.gco2e_per_kwh, (20.0 + 30.0) / 1.5, 1e-9);
    // Before it is cheaper than behind it: the run ends with the cheap hour.
    const When early = planned(hours(0, {40, 20, 60, 90}), {5400}, 0);
    EXPECT_EQ(early.best.runs[0].from_s, kHour / 2);
    EXPECT_NEAR(early.best.gco2e_per_kwh, (20.0 + 20.0) / 1.5, 1e-9);
    EXPECT_NEAR(early.now.gco2e_per_kwh, (40.0 + 10.0) / 1.5, 1e-9);
    // Of all starts from 0 to 2.5 h: 50 until 0.5 h, then 40 at 0.5 h, ... in g: turning points 0, 0.5,
    // 1, 1.5, 2, 2.5 h cost 50, 40, 50, 70, 105, 120.
    EXPECT_NEAR(early.mean_start, (45.0 + 45.0 + 60.0 + 87.5 + 112.5) / 5.0 / 1.5, 1e-9);
    EXPECT_NEAR(early.worst_start, 120.0 / 1.5, 1e-9);
}

TEST(When, PausesThatCostMoreThanTheySaveAreNotTaken) {
    const IntensitySeries forecast = hours(0, {100, 300, 100, 300});
    EXPECT_EQ(planned(forecast, {2 * kHour}, 0).paused->runs.size(), 2U);
    // A resume that takes an hour's energy again: 100 + 100 + 200 (the mean) is no less than 100 + 300.
    EXPECT_EQ(planned(forecast, {2 * kHour, 0, 0, 3600.0}, 0).paused->runs.size(), 1U);
    EXPECT_EQ(planned(forecast, {2 * kHour, 0, 0, 3599.0}, 0).paused->runs.size(), 2U);
    // A machine that draws two thirds while it waits: 100 + 200 + 100.
    EXPECT_EQ(planned(forecast, {2 * kHour, 0, 0, 0.0, 0.67}, 0).paused->runs.size(), 1U);
    EXPECT_EQ(planned(forecast, {2 * kHour, 0, 0, 0.0, 0.66}, 0).paused->runs.size(), 2U);
    // Stretches of two hours leave no room for a pause.
    EXPECT_EQ(planned(forecast, {2 * kHour, 0, 2 * kHour}, 0).paused->runs.size(), 1U);
}

TEST(When, TimeLostAtAResumeIsRunAgain) {
    const When plan = planned(hours(0, {100, 900, 100, 100, 900}), {2 * kHour, 600}, 0);
    ASSERT_EQ(plan.paused->runs.size(), 1U) << "hours 2 and 3 are there";
    const When split = planned(hours(0, {100, 900, 900, 100, 200}), {2 * kHour, 600}, 0);
    ASSERT_EQ(split.paused->runs.size(), 2U);
    EXPECT_EQ(split.paused->running_s, 2 * kHour + 600);
    EXPECT_EQ(split.paused->paused_s, 2 * kHour);
    EXPECT_NEAR(split.paused->gco2e_per_kwh, (100.0 + 100.0 + 200.0 / 6.0) / 2.0, 1e-9);
}

TEST(Window, CrossesAClockChange) {
    // Berlin, the night of 2026-10-25: 02:00+02:00 is followed by 02:00+01:00, one hour later.
    IntensitySeries forecast = hours(at("2026-10-25T00:00+02:00"), {100, 90, 80, 10, 70, 60});
    EXPECT_EQ(forecast.periods[3].from_s, at("2026-10-25T02:00+01:00"));
    const When plan = planned(forecast, {kHour}, at("2026-10-25T00:30+02:00"), at("2026-10-25T05:00+01:00"));
    EXPECT_EQ(plan.best.runs[0].from_s, at("2026-10-25T01:00Z"));
    EXPECT_EQ(plan.window.until_s - plan.window.from_s, 5 * kHour + kHour / 2);
    EXPECT_FALSE(plan.window.forecast_is_short);
}

TEST(Window, ShortForecastsAreUsedAndSaidOrRefused) {
    const IntensitySeries forecast = hours(0, {10, 20, 30, 40});
    const auto cut = window_of(forecast, 0, 10 * kHour, kHour);
    ASSERT_TRUE(cut);
    EXPECT_TRUE(cut->forecast_is_short);
    EXPECT_EQ(cut->until_s, 4 * kHour);
    const auto late = window_of(forecast, -3 * kHour, 4 * kHour, kHour);
    ASSERT_TRUE(late);
    EXPECT_TRUE(late->waits_for_forecast);
    EXPECT_EQ(late->from_s, 0);
    const auto refused = [&](std::int64_t earliest, std::optional<std::int64_t> deadline, std::int64_t work,
                             Code code, const char* words) {
        const auto window = window_of(forecast, earliest, deadline, work);
        ASSERT_FALSE(window) << words;
        EXPECT_EQ(window.error().code, code);
        EXPECT_THAT(window.error().what, HasSubstr(words));
        EXPECT_NE(window.error().hint, "");
    };
    refused(0, 10 * kHour, 5 * kHour, Code::kOutOfRange, "knows 4 h, from 1970-01-01T00:00:00Z until");
    refused(0, {}, 5 * kHour, Code::kOutOfRange, "knows 4 h");
    refused(kHour, 3 * kHour, 2 * kHour + 1, Code::kUsage, "there are 2 h for it");
    refused(kHour, kHour, 1, Code::kUsage, "is not after the earliest start");
    refused(4 * kHour, {}, 1, Code::kOutOfRange, "ends at 1970-01-01T04:00:00Z, before the earliest start");
    refused(-9 * kHour, -kHour, 1, Code::kOutOfRange, "after the deadline");
}

TEST(Window, AShortHoleTakesTheHigherNeighbourAndALongOneIsRefused) {
    IntensitySeries forecast = hours(0, {50, 80, 0, 20, 90, 0, 0, 0, 10});
    forecast.periods.erase(forecast.periods.begin() + 5, forecast.periods.begin() + 8);
    forecast.periods.erase(forecast.periods.begin() + 2);
    const When plan = planned(forecast, {kHour}, 0, 5 * kHour);
    EXPECT_EQ(plan.window.filled_s, kHour);
    EXPECT_EQ(plan.window.periods[2].gco2e_per_kwh, 80.0) << "a missing value must not look cheap";
    EXPECT_EQ(plan.best.runs[0].from_s, 3 * kHour);
    const auto refused = window_of(forecast, 0, 9 * kHour, kHour);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kOutOfRange);
    EXPECT_THAT(refused.error().what,
                HasSubstr("says nothing from 1970-01-01T05:00:00Z until 1970-01-01T08:00:00Z"));
    EXPECT_TRUE(window_of(forecast, 8 * kHour, {}, kHour)) << "the hole is not in the window";
}

TEST(Window, ValuesOutOfOrderAreRefused) {
    IntensitySeries forecast = hours(0, {50, 80});
    forecast.periods[1].from_s = 1800;
    const auto overlap = window_of(forecast, 0, {}, 60);
    ASSERT_FALSE(overlap);
    EXPECT_EQ(overlap.error().code, Code::kMalformed);
    forecast.periods.clear();
    EXPECT_FALSE(window_of(forecast, 0, {}, 60));
}

TEST(When, SaysSoWhereThereAreTooManyValuesForPauses) {
    const WaitingJob job{2 * kHour, 600};
    const auto window = window_of(hours(0, {100, 900, 900, 100, 200}), 0, {}, job.work_s);
    ASSERT_TRUE(window);
    EXPECT_FALSE(when(*window, job, 3).paused);
    EXPECT_TRUE(when(*window, job).paused);
}

}  // namespace
}  // namespace gramme::plan
