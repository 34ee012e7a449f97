#include "calculate/plan_when.hpp"

#include <algorithm>
#include <cmath>

#include "base/parse.hpp"
#include "base/utc.hpp"
#include "calculate/estimate.hpp"
#include "estimate/estimate.hpp"
#include "estimate/hourly.hpp"
#include "estimate/job.hpp"
#include "estimate/number_text.hpp"

namespace gramme::calculate {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr double kHour = 3600.0;
constexpr double kMinute = 60.0;
/// Loading a checkpoint, filling caches, steps done since it was written: our judgement.
constexpr double kLostMinutes = 10.0;

/// A number from 0 to `most`; `otherwise` where the option is not there.
Result<double> number_option(const config::OptionList& options, std::string_view name, double otherwise,
                             double most, const std::string& what) {
    const auto typed = config::value_of(options, name);
    if (!typed) {
        return otherwise;
    }
    const auto value = parse_double(*typed);
    if (!value || !(*value >= 0.0 && *value <= most)) {
        return Error{Code::kUsage, "--" + std::string{name} + ": '" + *typed + "' is not a number of " + what,
                     "give a number from 0 to " + estimate::number_text(most, 6)};
    }
    return *value;
}

std::int64_t seconds_of(double value, double unit) {
    return static_cast<std::int64_t>(std::llround(value * unit));
}

/// What makes no sense in a flag is an error of usage, whoever noticed.
Error about_job(Error error) {
    if (error.code == Code::kMalformed || error.code == Code::kNotFound || error.code == Code::kOutOfRange) {
        error.code = Code::kUsage;
    }
    return error;
}

/// What the job takes where each kWh emits one gram: carbon of a schedule is that x its grams per kWh.
Result<estimate::JobEstimate> unit_estimate(const WhenRequest& request, const IntensitySeries& forecast,
                                            const refdata::Tables& tables, std::string& conflict) {
    JobRequest job = request.job;
    job.factors.basis.clear();  // it chooses among the columns of a table; of the place only the PUE is used
    GRAMME_CHECK(check_region(job.factors, tables));
    const auto host = estimate::host_of(job, tables);
    if (!host) {
        return about_job(host.error());
    }
    GRAMME_TRY(Factors factors, estimate::factors_beside(forecast, tables, job.factors, *host));
    conflict = estimate::zone_conflict(forecast, factors.intensity, tables);
    factors.intensity.value = GramsPerKilowattHour{1.0};
    factors.intensity.sigma_ln = forecast.sigma_ln;
    auto estimate = estimate::estimate_job(job, factors, tables);
    if (!estimate) {
        return about_job(estimate.error());
    }
    if (!estimate->footprint.energy_kwh || !estimate->footprint.operational_kgco2e) {
        return Error{Code::kUsage, "the energy of the job is not known", "give --power-w or --energy-kwh"};
    }
    return estimate;
}

void add_notes(const IntensitySeries& forecast, const std::string& conflict, present::WhenView& view) {
    const plan::Window& window = view.plan.window;
    if (!conflict.empty()) {
        view.notes.push_back(conflict);
    }
    if (forecast.basis == "marginal") {
        view.notes.emplace_back(
            "marginal intensities say what one kWh more or less changes, which is what moving a load does, "
            "but "
            "the grams are no footprint and must not stand beside average ones");
    }
    const auto stamp = [](std::int64_t at_s) { return utc_text(at_s * kNsPerSecond); };
    if (window.waits_for_forecast) {
        view.notes.push_back("the forecast begins at " + stamp(window.from_s) +
                             ": 'now' is that time, for nothing is known before it");
    }
    if (window.forecast_is_short) {
        view.notes.push_back("the forecast ends at " + stamp(window.until_s) +
                             ", before the deadline: later starts were not looked at");
    }
    if (window.filled_s > 0) {
        view.notes.push_back(
            estimate::number_text(static_cast<double>(window.filled_s) / kHour) +
            " h of the window have no value and count as the higher of the values before and behind them");
    }
    if (view.plan.paused && view.waiting.paused_share == 0.0 && view.plan.paused->runs.size() > 1) {
        view.assumptions.push_back({"power while it is paused", "0 W: others use the machine, or it is off",
                                    "user", "--pause-w WATTS"});
    }
}

}  // namespace

Result<std::int64_t> time_option(std::string_view option, const std::string& typed) {
    const auto at = parse_utc(typed);
    // A day begins and ends; who writes a deadline without a time means its end more often than its
    // beginning.
    if (at && typed.find(':') == std::string::npos) {
        const auto clock = [](std::int64_t at_ns) {
            constexpr std::size_t kMinutes = 16;  // "2026-11-27T00:00"
            return utc_text(at_ns).substr(0, kMinutes) + "Z";
        };
        constexpr std::int64_t kDay_ns = 24 * 3600 * kNsPerSecond;
        return Error{Code::kUsage, "--" + std::string{option} + ": '" + typed + "' has no time of day",
                     "write " + clock(*at) + " for its beginning or " + clock(*at + kDay_ns) +
                         " for its end, or another offset than Z"};
    }
    if (!at) {
        const bool zoneless = static_cast<bool>(parse_utc(typed + "Z"));
        return Error{Code::kUsage,
                     "--" + std::string{option} + ": '" + typed + "' " +
                         (zoneless ? "has no time zone" : "is no time"),
                     zoneless ? "write " + typed + "Z for UTC, or its offset, such as " + typed + "+01:00"
                              : "write it as 2026-11-23T09:00Z or 2026-11-23T09:00+01:00"};
    }
    return *at / kNsPerSecond;
}

Result<WhenRequest> when_request(const config::OptionList& options, const FactorRequest& factors) {
    WhenRequest out;
    GRAMME_TRY(out.job, config::job_request(options, factors));
    out.job.factors.intensity_gco2e_per_kwh.reset();
    out.job.factors.mix.clear();
    out.job.embodied = out.job.water = false;
    constexpr double kMostHours = 1e5;
    if (out.job.hours > kMostHours) {
        return Error{Code::kUsage,
                     "--hours: " + estimate::number_text(out.job.hours) + " are more than 100,000",
                     "give the wall-clock hours of the job, such as --hours 6"};
    }
    if (!(out.job.hours > 0.0)) {
        return Error{Code::kUsage, "--hours is needed: how long the job runs, up to 100,000",
                     "give the wall-clock hours, such as --hours 6"};
    }
    out.waiting.work_s = std::max<std::int64_t>(seconds_of(out.job.hours, kHour), 1);
    if (const auto typed = config::value_of(options, "start-not-before")) {
        GRAMME_TRY(out.earliest_s, time_option("start-not-before", *typed));
        out.offset_minutes = utc_offset_of(*typed);
    }
    if (const auto typed = config::value_of(options, "deadline")) {
        GRAMME_TRY(out.deadline_s, time_option("deadline", *typed));
        out.offset_minutes = utc_offset_of(*typed);
    }
    constexpr double kMostMinutes = 10'000.0;
    GRAMME_TRY(const double lost,
               number_option(options, "pause-minutes", kLostMinutes, kMostMinutes, "minutes"));
    out.waiting.lost_s = seconds_of(lost, kMinute);
    if (!config::value_of(options, "pause-minutes")) {
        out.assumptions.push_back(
            {"time lost at each resume",
             estimate::number_text(kLostMinutes) + " min, run again at full power: loading, steps done twice",
             "docs/method/plan-when.md", "--pause-minutes MINUTES"});
    }
    GRAMME_TRY(out.pause_kwh, number_option(options, "pause-kwh", 0.0, 1e9, "kWh"));
    GRAMME_TRY(out.pause_w, number_option(options, "pause-w", 0.0, 1e9, "watts"));
    GRAMME_TRY(const double least, number_option(options, "least-run-hours", 0.0, kMostHours, "hours"));
    out.waiting.least_run_s = seconds_of(least, kHour);
    return out;
}

std::int64_t earliest_start(const WhenRequest& request, std::int64_t now_s) {
    constexpr std::int64_t kWhole = 60;
    return request.earliest_s.value_or((now_s + kWhole - 1) / kWhole * kWhole);
}

Result<present::WhenView> planned_when(const WhenRequest& request, const IntensitySeries& forecast,
                                       std::int64_t now_s, const refdata::Tables& tables) {
    std::string conflict;
    GRAMME_TRY(estimate::JobEstimate unit, unit_estimate(request, forecast, tables, conflict));
    present::WhenView view;
    view.job = request.job;
    view.waiting = request.waiting;
    view.pause_kwh = request.pause_kwh;
    view.pause_w = request.pause_w;
    view.deadline_s = request.deadline_s;
    view.offset_minutes = request.offset_minutes;
    view.unit = std::move(unit.footprint);
    const double kwh = view.unit.energy_kwh->value;
    const double watts =
        Watts{Joules{KilowattHours{kwh}} / Seconds{static_cast<double>(request.waiting.work_s)}}.value();
    if (request.pause_w > watts) {
        return Error{Code::kUsage,
                     "--pause-w: " + estimate::number_text(request.pause_w) +
                         " W are more than the job draws while it runs, " + estimate::number_text(watts) +
                         " W",
                     "give the watts of the paused job"};
    }
    if (watts > 0.0) {
        view.waiting.paused_share = request.pause_w / watts;
        view.waiting.resume_s = request.pause_kwh / kwh * static_cast<double>(request.waiting.work_s);
    }
    GRAMME_TRY(plan::Window window, plan::window_of(forecast, earliest_start(request, now_s),
                                                    request.deadline_s, request.waiting.work_s));
    view.plan = plan::when(std::move(window), view.waiting);
    view.forecast = {{}, forecast.zone, forecast.basis, forecast.sigma_ln, forecast.from};
    view.assumptions = request.assumptions;
    add_notes(forecast, conflict, view);
    view.assumptions.insert(view.assumptions.end(), unit.assumptions.begin(), unit.assumptions.end());
    return view;
}

}  // namespace gramme::calculate
