#include <algorithm>

#include "base/utc.hpp"
#include "present/estimate.hpp"
#include "present/estimate_json.hpp"
#include "present/json_writer.hpp"
#include "present/plan_when.hpp"

namespace gramme::present {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr double kHour = 3600.0;

double hours(std::int64_t seconds) {
    return static_cast<double>(seconds) / kHour;
}

std::string time_text(std::int64_t at_s) {
    return utc_text(at_s * kNsPerSecond);
}

void write_schedule(JsonWriter& json, const WhenView& view, const plan::Schedule& plan) {
    const auto local = [&](std::int64_t at_s) {
        return offset_text(at_s * kNsPerSecond, offset_at(view, at_s));
    };
    json.open_object();
    json.member("start", time_text(plan.runs.front().from_s));
    json.member("end", time_text(plan.runs.back().until_s));
    json.member("operational_kgco2e", carbon_of(view, plan.gco2e_per_kwh));
    json.member("gco2e_per_kwh", plan.gco2e_per_kwh);
    json.member("saving_percent", saving_percent(view.plan.now.gco2e_per_kwh, plan.gco2e_per_kwh));
    json.member("pauses", plan.runs.size() - 1);
    json.member("running_h", hours(plan.running_s));
    json.member("paused_h", hours(plan.paused_s));
    json.list("runs", plan.runs, [&](JsonWriter& out, const plan::Stretch& run) {
        out.open_object();
        out.member("from", time_text(run.from_s));
        out.member("until", time_text(run.until_s));
        out.member("from_local", local(run.from_s));
        out.member("until_local", local(run.until_s));
        out.close_object();
    });
    json.close_object();
}

void write_start(JsonWriter& json, const WhenView& view, double gco2e_per_kwh) {
    json.open_object();
    json.member("operational_kgco2e", carbon_of(view, gco2e_per_kwh));
    json.member("gco2e_per_kwh", gco2e_per_kwh);
    json.close_object();
}

void write_window(JsonWriter& json, const WhenView& view) {
    const plan::Window& window = view.plan.window;
    json.open_object();
    json.member("from", time_text(window.from_s));
    json.member("until", time_text(window.until_s));
    json.key("deadline");
    view.deadline_s ? json.value(time_text(*view.deadline_s)) : json.value(nullptr);
    json.member("waits_for_forecast", window.waits_for_forecast);
    json.member("forecast_is_short", window.forecast_is_short);
    json.member("filled_h", hours(window.filled_s));
    json.member("values", window.periods.size());
    json.member("least", window.least);
    json.member("mean", window.mean);
    json.member("most", window.most);
    json.close_object();
}

void write_forecast(JsonWriter& json, const IntensitySeries& forecast) {
    json.open_object();
    json.text_or_null("zone", forecast.zone);
    json.text_or_null("basis", forecast.basis);
    json.member("source", forecast.from.source);
    json.member("chosen", forecast.from.chosen);
    json.key("sigma_ln");
    forecast.sigma_ln > 0.0 ? json.value(forecast.sigma_ln) : json.value(nullptr);
    json.close_object();
}

}  // namespace

Estimate carbon_of(const WhenView& view, double gco2e_per_kwh) {
    const Estimate& unit = *view.unit.operational_kgco2e;
    return {unit.value * gco2e_per_kwh, unit.low * gco2e_per_kwh, unit.high * gco2e_per_kwh};
}

double saving_percent(double from, double to) {
    constexpr double kPercent = 100.0;
    return from > 0.0 ? kPercent * (from - to) / from : 0.0;
}

int offset_at(const WhenView& view, std::int64_t at_s) {
    const auto& periods = view.plan.window.periods;
    const auto behind =
        std::upper_bound(periods.begin(), periods.end(), at_s,
                         [](std::int64_t at, const IntensityPeriod& one) { return at < one.from_s; });
    const int of_forecast = behind == periods.begin() ? 0 : std::prev(behind)->offset_minutes;
    const bool all_utc = std::all_of(periods.begin(), periods.end(),
                                     [](const IntensityPeriod& one) { return one.offset_minutes == 0; });
    return all_utc ? view.offset_minutes : of_forecast;
}

std::string start_command(const WhenView& view) {
    const std::int64_t start = view.plan.best.runs.front().from_s;
    if (start <= view.plan.now.runs.front().from_s) {
        return "";
    }
    constexpr std::int64_t kMinute = 60;
    const std::string at = time_text((start + kMinute - 1) / kMinute * kMinute);  // at(1) knows minutes
    return "echo 'gramme run -- COMMAND' | TZ=UTC at -t " + at.substr(0, 4) + at.substr(5, 2) +
           at.substr(8, 2) + at.substr(11, 2) + at.substr(14, 2);
}

std::string when_json(const WhenView& view) {
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/plan-when/1");
    json.member("job", groups_text(view.job));
    json.member("hours", view.job.hours);
    json.member("energy_kwh", view.unit.energy_kwh);
    json.member("pue", view.unit.factors.pue.value);
    json.member("pue_source", view.unit.factors.pue.from.source);
    json.key("window");
    write_window(json, view);
    json.key("forecast");
    write_forecast(json, view.forecast);
    json.key("now");
    write_schedule(json, view, view.plan.now);
    json.key("best_start");
    write_schedule(json, view, view.plan.best);
    json.key("with_pauses");
    if (view.plan.paused) {
        write_schedule(json, view, *view.plan.paused);
    } else {
        json.value(nullptr);
    }
    json.key("mean_start");
    write_start(json, view, view.plan.mean_start);
    json.key("worst_start");
    write_start(json, view, view.plan.worst_start);
    json.key("pausing");
    json.open_object();
    json.member("lost_h", hours(view.waiting.lost_s));
    json.member("kwh", view.pause_kwh);
    json.member("paused_w", view.pause_w);
    json.member("least_run_h", hours(view.waiting.least_run_s));
    json.close_object();
    json.text_or_null("start_command", start_command(view));
    json.member("notes", view.notes);
    json.list("assumptions", view.assumptions, write_assumption);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
