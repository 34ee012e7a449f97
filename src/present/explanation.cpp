#include "present/explanation.hpp"

#include <algorithm>

#include "present/explanation_steps.hpp"

namespace gramme::present {

Explanation explanation_of(const ExplainInput& input, const refdata::Tables& tables) {
    const Footprint& footprint = input.footprint;
    const Scope scope = input.run.scope;
    Explanation out;
    for (const Part& part : footprint.parts) {
        ExplainedDevice device;
        device.part = &part;
        device.windows = count_windows(input.ledger, part.device.id);
        device.rule = rule_of(part, input.run, device.windows);
        device.split_known =
            part.device_energy.value() > 0.0 || !part.energy_kwh || part.energy_kwh->value == 0.0;
        out.devices.push_back(device);
    }
    out.sources = sources_of(input, tables);
    if (!footprint.energy_kwh) {
        return out;
    }
    const estimate::Budget budget = estimate::budget_of(footprint.parts, scope, footprint.factors);
    out.sum_of_parts = near(budget.energy.value, footprint.energy_kwh->value, kSame);
    Product product;
    for (int digits = kFewestDigits; digits <= kMostDigits; ++digits) {
        product = multiply(out.devices, footprint, out.sum_of_parts, digits);
        if (same_headline(product, footprint)) {
            break;
        }
    }
    out.sum = product.sum;
    const auto is_missing = [&](const char* key) {
        return std::find(input.missing.begin(), input.missing.end(), key) != input.missing.end();
    };
    if (is_missing("factors.pue.value") || is_missing("factors.intensity_gco2e_per_kwh.value")) {
        return out;  // the values that stand there are not the result's
    }
    out.facility = product.facility;
    out.operational = product.operational;
    const bool with_interval = input.missing.empty() && out.sum_of_parts &&
                               budget.operational.variance > 0.0 && budget.operational.value > 0.0;
    if (with_interval) {
        out.interval = explain_interval(out.devices, budget, footprint, product, scope, input.draws);
    }
    compare(input, budget, out.sum_of_parts, with_interval, out.disagreements);
    explain_equivalences(out, footprint, tables);
    explain_remainder(out, footprint);
    return out;
}

}  // namespace gramme::present
