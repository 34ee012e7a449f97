// Joules of each device, how they were split, and the product with PUE and grid.
#include <algorithm>
#include <array>
#include <cmath>

#include "present/explanation_steps.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

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

}  // namespace

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

}  // namespace gramme::present
