// What stands beside the product: whether the result follows from its own numbers, comparisons, the
// remainder, sources.
#include <algorithm>

#include "present/explanation_steps.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

constexpr double kSameInterval = 1e-6;  ///< two ways to one bound

}  // namespace

void compare(const ExplainInput& input, const estimate::Budget& budget, bool sum_of_parts, bool with_interval,
             std::vector<std::string>& out) {
    const Footprint& footprint = input.footprint;
    const auto say = [&](const std::string& key, double held, double computed) {
        out.push_back(key + " of the result is " + significant(held, 9) + ", its own numbers give " +
                      significant(computed, 9));
    };
    if (!sum_of_parts) {
        say("energy_kwh", footprint.energy_kwh->value, budget.energy.value);
    }
    const double energy = footprint.energy_kwh->value;
    const double facility = energy * footprint.factors.pue.value;
    if (footprint.facility_energy_kwh && !near(footprint.facility_energy_kwh->value, facility, kSame)) {
        say("facility_energy_kwh", footprint.facility_energy_kwh->value, facility);
    }
    const double kg = KilogramsCO2e{KilowattHours{facility} * footprint.factors.intensity.value}.value();
    if (footprint.operational_kgco2e && !near(footprint.operational_kgco2e->value, kg, kSame)) {
        say("operational_kgco2e", footprint.operational_kgco2e->value, kg);
    }
    if (with_interval && footprint.operational_kgco2e) {
        const Estimate closed = estimate::interval_of(budget.operational);
        if (!near(footprint.operational_kgco2e->low, closed.low, kSameInterval)) {
            say("operational_kgco2e.low", footprint.operational_kgco2e->low, closed.low);
        }
        if (!near(footprint.operational_kgco2e->high, closed.high, kSameInterval)) {
            say("operational_kgco2e.high", footprint.operational_kgco2e->high, closed.high);
        }
    }
    if (input.ledger != nullptr) {
        for (const Part& part : footprint.parts) {
            const auto& devices = input.ledger->devices;
            double joules = 0.0;
            bool any = false;
            for (const Window& window : input.ledger->windows) {
                if (window.device < devices.size() && devices[window.device].id == part.device.id) {
                    joules += window.energy.value();
                    any = true;
                }
            }
            if (any && part.energy_kwh && !near(joules, part.device_energy.value(), kSame)) {
                out.push_back("the windows of " + part.device.id + " add up to " + significant(joules, 9) +
                              " J, the result holds " + significant(part.device_energy.value(), 9) + " J");
            }
        }
    }
}

void explain_equivalences(Explanation& out, const Footprint& footprint, const refdata::Tables& tables) {
    const auto rows = tables.equivalences();
    for (const Equivalence& one : footprint.equivalences) {
        if (!(one.value > 0.0) || !footprint.operational_kgco2e || !out.operational) {
            continue;
        }
        ExplainedEquivalence explained;
        explained.equivalence = &one;
        const double per_unit_kg = footprint.operational_kgco2e->value / one.value;
        Printed per_unit = to_digits(GramsCO2e{KilogramsCO2e{per_unit_kg}}.value(), kIntervalDigits);
        for (const refdata::EquivalenceRow& row : rows) {
            if (row.key == one.key && near(row.kgco2e_per_unit, per_unit_kg, kSameInterval)) {
                per_unit = as_given(GramsCO2e{KilogramsCO2e{row.kgco2e_per_unit}}.value());
                explained.scope = row.scope;
            }
        }
        const Printed& total = out.operational->result;
        explained.count = {total.text + " g / " + per_unit.text + " g",
                           to_digits(total.value / per_unit.value, kIntervalDigits), one.label};
        out.equivalences.push_back(explained);
    }
}

void explain_remainder(Explanation& out, const Footprint& footprint) {
    const auto& remainder = footprint.remainder;
    if (!remainder || !remainder->energy_kwh || !(remainder->share > 0.0) || !out.sum) {
        return;
    }
    const Printed base = as_given(remainder->base.value());
    const Printed efficiency = as_given(remainder->efficiency);
    const Printed share = to_digits(remainder->share, kIntervalDigits);
    const Printed seconds = to_digits(remainder->duration_s, kFewestDigits);
    const Printed& energy = out.sum->result;
    ExplainedRemainder steps;
    steps.base = {base.text + " W x " + seconds.text + " s x " + share.text + " / " + efficiency.text +
                      " / " + significant(joules_per_kwh(), 15),
                  to_digits(base.value * seconds.value * share.value / efficiency.value / joules_per_kwh(),
                            kIntervalDigits),
                  "kWh"};
    steps.loss = {energy.text + " kWh x (1 / " + efficiency.text + " - 1)",
                  to_digits(energy.value * (1.0 / efficiency.value - 1.0), kIntervalDigits), "kWh"};
    steps.sum = {steps.base.result.text + " + " + steps.loss.result.text,
                 to_digits(steps.base.result.value + steps.loss.result.value, kIntervalDigits), "kWh"};
    const Printed pue = as_given(footprint.factors.pue.value);
    const Printed grid = as_given(footprint.factors.intensity.value.value());
    steps.carbon = {steps.sum.result.text + " kWh x " + pue.text + " x " + grid.text + " g/kWh",
                    to_digits(steps.sum.result.value * pue.value * grid.value, kIntervalDigits), "g CO2e"};
    out.remainder = steps;
}

std::vector<ExplainedSource> sources_of(const ExplainInput& input, const refdata::Tables& tables) {
    const Footprint& footprint = input.footprint;
    std::vector<ExplainedSource> out;
    if (!footprint.energy_kwh) {
        return out;
    }
    add_factor_sources(out, footprint.factors, tables);
    for (const Equivalence& one : footprint.equivalences) {
        add_source(out, one.source, "comparison", tables);
    }
    for (const Part& part : footprint.parts) {
        add_source(out, part.device.gain_source, "uncertainty of " + part.device.id, tables);
    }
    if (input.job != nullptr) {
        for (const Assumption& one : input.job->assumptions) {
            add_source(out, one.source, one.what, tables);
        }
    }
    add_side_sources(out, footprint, tables);
    if (footprint.remainder) {
        add_source(out, footprint.remainder->from.source, "remainder", tables);
    }
    return out;
}

}  // namespace gramme::present
