#include "plan/when.hpp"

#include <algorithm>
#include <cmath>

#include "base/utc.hpp"
#include "estimate/number_text.hpp"
#include "plan/pauses.hpp"

namespace gramme::plan {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr double kHour = 3600.0;
/// Less than this share of the carbon is rounding, no saving.
constexpr double kRounding = 1e-12;

std::string stamp(std::int64_t at_s) {
    constexpr std::int64_t kLast = 9'200'000'000;  // nanoseconds end in 2262
    return utc_text(std::clamp(at_s, -kLast, kLast) * kNsPerSecond);
}

std::string hours_text(std::int64_t seconds) {
    return estimate::number_text(static_cast<double>(seconds) / kHour, 4) + " h";
}

Result<void> check(const IntensitySeries& forecast) {
    const auto& periods = forecast.periods;
    if (periods.empty()) {
        return Error{Code::kOutOfRange, forecast.from.chosen + " holds no intensity", "give a forecast"};
    }
    for (std::size_t i = 0; i < periods.size(); ++i) {
        if (!(std::isfinite(periods[i].gco2e_per_kwh) && periods[i].gco2e_per_kwh >= 0.0) ||
            periods[i].until_s <= periods[i].from_s ||
            (i > 0 && periods[i].from_s < periods[i - 1].until_s)) {
            return Error{Code::kMalformed,
                         forecast.from.chosen + ": the values of " + stamp(periods[i].from_s) +
                             " are not in order, or none",
                         "give each time one value of 0 or more"};
        }
    }
    return {};
}

/// The part of the forecast within the window, holes filled. kOutOfRange: a long hole.
Result<void> fill(const IntensitySeries& forecast, Window& window) {
    const auto add = [&](IntensityPeriod period) {
        period.from_s = std::max(period.from_s, window.from_s);
        period.until_s = std::min(period.until_s, window.until_s);
        if (period.until_s > period.from_s) {
            window.periods.push_back(period);
        }
        return period.until_s - period.from_s;
    };
    const auto& all = forecast.periods;
    for (std::size_t i = 0; i < all.size(); ++i) {
        (void)add(all[i]);
        if (i + 1 == all.size() || all[i + 1].from_s == all[i].until_s) {
            continue;
        }
        const IntensityPeriod& next = all[i + 1];
        const bool touches = all[i].until_s < window.until_s && next.from_s > window.from_s;
        if (touches && next.from_s - all[i].until_s > kMostHoleS) {
            return Error{
                Code::kOutOfRange,
                forecast.from.chosen + " says nothing from " + stamp(all[i].until_s) + " until " +
                    stamp(next.from_s) + ", more than the 2 h that are filled",
                "give a forecast without this hole, or --deadline and --start-not-before on one side "
                "of it"};
        }
        if (touches) {
            IntensityPeriod filled = all[i];
            filled.from_s = all[i].until_s;
            filled.until_s = next.from_s;
            filled.gco2e_per_kwh = std::max(all[i].gco2e_per_kwh, next.gco2e_per_kwh);
            window.filled_s += add(filled);
        }
    }
    return {};
}

Schedule schedule_of(std::vector<Stretch> runs, const Window& window, const Area& area,
                     const WaitingJob& job) {
    Schedule out;
    double sum = 0.0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        sum += area.between(runs[i].from_s, runs[i].until_s);
        out.running_s += runs[i].until_s - runs[i].from_s;
        if (i > 0) {
            sum += job.paused_share * area.between(runs[i - 1].until_s, runs[i].from_s) +
                   cost_of_pause(window, job);
            out.paused_s += runs[i].from_s - runs[i - 1].until_s;
        }
    }
    out.runs = std::move(runs);
    out.gco2e_per_kwh = sum / static_cast<double>(job.work_s);
    return out;
}

/// Starts between which the carbon changes evenly: where the run begins or ends with a period.
std::vector<std::int64_t> turning_points(const Window& window, std::int64_t work_s) {
    const std::int64_t last = window.until_s - work_s;
    std::vector<std::int64_t> starts{window.from_s, last};
    for (const IntensityPeriod& period : window.periods) {
        for (const std::int64_t at : {period.from_s, period.from_s - work_s}) {
            if (at > window.from_s && at < last) {
                starts.push_back(at);
            }
        }
    }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    return starts;
}

}  // namespace

Result<Window> window_of(const IntensitySeries& forecast, std::int64_t earliest_s,
                         std::optional<std::int64_t> deadline_s, std::int64_t work_s) {
    GRAMME_CHECK(check(forecast));
    const std::int64_t begin = forecast.periods.front().from_s;
    const std::int64_t end = forecast.periods.back().until_s;
    const std::string& who = forecast.from.chosen;
    if (deadline_s && *deadline_s <= earliest_s) {
        return Error{
            Code::kUsage,
            "the deadline, " + stamp(*deadline_s) + ", is not after the earliest start, " + stamp(earliest_s),
            "give a later --deadline, or an earlier --start-not-before"};
    }
    if (earliest_s >= end) {
        return Error{Code::kOutOfRange,
                     who + " ends at " + stamp(end) + ", before the earliest start, " + stamp(earliest_s),
                     "give a newer forecast; --start-not-before plans as of another time"};
    }
    Window window;
    window.from_s = std::max(earliest_s, begin);
    window.until_s = deadline_s ? std::min(*deadline_s, end) : end;
    window.waits_for_forecast = begin > earliest_s;
    window.forecast_is_short = deadline_s && *deadline_s > end;
    if (window.until_s <= window.from_s) {
        return Error{Code::kOutOfRange,
                     who + " begins at " + stamp(begin) + ", after the deadline, " + stamp(*deadline_s),
                     "give a forecast of the time until the deadline"};
    }
    if (const std::int64_t room = window.until_s - window.from_s; room < work_s) {
        const bool by_forecast = window.forecast_is_short || window.waits_for_forecast || !deadline_s;
        return Error{by_forecast ? Code::kOutOfRange : Code::kUsage,
                     "the job takes " + hours_text(work_s) + ", and " +
                         (by_forecast ? "of the time in which it may run " + who + " knows " +
                                            hours_text(room) + ", from "
                                      : "there are " + hours_text(room) + " for it, from ") +
                         stamp(window.from_s) + " until " + stamp(window.until_s),
                     by_forecast ? "give a longer forecast: what it does not know cannot be planned"
                                 : "give a later --deadline"};
    }
    GRAMME_CHECK(fill(forecast, window));
    window.least = window.most = window.periods.front().gco2e_per_kwh;
    for (const IntensityPeriod& period : window.periods) {
        window.least = std::min(window.least, period.gco2e_per_kwh);
        window.most = std::max(window.most, period.gco2e_per_kwh);
    }
    window.mean = Area{window}.until(window.until_s) / static_cast<double>(window.until_s - window.from_s);
    return window;
}

When when(Window window, const WaitingJob& job, std::size_t most_states) {
    When out;
    out.window = std::move(window);
    const Area area{out.window};
    const std::vector<std::int64_t> starts = turning_points(out.window, job.work_s);
    const auto cost = [&](std::int64_t start) { return area.between(start, start + job.work_s); };
    std::int64_t best = starts.front();
    double least = cost(best);
    double most = least;
    double sum = 0.0;
    for (std::size_t i = 1; i < starts.size(); ++i) {
        const double here = cost(starts[i]);
        sum += 0.5 * (cost(starts[i - 1]) + here) * static_cast<double>(starts[i] - starts[i - 1]);
        most = std::max(most, here);
        if (here < least * (1.0 - kRounding)) {
            least = here;
            best = starts[i];
        }
    }
    const auto run = [&](std::int64_t start) {
        return schedule_of({{start, start + job.work_s}}, out.window, area, job);
    };
    out.now = run(starts.front());
    out.best = run(best);
    const auto work = static_cast<double>(job.work_s);
    const auto width = static_cast<double>(starts.back() - starts.front());
    out.mean_start = width > 0.0 ? sum / width / work : out.now.gco2e_per_kwh;
    out.worst_start = most / work;
    Search search = search_pauses(out.window, area, job, least * (1.0 - kRounding), most_states);
    if (!search.too_many) {
        out.paused = search.runs ? schedule_of(*std::move(search.runs), out.window, area, job) : out.best;
    }
    return out;
}

}  // namespace gramme::plan
