#include <algorithm>
#include <cmath>

#include "present/forecast.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/plan_pilot.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 8;
constexpr double kPercent = 100.0;

std::string interval_text(const Estimate& seconds) {
    const double half = std::min(seconds.value - seconds.low, seconds.high - seconds.value);
    const auto alike = [half](double value) { return time_shown({value, value - half, value + half}); };
    return time_shown(seconds) + "  (" + alike(seconds.low) + " to " + alike(seconds.high) + ")";
}

std::string energy_text(double joules) {
    return shown_alone(KilowattHours{Joules{joules}}.value(), Dimension::kEnergy, 3);
}

std::string recurring_text(const plan::Recurring& one) {
    std::string text = significant(one.ahead, 3) + (one.every_steps > 0.0 ? "" : " or so") + " of " +
                       duration_text(one.each_s);
    text += one.each_j ? " and " + energy_text(*one.each_j) : "";
    text +=
        one.every_steps > 0.0 ? ", every " + significant(one.every_steps, 4) + " steps" : ", at no period";
    return text + "; " + std::to_string(one.seen) + " seen";
}

}  // namespace

std::string plan_pilot_text(const PilotPlan& plan, const TextStyle& style) {
    const plan::Forecast& forecast = plan.forecast;
    Lines lines{style, kLabelWidth};
    lines.head("gramme: " + significant(forecast.steps_total, 9) + " steps, foreseen from a pilot of " +
                   significant(forecast.step, 9),
               Ink::kStrong);
    lines.add("time", interval_text(forecast.duration_s), Ink::kStrong);
    if (plan.energy_kwh && plan.operational_kgco2e) {
        lines.add("energy", total_text(*plan.energy_kwh, Dimension::kEnergy, ""), Ink::kStrong);
        lines.add("carbon", total_text(*plan.operational_kgco2e, Dimension::kCarbon, ""), Ink::kStrong);
        lines.add("",
                  "in brackets the range that holds 19 times in 20; that of energy and carbon holds the "
                  "errors of meters, PUE and grid too");
    } else {
        lines.add("energy", "not known: the pilot's is not", Ink::kWarning);
    }
    for (const std::string& note : plan.pilot.factors.notes) {
        lines.add("note", printable(note), Ink::kWarning);
    }
    if (plan.modelled) {
        lines.add(
            "note",
            "no counter measured all of the pilot's energy: it is modelled, and its own meter would agree "
            "with the plan better than a wall socket might",
            Ink::kWarning);
    }
    lines.add("start-up", duration_text(forecast.start_up_s) +
                              (forecast.start_up_j ? " and " + energy_text(*forecast.start_up_j) : "") +
                              ", once");
    lines.add("steps", "each " + significant(forecast.step_s, 3) + " s" +
                           (forecast.step_j ? " and " + energy_text(*forecast.step_j) : "") + ", of " +
                           std::to_string(forecast.gaps) + " times between reports; +-" +
                           significant(kPercent * 1.96 * forecast.spread, 2) + " %");
    for (const plan::Recurring& one : forecast.recurring) {
        lines.add(one.what == "evaluation"   ? "evaluate"
                  : one.what == "checkpoint" ? "save"
                                             : "pauses",
                  recurring_text(one));
    }
    for (const std::string& note : forecast.notes) {
        lines.add("but", printable(note));
    }
    lines.add("pilot", plan.run.id + (plan.run.name.empty() ? "" : " " + printable(plan.run.name)) + ", " +
                           duration_text(plan.run.duration_s) +
                           (plan.pilot.energy_kwh
                                ? ", " + shown_alone(plan.pilot.energy_kwh->value, Dimension::kEnergy, 3)
                                : ""));
    if (plan.energy_kwh) {
        add_factors(plan.pilot.factors, lines);
    }
    lines.add("method", "docs/method/plan-pilot.md: the machine, data and settings of the pilot");
    return std::move(lines).text();
}

}  // namespace gramme::present
