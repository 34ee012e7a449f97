#include "present/explanation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "estimate/monte_carlo.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

constexpr int kFewestDigits = 7;  ///< of the energy: each device is rounded to the place of its last one
constexpr int kMostDigits = 12;
constexpr int kProductDigits = 12;
constexpr int kIntervalDigits = 6;
constexpr double kSame = 1e-9;          ///< two ways to one number, in doubles
constexpr double kSameInterval = 1e-6;  ///< the same for a bound
constexpr double kNoSkew = 1e-9;

double joules_per_kwh() {
    return Joules{KilowattHours{1.0}}.value();
}

Printed printed(std::string text) {
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') {
            text.pop_back();
        }
    }
    Printed out;
    std::from_chars(text.data(), text.data() + text.size(), out.value);
    out.text = std::move(text);
    return out;
}

/// What no run can have used, but a file may hold.
Printed beyond_numbers(double value) {
    return {value, "beyond all numbers"};
}

Printed to_digits(double value, int digits) {
    return std::isfinite(value) ? printed(significant(value, digits)) : beyond_numbers(value);
}

Printed to_place(double value, int place) {
    return std::isfinite(value) ? printed(rounded(value, place)) : beyond_numbers(value);
}

/// All digits: a factor is used as it stands.
Printed as_given(double value) {
    return printed(significant(value, 15));
}

int exponent_of(double value) {
    return value > 0.0 ? static_cast<int>(std::floor(std::log10(value))) : 0;
}

bool near(double a, double b, double tolerance) {
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

std::string joined(const std::vector<std::string>& texts, const char* separator) {
    std::string out;
    for (const std::string& text : texts) {
        out += (out.empty() ? "" : separator) + text;
    }
    return out;
}

std::optional<WindowCount> count_windows(const Ledger* ledger, const std::string& device) {
    if (ledger == nullptr) {
        return std::nullopt;
    }
    const auto found = std::find_if(ledger->devices.begin(), ledger->devices.end(),
                                    [&](const Device& one) { return one.id == device; });
    if (found == ledger->devices.end()) {
        return std::nullopt;
    }
    const auto index = static_cast<std::size_t>(found - ledger->devices.begin());
    WindowCount count;
    std::array<std::size_t, 4> by_quality{};
    for (const Window& window : ledger->windows) {
        if (window.device == index) {
            ++count.windows;
            count.readings += window.readings;
            count.job_cpu_s += window.job_cpu_s;
            count.busy_cpu_s += window.busy_cpu_s;
            ++by_quality.at(static_cast<std::size_t>(window.quality));
        }
    }
    for (std::size_t i = 0; i < by_quality.size(); ++i) {
        if (by_quality.at(i) > 0) {
            count.qualities.emplace_back(static_cast<Quality>(i), by_quality.at(i));
        }
    }
    return count;
}

std::string rule_of(const Part& part, const RunRecord& run, const std::optional<WindowCount>& windows) {
    if (run.scope == Scope::kMachine) {
        return "scope machine: all of it is counted";
    }
    if (part.device.kind == DeviceKind::kGpu) {
        return "a GPU is split by SM use where others are known to use it, else all of it is the job's";
    }
    if (run.cpu_time_from == "unknown" || (windows && windows->windows > 0 && !(windows->busy_cpu_s > 0.0))) {
        return "CPU time not known: all of it is counted as the job's";
    }
    std::string rule = "dynamic energy by CPU time, idle energy by reservation";
    if (windows && windows->busy_cpu_s > 0.0) {
        rule += ": the job used " + significant(windows->job_cpu_s, 6) + " of " +
                significant(windows->busy_cpu_s, 6) + " busy CPU s";
    }
    if (run.reserved) {
        rule += "; reserved " + significant(run.reserved->cpus, 3) + " of " +
                significant(run.reserved->of_cpus, 4) + " CPUs by " + run.reserved->source;
    }
    if (part.device.quality == Quality::kMeasured && !run.idle_power_from.empty()) {
        constexpr std::size_t kDateDigits = 10;
        rule += run.idle_power_from == "calibration"
                    ? "; idle power: calibrated " + run.calibrated_at.substr(0, kDateDigits)
                    : "; idle power: assumed";
    }
    return rule + " (docs/method/attribution.md)";
}

/// One device to the joule: the printed shares add up to the printed whole.
void explain_energy(ExplainedDevice& device, int kwh_place) {
    const Part& part = *device.part;
    const int joule_place = std::min(kwh_place + 5, 0);
    const Printed whole = to_place(part.device_energy.value(), joule_place);
    const Printed job = to_place(estimate::job_energy(part).value(), joule_place);
    Printed unassigned = to_place(part.unassigned.value(), joule_place);
    Printed others =
        to_place(whole.value - job.value - unassigned.value, joule_place);  // what remains, as measured
    if (others.value < 0.0) {                                               // rounded to below nothing
        others = Printed{};
        unassigned = to_place(whole.value - job.value, joule_place);
    }
    device.split = {job.text + " J job + " + others.text + " J others + " + unassigned.text + " J unassigned",
                    whole, "J"};
    if (!part.energy_kwh) {
        return;
    }
    const Printed counted = to_place(Joules{KilowattHours{part.energy_kwh->value}}.value(), joule_place);
    device.energy = {counted.text + " J / " + significant(joules_per_kwh(), 15),
                     to_place(counted.value / joules_per_kwh(), kwh_place), "kWh"};
}

struct Product {
    Step sum, facility, operational;
};

/// The sum with `digits` digits of the energy.
Product multiply(std::vector<ExplainedDevice>& devices, const Footprint& footprint, bool sum_of_parts,
                 int digits) {
    const double total = footprint.energy_kwh->value;
    const int place = exponent_of(total) - digits + 1;
    std::vector<std::string> terms;
    double sum = 0.0;
    for (ExplainedDevice& device : devices) {
        explain_energy(device, place);
        if (device.part->energy_kwh) {
            terms.push_back(device.energy.result.text);
            sum += device.energy.result.value;
        }
    }
    Product out;
    out.sum = sum_of_parts ? Step{joined(terms, " + "), to_place(sum, place), "kWh"}
                           : Step{"energy_kwh of the result", to_place(total, place), "kWh"};
    const Printed pue = as_given(footprint.factors.pue.value);
    const Printed grid = as_given(footprint.factors.intensity.value.value());
    out.facility = {out.sum.result.text + " kWh x " + pue.text,
                    to_digits(out.sum.result.value * pue.value, kProductDigits), "kWh"};
    out.operational = {out.facility.result.text + " kWh x " + grid.text + " g/kWh",
                       to_digits(out.facility.result.value * grid.value, kProductDigits), "g CO2e"};
    return out;
}

/// Whether the headline made from the steps is the headline of the result.
bool same_headline(const Product& product, const Footprint& footprint) {
    const auto same = [](double value, const std::optional<Estimate>& estimate, Dimension dimension) {
        if (!estimate) {
            return true;
        }
        Estimate moved = *estimate;
        moved.value = value;
        const bool exact = estimate->low == estimate->value && estimate->high == estimate->value;
        if (exact) {
            moved.low = moved.high = value;
        }
        const Shown a = shown(*estimate, dimension);
        const Shown b = shown(moved, dimension);
        return a.value == b.value && a.unit == b.unit;
    };
    const double kg = KilogramsCO2e{GramsCO2e{product.operational.result.value}}.value();
    return same(product.sum.result.value, footprint.energy_kwh, Dimension::kEnergy) &&
           same(kg, footprint.operational_kgco2e, Dimension::kCarbon);
}

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
                        to_digits(std::hypot(gain.value, split.value), kIntervalDigits), ""};
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

/// Each total of the result against what its own numbers give.
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

void add_source(std::vector<ExplainedSource>& out, const std::string& id, const std::string& used_for,
                const refdata::Tables& tables) {
    if (id.empty()) {
        return;
    }
    const auto known =
        std::find_if(out.begin(), out.end(), [&](const ExplainedSource& one) { return one.id == id; });
    if (known != out.end()) {
        if (known->used_for.find(used_for) == std::string::npos) {
            known->used_for += ", " + used_for;
        }
        return;
    }
    ExplainedSource source;
    source.id = id;
    source.used_for = used_for;
    if (const auto row = tables.source(id)) {
        source.title = row->title;
        source.publisher = row->publisher;
        source.licence = row->licence;
        source.url = row->url;
        source.year = row->year;
        source.note = row->note;
    } else if (id == "user") {
        source.note = "given by the person who started the run";
    } else if (id == "gramme") {
        source.note = "a rule of this program: docs/method/factors.md";
    } else if (id.starts_with("docs/")) {
        source.note = "a page of this program, with its sources";
    } else {
        source.note = "not among the sources of this gramme";
    }
    out.push_back(source);
}

std::vector<ExplainedSource> sources_of(const ExplainInput& input, const refdata::Tables& tables) {
    const Footprint& footprint = input.footprint;
    std::vector<ExplainedSource> out;
    if (!footprint.energy_kwh) {
        return out;
    }
    add_source(out, footprint.factors.intensity.from.source, "grid", tables);
    add_source(out, footprint.factors.intensity.country_lifecycle_source, "country's lifecycle figure",
               tables);
    add_source(out, footprint.factors.pue.from.source, "PUE", tables);
    for (const Equivalence& one : footprint.equivalences) {
        add_source(out, one.source, "comparison", tables);
    }
    for (const Part& part : footprint.parts) {
        add_source(out, part.device.gain_source, "uncertainty of " + part.device.id, tables);
    }
    if (footprint.remainder) {
        add_source(out, footprint.remainder->from.source, "remainder", tables);
    }
    return out;
}

}  // namespace

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
        ExplainedInterval interval;
        for (const estimate::BudgetTerm& term : budget.terms) {
            explain_sigma(out.devices[term.part], term, *out.sum, scope);
        }
        explain_groups(interval, out.devices, budget);
        explain_bounds(interval, budget, footprint.factors, *out.operational);
        const double variance = budget.operational.variance;
        interval.pue_pct = 100.0 * footprint.factors.pue.sigma_ln * footprint.factors.pue.sigma_ln / variance;
        interval.intensity_pct =
            100.0 * footprint.factors.intensity.sigma_ln * footprint.factors.intensity.sigma_ln / variance;
        interval.energy_kwh = estimate::interval_of(budget.energy);
        interval.energy_sigma = {"sqrt(" + interval.energy_variance().text + ")",
                                 to_digits(std::sqrt(interval.energy_variance().value), kIntervalDigits), ""};
        check_by_drawing(interval, budget, footprint, input.draws);
        out.interval = interval;
    }
    compare(input, budget, out.sum_of_parts, with_interval, out.disagreements);
    explain_equivalences(out, footprint, tables);
    explain_remainder(out, footprint);
    return out;
}

}  // namespace gramme::present
