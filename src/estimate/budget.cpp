#include "estimate/budget.hpp"
#include "units/root_of_squares.hpp"

#include <cmath>

namespace gramme::estimate {
namespace {

bool is_model(const Device& device) {
    return device.quality == Quality::kModelled || device.quality == Quality::kAssumed;
}

}  // namespace

Joules job_energy(const Part& part) {
    return part.device_energy - part.others - part.unassigned;
}

double others_share(const Part& part, Scope scope) {
    const double others = part.others.value();
    const double used = job_energy(part).value() + others;
    return scope != Scope::kMachine && used > 0.0 && others > 0.0 ? others / used : 0.0;
}

double correlation_of(const Device& a, const Device& b) {
    if (a.group.empty() || a.group != b.group) {
        return 0.0;
    }
    return is_model(a) && is_model(b) ? 1.0 : kSameDesignCorrelation;
}

BudgetTerm term_of(const Part& part, double energy_kwh, Scope scope) {
    BudgetTerm term;
    term.gain_sigma = part.device.gain_sigma;
    // CPU time counts a second on a busy and on an idle core, of light and of heavy instructions, as equal.
    term.split_sigma = kSplitSigma * others_share(part, scope);
    term.energy = lognormal(energy_kwh, root_of_squares(term.gain_sigma, term.split_sigma));
    return term;
}

Budget budget_of(std::span<const Part> parts, Scope scope, const Factors& factors) {
    Budget budget;
    std::vector<Uncertain> energies;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].energy_kwh) {
            budget.terms.push_back(term_of(parts[i], parts[i].energy_kwh->value, scope));
            budget.terms.back().part = i;
            energies.push_back(budget.terms.back().energy);
        }
    }
    const auto device_of = [&](std::size_t term) -> const Device& {
        return parts[budget.terms[term].part].device;
    };
    const Sum sum = sum_of(
        energies, [&](std::size_t i, std::size_t j) { return correlation_of(device_of(i), device_of(j)); });
    budget.energy = sum.total;
    budget.first_order = sum.first_order;
    for (std::size_t i = 0; i < budget.terms.size(); ++i) {
        budget.terms[i].variance = sum.variance[i];
        budget.terms[i].share = sum.total.value > 0.0 ? energies[i].value / sum.total.value : 0.0;
    }
    budget.facility = product(budget.energy, lognormal(factors.pue.value, factors.pue.sigma_ln));
    const double kg_per_kwh = KilogramsCO2e{KilowattHours{1.0} * factors.intensity.value}.value();
    budget.operational = product(budget.facility, lognormal(kg_per_kwh, factors.intensity.sigma_ln));
    return budget;
}

}  // namespace gramme::estimate
