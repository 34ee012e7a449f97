#include "base/utc.hpp"
#include "present/estimate.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/plan_when.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 8;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kMostStretches = 12;
constexpr std::int64_t kDay = std::int64_t{24} * 3600;
constexpr double kLittle = 5.0;  ///< percent

/// "2026-11-27T02:00Z"; with seconds where they are not 0.
std::string time_text(std::int64_t at_s) {
    std::string text = utc_text(at_s * kNsPerSecond);
    if (at_s % 60 == 0) {
        text.erase(16, 3);
    }
    return text;
}

/// A time on another clock: date, hours and offset, "2026-11-27", "03:00" and "+01:00".
struct Local {
    std::string date, clock, offset;
};
Local local_of(const WhenView& view, std::int64_t at_s) {
    const std::string text = offset_text(at_s * kNsPerSecond, offset_at(view, at_s));
    const bool whole = at_s % 60 == 0;
    return {text.substr(0, 10), text.substr(11, whole ? 5 : 8), text.substr(19)};
}

bool has_clock(const WhenView& view, std::int64_t at_s) {
    return offset_at(view, at_s) != 0;
}

/// "2026-11-27T02:00Z (03:00 +01:00)"; the day of the other clock where it is another.
std::string both_clocks(const WhenView& view, std::int64_t at_s) {
    std::string utc = time_text(at_s);
    if (!has_clock(view, at_s)) {
        return utc;
    }
    const Local local = local_of(view, at_s);
    return utc + " (" + (local.date == utc.substr(0, 10) ? "" : local.date + " ") + local.clock + " " +
           local.offset + ")";
}

/// "2026-11-27T02:00Z to 05:00Z (03:00 to 06:00 +01:00)": what is the same is said once.
std::string stretch_text(const WhenView& view, const plan::Stretch& run) {
    const std::string from = time_text(run.from_s);
    const std::string until = time_text(run.until_s);
    const bool one_day = from.substr(0, 10) == until.substr(0, 10);
    std::string text = from + " to " + until.substr(one_day ? 11 : 0);
    if (!has_clock(view, run.from_s) && !has_clock(view, run.until_s)) {
        return text;
    }
    const Local begin = local_of(view, run.from_s);
    const Local end = local_of(view, run.until_s);
    text += " (" + (begin.date == from.substr(0, 10) ? "" : begin.date + " ") + begin.clock;
    text += begin.offset == end.offset ? "" : " " + begin.offset;
    text += " to " + (end.date == begin.date || end.date == until.substr(0, 10) ? "" : end.date + " ");
    return text + end.clock + " " + end.offset + ")";
}

std::string carbon_text(const WhenView& view, double gco2e_per_kwh) {
    return total_text(carbon_of(view, gco2e_per_kwh), Dimension::kCarbon, "");
}

/// As many digits as with its interval.
std::string carbon_alone(const WhenView& view, double gco2e_per_kwh) {
    const Shown one = shown(carbon_of(view, gco2e_per_kwh), Dimension::kCarbon);
    return one.value + " " + one.unit;
}

std::string saving_text(double from, double to, const std::string& than) {
    const double percent = saving_percent(from, to);
    constexpr double kNothing = 1e-6;
    return percent < kNothing ? "no less than " + than : significant(percent, 2) + " % less than " + than;
}

void add_best(const WhenView& view, Lines& lines) {
    const plan::Schedule& best = view.plan.best;
    const plan::Schedule& now = view.plan.now;
    const std::int64_t start = best.runs.front().from_s;
    const std::string times = stretch_text(view, best.runs.front());
    if (start == now.runs.front().from_s) {
        lines.add("best", "start at once: no later start emits less", Ink::kStrong);
        lines.add("", carbon_text(view, best.gco2e_per_kwh) + ", " + times);
        return;
    }
    lines.add("best", times, Ink::kStrong);
    lines.add("",
              carbon_text(view, best.gco2e_per_kwh) + ", " +
                  saving_text(now.gco2e_per_kwh, best.gco2e_per_kwh, "now"),
              Ink::kStrong);
    lines.add("now", stretch_text(view, now.runs.front()) + ": " + carbon_text(view, now.gco2e_per_kwh));
}

void add_pauses(const WhenView& view, Lines& lines) {
    const auto& paused = view.plan.paused;
    if (!paused) {
        lines.add("pauses",
                  "not worked out: the window holds " + std::to_string(view.plan.window.periods.size()) +
                      " values, too many; an earlier --deadline or hourly values help",
                  Ink::kWarning);
        return;
    }
    const std::size_t pauses = paused->runs.size() - 1;
    if (pauses == 0) {
        lines.add("pauses", "none helps, at what a pause costs");
        return;
    }
    lines.add("pauses",
              std::to_string(pauses) + (pauses == 1 ? " pause: " : " pauses: ") +
                  carbon_text(view, paused->gco2e_per_kwh) + ", " +
                  saving_text(view.plan.now.gco2e_per_kwh, paused->gco2e_per_kwh, "now") + ", " +
                  saving_text(view.plan.best.gco2e_per_kwh, paused->gco2e_per_kwh, "the best start") +
                  "; paused for " + duration_text(static_cast<double>(paused->paused_s)));
    for (std::size_t i = 0; i < paused->runs.size() && i < kMostStretches; ++i) {
        lines.add("", "run " + stretch_text(view, paused->runs[i]));
    }
    if (paused->runs.size() > kMostStretches) {
        lines.add("",
                  "and " + std::to_string(paused->runs.size() - kMostStretches) + " more; --json has all");
    }
}

void add_starts(const WhenView& view, Lines& lines) {
    const plan::When& plan = view.plan;
    lines.add("starts", "over all starts in the window the mean is " + carbon_alone(view, plan.mean_start) +
                            ", the worst " + carbon_alone(view, plan.worst_start) + "; the best saves " +
                            significant(saving_percent(plan.mean_start, plan.best.gco2e_per_kwh), 2) +
                            " % of the mean");
    if (view.waiting.work_s >= kDay && saving_percent(plan.mean_start, plan.best.gco2e_per_kwh) < kLittle) {
        lines.add("",
                  "a run of days meets every hour of the day wherever it starts: eight days, started up to "
                  "a day later, saved under 1.5 % in all regions of one study (Dodge et al. 2022); pauses, "
                  "or another place (`gramme plan where`), change more");
    }
}

void add_forecast(const WhenView& view, Lines& lines) {
    const plan::Window& window = view.plan.window;
    const IntensitySeries& forecast = view.forecast;
    lines.add("range",
              forecast.sigma_ln > 0.0
                  ? "the intervals hold energy, PUE and, at " + significant(100.0 * forecast.sigma_ln, 2) +
                        " %, the level of the forecast, and move all rows together; how well it knows "
                        "one hour from another is not known, so percentages have no interval"
                  : "the intervals hold energy and PUE and move all rows together; how wrong the "
                    "forecast may be it does not say, so none is invented and percentages have no "
                    "interval");
    const bool marginal = forecast.basis == "marginal";
    lines.add("forecast",
              significant(window.least, 4) + " to " + significant(window.most, 4) + " g/kWh, mean " +
                  significant(window.mean, 4) + ", " +
                  (forecast.zone.empty() ? "" : printable(forecast.zone) + ", ") +
                  (marginal                 ? "marginal"
                   : forecast.basis.empty() ? "basis not said, taken for the grid's average"
                                            : printable(forecast.basis) + ", average of the grid") +
                  " (" + forecast.from.source + "); " + printable(forecast.from.chosen));
    lines.add("", "window " + time_text(window.from_s) + " until " + time_text(window.until_s) + ", " +
                      std::to_string(window.periods.size()) +
                      (window.periods.size() == 1 ? " value" : " values"));
}

}  // namespace

std::string when_text(const WhenView& view, const TextStyle& style) {
    Lines lines{style, kLabelWidth};
    const plan::Window& window = view.plan.window;
    lines.head("plan when: " + groups_text(view.job) + ", done by " +
                   both_clocks(view, view.deadline_s.value_or(window.until_s)),
               Ink::kStrong);
    add_best(view, lines);
    add_pauses(view, lines);
    add_starts(view, lines);
    for (const std::string& note : view.notes) {
        lines.add("note", printable(note), Ink::kWarning);
    }
    add_forecast(view, lines);
    lines.add("energy", total_text(*view.unit.energy_kwh, Dimension::kEnergy, "") + " x PUE " +
                            significant(view.unit.factors.pue.value, 4) + " (" +
                            view.unit.factors.pue.from.source + "); " +
                            printable(view.unit.factors.pue.from.chosen));
    add_assumptions(view.assumptions, lines);
    if (const std::string command = start_command(view); !command.empty()) {
        lines.add("start it", command);
    }
    return std::move(lines).text();
}

}  // namespace gramme::present
