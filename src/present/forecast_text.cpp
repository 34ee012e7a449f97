// Forecasts and budgets as a person reads them.
#include <algorithm>
#include <array>
#include <cmath>

#include "present/forecast.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

constexpr double kPercent = 100.0;

double kwh(double joules) {
    return KilowattHours{Joules{joules}}.value();
}

std::string with_unit(const Estimate& estimate, Dimension dimension) {
    const Shown number = shown(estimate, dimension);
    return number.value + " " + number.unit;
}

/// "2 h 10 min (1 h 50 min to 2 h 30 min)"
std::string span_text(double value, double low, double high) {
    const Estimate all{value, low, high};
    const double half = std::min(value - low, high - value);
    const auto alike = [half](double seconds) {
        return time_shown({seconds, seconds - half, seconds + half});
    };
    return time_shown(all) + " (" + alike(low) + " to " + alike(high) + ")";
}

std::string signed_percent(double share) {
    const std::string text = rounded(kPercent * share, 0);
    return (text.starts_with('-') || text == "0" ? "" : "+") + text + " %";
}

}  // namespace

std::string time_shown(const Estimate& seconds) {
    constexpr std::array kSteps{0.1,   1.0,   5.0,    10.0,   30.0,   60.0,    300.0,   600.0,
                                1800., 3600., 7200.0, 21600., 43200., 86400.0, 604800.0};
    const double half = std::min(seconds.value - seconds.low, seconds.high - seconds.value);
    double step = kSteps.front();
    for (const double one : kSteps) {  // at least two of them in the half-width
        step = one <= half / 2.0 && one <= seconds.value ? one : step;
    }
    return duration_text(std::round(seconds.value / step) * step);
}

std::string forecast_line(const plan::Forecast& forecast, double grams_per_joule) {
    const double done = std::min(forecast.step / forecast.steps_total, 1.0);
    std::string text =
        rounded(std::floor(kPercent * done), 0) + " %, " + time_shown(forecast.left_s) + " left";
    if (forecast.energy_j) {
        const Estimate& joules = *forecast.energy_j;
        const auto scaled = [&](double factor) {
            return Estimate{joules.value * factor, joules.low * factor, joules.high * factor};
        };
        text += ", in all " + with_unit(scaled(kwh(1.0)), Dimension::kEnergy) + ", " +
                with_unit(scaled(grams_per_joule / 1000.0), Dimension::kCarbon) + " CO2e";
    }
    return text;
}

std::string amount_text(std::string_view resource, double amount) {
    if (resource == "time") {
        return duration_text(amount);
    }
    if (resource == "energy") {
        return shown_alone(kwh(amount), Dimension::kEnergy, 3);
    }
    return shown_alone(amount / 1000.0, Dimension::kCarbon, 3) + " CO2e";
}

void add_foreseen(const RunRecord& run, const Footprint& footprint, Lines& lines) {
    if (run.budget) {
        for (const BudgetLimit& limit : run.budget->limits) {
            const bool over = limit.spent && *limit.spent >= limit.amount;
            const std::string spent =
                limit.spent ? amount_text(limit.resource, *limit.spent) + ", " +
                                  significant(kPercent * *limit.spent / limit.amount, 3) + " % of it"
                            : "not known";
            lines.add("budget", printable(limit.typed) + ": " + spent, over ? Ink::kWarning : Ink::kPlain);
        }
        for (const BudgetEvent& event : run.budget->events) {
            lines.add("", "after " + duration_text(event.at_s) + ": " + printable(event.detail));
        }
        if (run.budget->ended_run) {
            lines.add("", "the budget ended this run", Ink::kWarning);
        }
    }
    if (!run.forecast || run.forecast->said.empty() || run.state != RunState::kFinished) {
        return;
    }
    const ForecastRecord& forecast = *run.forecast;
    const bool came = forecast.steps_total && forecast.last_step >= *forecast.steps_total;
    const double total = forecast.steps_total.value_or(0.0);
    const ForecastSaid* said = &forecast.said.front();
    for (const ForecastSaid& one : forecast.said) {  // the first at a tenth or later tells the most
        said = one.step <= 0.15 * total ? &one : said;
    }
    std::string text = "at step " + significant(said->step, 6) + " of " + significant(total, 6) + ": " +
                       span_text(said->duration_s, said->duration_low_s, said->duration_high_s);
    if (said->energy_j) {
        text += ", " + with_unit({kwh(*said->energy_j), kwh(said->energy_low_j), kwh(said->energy_high_j)},
                                 Dimension::kEnergy);
    }
    if (!came) {
        text += "; the run ended at step " + significant(forecast.last_step, 6);
    } else if (run.duration_s > 0.0) {
        text += "; against what came " + signed_percent(said->duration_s / run.duration_s - 1.0);
        if (said->energy_j && footprint.energy_kwh && footprint.energy_kwh->value > 0.0) {
            text += " and " + signed_percent(kwh(*said->energy_j) / footprint.energy_kwh->value - 1.0);
        }
    }
    lines.add("foreseen", text);
}

}  // namespace gramme::present
