// The interval, step by step, and its check by drawing.
#include <algorithm>
#include <array>
#include <cmath>

#include "estimate/monte_carlo.hpp"
#include "present/explanation_steps.hpp"
#include "present/numbers.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::present {
namespace {

constexpr double kNoSkew = 1e-9;

/// The group's variance with pairwise correlation r: the sum over i and j of r_ij a_i a_j.
Step variance_of(const std::vector<const ExplainedDevice*>& members, std::string& words) {
    std::vector<std::string> weights;
    std::vector<std::string> squares;
    double sum = 0.0;
    double sum_of_squares = 0.0;
    for (const ExplainedDevice* one : members) {
        weights.push_back(one->weight.result.text);
        squares.push_back(one->weight.result.text + "^2");
        sum += one->weight.result.value;
        sum_of_squares += one->weight.result.value * one->weight.result.value;
    }
    if (members.size() == 1) {
        words = "alone";
        return {squares.front(), to_digits(sum_of_squares, kIntervalDigits), ""};
    }
    bool one_rule = true;
    const double rho = estimate::correlation_of(members[0]->part->device, members[1]->part->device);
    std::vector<std::string> pairs = squares;
    double of_pairs = sum_of_squares;
    for (std::size_t i = 0; i < members.size(); ++i) {
        for (std::size_t j = i + 1; j < members.size(); ++j) {
            const double r = estimate::correlation_of(members[i]->part->device, members[j]->part->device);
            one_rule = one_rule && r == rho;
            pairs.push_back("2 x " + significant(r, 2) + " x " + weights[i] + " x " + weights[j]);
            of_pairs += 2.0 * r * members[i]->weight.result.value * members[j]->weight.result.value;
        }
    }
    if (!one_rule) {
        words = "pair by pair: 1 between models, 0.5 otherwise";
        return {joined(pairs, " + "), to_digits(of_pairs, kIntervalDigits), ""};
    }
    words = "correlation " + significant(rho, 2) +
            (rho == 1.0 ? ": the same model is wrong in the same way"
                        : ": a common design and the scatter of single sensors");
    if (rho == 1.0) {
        return {"(" + joined(weights, " + ") + ")^2", to_digits(sum * sum, kIntervalDigits), ""};
    }
    return {significant(1.0 - rho, 2) + " x (" + joined(squares, " + ") + ") + " + significant(rho, 2) +
                " x (" + joined(weights, " + ") + ")^2",
            to_digits((1.0 - rho) * sum_of_squares + rho * sum * sum, kIntervalDigits), ""};
}

void explain_sigma(ExplainedDevice& device, const estimate::BudgetTerm& term, const Step& sum, Scope scope) {
    const Printed& kwh = device.energy.result;
    device.share = {kwh.text + " / " + sum.result.text,
                    to_digits(kwh.value / sum.result.value, kIntervalDigits), ""};
    const Printed gain = as_given(term.gain_sigma);
    device.sigma_from = device.part->device.gain_source.empty() ? "source not in this result"
                                                                : device.part->device.gain_source;
    if (term.split_sigma > 0.0) {
        const Printed split = to_digits(term.split_sigma, kIntervalDigits);
        device.sigma = {"sqrt(" + gain.text + "^2 + " + split.text + "^2)",
                        to_digits(root_of_squares(gain.value, split.value), kIntervalDigits), ""};
        device.sigma_from += "; split with the others 0.1 x " +
                             significant(estimate::others_share(*device.part, scope), kIntervalDigits) +
                             " = " + split.text;
    } else {
        device.sigma = {"", gain, ""};
    }
    device.weight = {device.share.result.text + " x " + device.sigma.result.text,
                     to_digits(device.share.result.value * device.sigma.result.value, kIntervalDigits), ""};
}

void explain_groups(ExplainedInterval& interval, const std::vector<ExplainedDevice>& devices,
                    const estimate::Budget& budget) {
    std::vector<double> variances;
    for (const estimate::BudgetTerm& term : budget.terms) {
        const Device& device = devices[term.part].part->device;
        const std::string& name = device.group.empty() ? device.id : device.group;
        auto known = std::find_if(interval.groups.begin(), interval.groups.end(),
                                  [&](const ExplainedGroup& group) { return group.name == name; });
        if (known == interval.groups.end()) {
            known = interval.groups.insert(known, ExplainedGroup{});
            known->name = name;
        }
        known->devices.push_back(term.part);
        known->share_pct += 100.0 * term.variance / budget.operational.variance;
    }
    std::vector<std::string> terms;
    double sum = 0.0;
    for (ExplainedGroup& group : interval.groups) {
        std::vector<const ExplainedDevice*> members;
        for (const std::size_t index : group.devices) {
            members.push_back(&devices[index]);
        }
        group.variance = variance_of(members, group.correlation);
        terms.push_back(group.variance.result.text);
        sum += group.variance.result.value;
    }
    interval.first_order = {joined(terms, " + "), to_digits(sum, kIntervalDigits), ""};
}

/// z + (z^2 - 1) g / 6 + (z^3 - 3z) h / 24 - (2z^3 - 5z) g^2 / 36
Step skewed_point(double z, const Printed& g, const Printed& h) {
    return {"z + (z^2 - 1) g / 6 + (z^3 - 3z) h / 24 - (2z^3 - 5z) g^2 / 36 with z = " + significant(z, 3) +
                ", g = " + g.text + ", h = " + h.text,
            to_digits(estimate::cornish_fisher(z, g.value, h.value), kIntervalDigits), ""};
}

void explain_bounds(ExplainedInterval& out, const estimate::Budget& budget, const Factors& factors,
                    const Step& operational) {
    const Printed pue = as_given(factors.pue.sigma_ln);
    const Printed grid = as_given(factors.intensity.sigma_ln);
    const estimate::Uncertain& energy = budget.energy;
    Printed k2 = out.first_order.result;
    const double next = to_digits(energy.variance - budget.first_order, 4).value;
    if (std::abs(next) > kNoSkew * energy.variance) {
        out.next_order = Step{k2.text + (next < 0.0 ? " - " : " + ") + significant(std::abs(next), 4),
                              to_digits(k2.value + next, kIntervalDigits), ""};
        k2 = out.next_order->result;
    }
    out.variance = {k2.text + " + " + pue.text + "^2 + " + grid.text + "^2",
                    to_digits(k2.value + pue.value * pue.value + grid.value * grid.value, kIntervalDigits),
                    ""};
    out.sigma = {"sqrt(" + out.variance.result.text + ")",
                 to_digits(std::sqrt(out.variance.result.value), kIntervalDigits), ""};
    const Printed& sigma = out.sigma.result;
    out.skewed = std::abs(energy.mean) > kNoSkew * sigma.value ||
                 std::abs(energy.third) > kNoSkew * k2.value || std::abs(energy.fourth) > kNoSkew * k2.value;
    const Printed& value = operational.result;
    if (!out.skewed) {
        const Printed factor = to_digits(std::exp(estimate::kZ95 * sigma.value), kIntervalDigits);
        out.low_factor = out.high_factor = {"exp(1.96 x " + sigma.text + ")", factor, ""};
        out.low = {value.text + " / " + factor.text, to_digits(value.value / factor.value, kIntervalDigits),
                   "g CO2e"};
        out.high = {value.text + " x " + factor.text, to_digits(value.value * factor.value, kIntervalDigits),
                    "g CO2e"};
        return;
    }
    out.k1 = to_digits(energy.mean, kIntervalDigits);
    out.k3 = to_digits(energy.third, kIntervalDigits);
    out.k4 = to_digits(energy.fourth, kIntervalDigits);
    const double cube = sigma.value * sigma.value * sigma.value;
    out.skewness =
        Step{out.k3.text + " / " + sigma.text + "^3", to_digits(out.k3.value / cube, kIntervalDigits), ""};
    out.excess = Step{out.k4.text + " / " + sigma.text + "^4",
                      to_digits(out.k4.value / (cube * sigma.value), kIntervalDigits), ""};
    out.low_point = skewed_point(-estimate::kZ95, out.skewness->result, out.excess->result);
    out.high_point = skewed_point(estimate::kZ95, out.skewness->result, out.excess->result);
    const auto factor = [&](const Printed& point) {
        const std::string sign = point.value < 0.0 ? " - " : " + ";
        const Printed size = to_digits(std::abs(point.value), kIntervalDigits);
        return Step{"exp(" + out.k1.text + sign + size.text + " x " + sigma.text + ")",
                    to_digits(std::exp(out.k1.value + point.value * sigma.value), kIntervalDigits), ""};
    };
    out.low_factor = factor(out.low_point->result);
    out.high_factor = factor(out.high_point->result);
    out.low = {value.text + " x " + out.low_factor.result.text,
               to_digits(value.value * out.low_factor.result.value, kIntervalDigits), "g CO2e"};
    out.high = {value.text + " x " + out.high_factor.result.text,
                to_digits(value.value * out.high_factor.result.value, kIntervalDigits), "g CO2e"};
}

void check_by_drawing(ExplainedInterval& out, const estimate::Budget& budget, const Footprint& footprint,
                      std::size_t draws) {
    std::vector<estimate::Uncertain> terms;
    for (const estimate::BudgetTerm& term : budget.terms) {
        terms.push_back(term.energy);
    }
    const auto correlation = [&](std::size_t i, std::size_t j) {
        return estimate::correlation_of(footprint.parts[budget.terms[i].part].device,
                                        footprint.parts[budget.terms[j].part].device);
    };
    const IntensityFactor& grid = footprint.factors.intensity;
    const std::array factors{estimate::lognormal(footprint.factors.pue.value, footprint.factors.pue.sigma_ln),
                             estimate::lognormal(grid.value.value(), grid.sigma_ln)};
    out.drawn_g = estimate::drawn_interval(terms, correlation, factors, draws);
    const Estimate closed = estimate::interval_of(budget.operational);
    const auto difference_pct = [](double kg, double g) {
        return 100.0 * (GramsCO2e{KilogramsCO2e{kg}}.value() / g - 1.0);
    };
    out.low_pct = difference_pct(closed.low, out.drawn_g.low);
    out.high_pct = difference_pct(closed.high, out.drawn_g.high);
    out.agrees = std::abs(out.low_pct) <= 100.0 * estimate::kCheckTolerance &&
                 std::abs(out.high_pct) <= 100.0 * estimate::kCheckTolerance;
}

}  // namespace

ExplainedInterval explain_interval(std::vector<ExplainedDevice>& devices, const estimate::Budget& budget,
                                   const Footprint& footprint, const Product& product, Scope scope,
                                   std::size_t draws) {
    ExplainedInterval interval;
    for (const estimate::BudgetTerm& term : budget.terms) {
        explain_sigma(devices[term.part], term, product.sum, scope);
    }
    explain_groups(interval, devices, budget);
    explain_bounds(interval, budget, footprint.factors, product.operational);
    const double variance = budget.operational.variance;
    interval.pue_pct = 100.0 * footprint.factors.pue.sigma_ln * footprint.factors.pue.sigma_ln / variance;
    interval.intensity_pct =
        100.0 * footprint.factors.intensity.sigma_ln * footprint.factors.intensity.sigma_ln / variance;
    interval.energy_kwh = estimate::interval_of(budget.energy);
    interval.energy_sigma = {"sqrt(" + interval.energy_variance().text + ")",
                             to_digits(std::sqrt(interval.energy_variance().value), kIntervalDigits), ""};
    check_by_drawing(interval, budget, footprint, draws);
    return interval;
}

}  // namespace gramme::present
