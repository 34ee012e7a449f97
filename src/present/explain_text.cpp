// The explanation for a person: sections in the order of the sum, one line per step.
#include <algorithm>
#include <array>
#include <utility>

#include "base/utc.hpp"
#include "estimate/monte_carlo.hpp"
#include "present/explanation.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/summary_lines.hpp"
#include "present/waiting_view.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 9;
constexpr std::size_t kMostGaps = 20;
constexpr const char* kNotHere = "not in this result";

std::string line_of(const Step& step) {
    const std::string unit = step.unit.empty() ? "" : " " + step.unit;
    return printable((step.expression.empty() ? "" : step.expression + " = ") + step.result.text + unit);
}

std::string dated(int year) {
    return year == 0 ? "no year given" : std::to_string(year);
}

std::string or_not_here(const std::string& text) {
    return text.empty() ? std::string{kNotHere} : printable(text);
}

/// How a method knows joules.
std::string_view method_text(std::string_view method) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 23> kMethods{{
        {"rapl-powercap", "difference of two readings of the energy counter"},
        {"rapl-perf", "difference of two readings of the energy counter"},
        {"rapl-psys", "difference of two readings of the energy counter"},
        {"cray-pm-counters", "difference of two readings of the energy counter"},
        {"grace-power", "power x time between readings"},
        {"grace-module-power", "power x time between readings"},
        {"acpi-power-meter", "power x time between readings"},
        {"jetson-module-power", "power x time between readings"},
        {"battery-discharge", "power x time between readings"},
        {"scmi-power", "power x time between readings"},
        {"nvml-energy-counter", "difference of two readings of the energy counter"},
        {"nvml-power", "power x time between readings"},
        {"nvml-power-integrated", "power x time between readings"},
        {"amd-gpu-metrics", "difference of two readings of the energy counter, docs/method/amd-gpu.md"},
        {"amd-gpu-power-integrated", "power x time between readings, docs/method/amd-gpu.md"},
        {"intel-gpu-hwmon", "difference of two readings of the energy counter, docs/method/intel-gpu.md"},
        {"gaudi-energy-counter", "difference of two readings of the energy counter, docs/method/gaudi.md"},
        {"gaudi-power-integrated", "power x time between readings, docs/method/gaudi.md"},
        {"neuron-power-share", "the driver's percentage of a stated maximum, docs/method/unmeasured-accelerators.md"},
        {"tpu-mean-power", "mean power of a chip of its kind, docs/method/unmeasured-accelerators.md"},
        {"gpu-power-model", "watts from the power limit of the board, docs/method/nvml.md"},
        {"cpu-load-model", "watts from the load, docs/method/cpu-model.md"},
        {"memory-model", "watts from the number of modules, docs/method/cpu-model.md"},
    }};
    for (const auto& [name, text] : kMethods) {
        if (name == method) {
            return text;
        }
    }
    return "";
}

std::string headline(const Estimate& estimate, Dimension dimension) {
    const Shown number = shown(estimate, dimension);
    const std::string unit = number.unit + (dimension == Dimension::kCarbon ? " CO2e" : "");
    return number.value + " " + unit +
           (number.exact ? ", no interval" : " (" + number.low + " to " + number.high + ")");
}

void add_head(const ExplainInput& input, Lines& lines) {
    const RunRecord& run = input.run;
    const Footprint& footprint = input.footprint;
    lines.head("gramme explain: " + printable(input.origin), Ink::kStrong);
    std::string about = run.project.empty() ? "" : "project " + printable(run.project) + ", ";
    about += run.started_wall_ns == 0 ? "" : "started " + utc_text(run.started_wall_ns) + ", ";
    about += run.duration_s > 0.0 ? duration_text(run.duration_s) + ", " : "";
    about += "scope " + std::string{name_of(run.scope)};
    about += run.gramme_version.empty() ? "" : ", gramme " + printable(run.gramme_version);
    lines.add("run", about);
    if (!footprint.energy_kwh) {
        lines.add("result", "not known: no energy of any device is known, which is not an energy of 0",
                  Ink::kWarning);
        return;
    }
    const bool gaps = !footprint.gaps.empty();
    std::string result = headline(*footprint.energy_kwh, Dimension::kEnergy);
    if (footprint.operational_kgco2e) {
        result = headline(*footprint.operational_kgco2e, Dimension::kCarbon) + " from " + result;
    }
    lines.add("result", result + (gaps ? ", and what the gaps hide" : ""), Ink::kStrong);
    lines.add("", "in brackets the range that holds 19 times in 20");
    for (const std::string& note : footprint.factors.notes) {
        lines.add("note", printable(note), Ink::kWarning);
    }
}

std::string windows_text(const ExplainedDevice& device) {
    const Part& part = *device.part;
    std::string text;
    if (!device.windows) {
        text = std::string{"windows: "} + kNotHere;
    } else {
        text = std::to_string(device.windows->windows) +
               (device.windows->windows == 1 ? " window of " : " windows of ") +
               std::to_string(device.windows->readings) + " readings";
        if (device.windows->qualities.size() > 1) {
            std::string mixed;
            for (const auto& [quality, count] : device.windows->qualities) {
                mixed +=
                    (mixed.empty() ? "" : ", ") + std::to_string(count) + " " + std::string{name_of(quality)};
            }
            text += " (" + mixed + ")";
        }
    }
    text += part.covered_s > 0.0 ? ", " + significant(part.covered_s, 6) + " s covered"
            : part.energy_kwh    ? std::string{", time covered: "} + kNotHere
                                 : "";
    text += part.gap_s > 0.0 ? ", " + significant(part.gap_s, 6) + " s in gaps" : ", no gap";
    return text;
}

void add_energy(const ExplainInput& input, const Explanation& explained, Lines& lines) {
    lines.head("");
    lines.head("1. Energy: what each device used (docs/method/energy.md)", Ink::kStrong);
    if (explained.devices.empty()) {
        lines.add("", "no device is counted");
    }
    for (const ExplainedDevice& device : explained.devices) {
        const Part& part = *device.part;
        std::string about = printable(part.device.name);
        about += (about.empty() ? "" : ": ") + std::string{name_of(part.device.quality)} + ", " +
                 or_not_here(part.device.method);
        const std::string_view how = method_text(part.device.method);
        lines.add(printable(part.device.id), about + (how.empty() ? "" : " (" + std::string{how} + ")"));
        if (!part.device.membership_reason.empty()) {
            lines.add("", "counted: " + printable(part.device.membership_reason));
        }
        lines.add("", windows_text(device));
        if (!part.energy_kwh) {
            lines.add("", "energy not known, which is not 0", Ink::kWarning);
            continue;
        }
        if (device.split_known) {
            lines.add("", line_of(device.split) + " of the whole device");
            lines.add("", "rule: " + printable(device.rule));
        } else {
            lines.add("", std::string{"energy of the whole device and how it was split: "} + kNotHere);
        }
        lines.add("", line_of(device.energy));
    }
    for (std::size_t i = 0; i < input.footprint.gaps.size() && i < kMostGaps; ++i) {
        const DeviceGap& gap = input.footprint.gaps[i];
        lines.add("gap",
                  printable(gap.device) + " from " + rounded(gap.from_s, -1) + " s to " +
                      rounded(gap.to_s, -1) + " s: " + printable(gap.reason) + "; not in the sum",
                  Ink::kWarning);
    }
    if (input.footprint.gaps.size() > kMostGaps) {
        lines.add("",
                  "and " + std::to_string(input.footprint.gaps.size() - kMostGaps) + " more; --json has all");
    }
    if (explained.sum) {
        lines.add("sum", line_of(*explained.sum), Ink::kStrong);
    }
}

void add_factors(const Footprint& footprint, const Explanation& explained, Lines& lines) {
    if (!explained.sum) {
        return;
    }
    if (!explained.facility || !explained.operational) {
        lines.head("");
        lines.head("2. PUE and grid intensity", Ink::kStrong);
        lines.add("", std::string{kNotHere} + ": without them there is no step from energy to carbon",
                  Ink::kWarning);
        return;
    }
    const PueFactor& pue = footprint.factors.pue;
    lines.head("");
    lines.head("2. What the building adds: PUE (docs/method/factors.md)", Ink::kStrong);
    lines.add("PUE", significant(pue.value, 15) + ", " + dated(pue.year) + ", source " +
                         or_not_here(pue.from.source));
    lines.add("chosen", or_not_here(pue.from.chosen));
    lines.add("", line_of(*explained.facility), Ink::kStrong);
    const IntensityFactor& grid = footprint.factors.intensity;
    lines.head("");
    lines.head("3. What the grid emits: intensity (docs/method/factors.md)", Ink::kStrong);
    std::string text = significant(grid.value.value(), 15) + " g CO2e per kWh, ";
    if (!grid.zone.empty()) {
        text += (grid.zone_name.empty() ? "" : printable(grid.zone_name) + " ") + "(" + printable(grid.zone) +
                "), ";
    }
    text += (grid.in_time ? "" : dated(grid.year) + ", ") +
            (grid.basis.empty() ? "basis not said" : printable(grid.basis) + " basis") + ", source " +
            or_not_here(grid.from.source);
    lines.add("grid", text);
    lines.add("chosen",
              or_not_here(grid.from.chosen) +
                  (grid.fell_back_to_country ? "; no figure of its own for the place: the country's" : ""));
    if (const std::string mean = in_time_text(grid); !mean.empty()) {
        lines.add("in time", printable(mean) + " (docs/method/intensity-in-time.md)");
    }
    if (grid.country_lifecycle) {
        lines.add("beside", significant(grid.country_lifecycle->value(), 15) + " g CO2e per kWh, " +
                                printable(grid.country_lifecycle_zone) + ", " +
                                dated(grid.country_lifecycle_year) + ", lifecycle basis, source " +
                                or_not_here(grid.country_lifecycle_source) + "; not used");
    }
    lines.add("", line_of(*explained.operational), Ink::kStrong);
    if (footprint.operational_kgco2e) {
        const Shown number = shown(*footprint.operational_kgco2e, Dimension::kCarbon);
        lines.add("", "shown as " + number.value + " " + number.unit +
                          " CO2e: no more digits than the interval supports");
    }
}

void add_devices_sigma(const Explanation& explained, Lines& lines) {
    for (const ExplainedDevice& device : explained.devices) {
        if (device.part->energy_kwh) {
            lines.add(printable(device.part->device.id),
                      "sigma " + line_of(device.sigma) + " (" + printable(device.sigma_from) + ")");
            lines.add("", "share " + line_of(device.share) + "; share x sigma " + line_of(device.weight));
        }
    }
}

void add_interval(const ExplainInput& input, const Explanation& explained, Lines& lines) {
    if (!explained.sum) {
        return;
    }
    const Footprint& footprint = input.footprint;
    lines.head("");
    lines.head("4. How sure: the 95 % interval (docs/method/uncertainty.md)", Ink::kStrong);
    if (!explained.interval) {
        if (!input.missing.empty()) {
            std::string keys;
            for (const std::string& key : input.missing) {
                keys += (keys.empty() ? "" : ", ") + printable(key);
            }
            lines.add("", std::string{"cannot be worked out: "} + kNotHere + ": " + keys, Ink::kWarning);
        } else {
            lines.add("", footprint.operational_kgco2e &&
                                  footprint.operational_kgco2e->low == footprint.operational_kgco2e->high
                              ? "every input was taken as exact: no interval"
                              : "cannot be worked out: the parts do not add up to the total");
        }
        return;
    }
    const ExplainedInterval& interval = *explained.interval;
    lines.add("", "sigma: relative standard uncertainty of each input, taken as lognormal");
    add_devices_sigma(explained, lines);
    for (const ExplainedGroup& group : interval.groups) {
        lines.add("group",
                  printable(group.name) + " (" + group.correlation + "): " + line_of(group.variance));
    }
    lines.add("energy", "different groups: correlation 0; sigma^2 = " + line_of(interval.first_order));
    if (interval.next_order) {
        lines.add("", "next order of the sum (k2): " + line_of(*interval.next_order));
    }
    lines.add("", "sigma = " + line_of(interval.energy_sigma) +
                      "; of the energy alone: " + headline(interval.energy_kwh, Dimension::kEnergy));
    const Factors& factors = footprint.factors;
    lines.add("PUE", "sigma " + significant(factors.pue.sigma_ln, 15));
    lines.add("grid", "sigma " + significant(factors.intensity.sigma_ln, 15));
    lines.add("together", "sigma^2 = " + line_of(interval.variance));
    lines.add("", "sigma = " + line_of(interval.sigma));
    if (interval.skewed) {
        lines.add("skew", "a sum of unlike devices is no lognormal: k1 = " + interval.k1.text +
                              ", k3 = " + interval.k3.text + ", k4 = " + interval.k4.text);
        lines.add("", "g = " + line_of(*interval.skewness) + ", h = " + line_of(*interval.excess));
        lines.add("", "w = " + line_of(*interval.low_point));
        lines.add("", "w = " + line_of(*interval.high_point));
    }
    lines.add("low", "factor " + line_of(interval.low_factor));
    lines.add("", line_of(interval.low), Ink::kStrong);
    lines.add("high", "factor " + line_of(interval.high_factor));
    lines.add("", line_of(interval.high), Ink::kStrong);
    std::vector<std::pair<double, std::string>> inputs{{interval.intensity_pct, "intensity"},
                                                       {interval.pue_pct, "pue"}};
    for (const ExplainedGroup& group : interval.groups) {
        inputs.emplace_back(group.share_pct, printable(group.name));
    }
    std::stable_sort(inputs.begin(), inputs.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::string shares;
    for (const auto& [pct, name] : inputs) {
        shares += (shares.empty() ? "" : ", ") + name + " " + rounded(pct, -1) + " %";
    }
    lines.add("shares", "of sigma^2: " + shares);
    if (footprint.dominant) {
        lines.add("remedy", printable(footprint.dominant->factor) +
                                " makes it wide: " + printable(footprint.dominant->remedy));
    }
    const std::string draws = std::to_string(input.draws);
    lines.add("check",
              "by drawing each input " + draws + " times (seed " + std::to_string(estimate::kCheckSeed) +
                  "): " + significant(interval.drawn_g.low, 4) + " to " +
                  significant(interval.drawn_g.high, 4) + " g; the closed form is " +
                  rounded(interval.low_pct, -1) + " % and " + rounded(interval.high_pct, -1) + " % off, " +
                  (interval.agrees ? "within 3 %" : "MORE than the 3 % allowed"),
              interval.agrees ? Ink::kPlain : Ink::kWarning);
}

void add_comparisons(const Explanation& explained, Lines& lines) {
    if (explained.equivalences.empty()) {
        return;
    }
    lines.head("");
    lines.head("5. What it compares to (docs/method/equivalences.md)", Ink::kStrong);
    for (const ExplainedEquivalence& one : explained.equivalences) {
        lines.add(one.equivalence == explained.equivalences.front().equivalence ? "like" : "",
                  line_of(one.count) + " (source " + printable(one.equivalence->source) +
                      (one.scope.empty() ? "" : "; counts " + printable(one.scope)) + ")");
    }
}

void add_remainder(const Remainder& remainder, const Explanation& explained, Lines& lines) {
    const std::string whose =
        printable(remainder.from.chosen) + " (" + or_not_here(remainder.from.source) + ")";
    if (!remainder.energy_kwh || !remainder.kgco2e) {
        lines.add("remainder", "board, fans, disks and power supply: not known; " + whose);
        return;
    }
    lines.add("remainder", headline(*remainder.kgco2e, Dimension::kCarbon) + " from " +
                               headline(*remainder.energy_kwh, Dimension::kEnergy) +
                               ": board, fans, disks and power supply of " + whose + "; not in the total");
    if (!explained.remainder) {
        return;
    }
    lines.add("", "board, fans, disks behind the power supply: " + line_of(explained.remainder->base));
    lines.add("", "power supply, sigma " + significant(remainder.loss_sigma, 3) + ": " +
                      line_of(explained.remainder->loss));
    lines.add("", line_of(explained.remainder->sum) + "; sigma of the watts " +
                      significant(remainder.base_sigma, 3));
    lines.add("", line_of(explained.remainder->carbon));
}

void add_left_out(const ExplainInput& input, const Explanation& explained, Lines& lines) {
    const Footprint& footprint = input.footprint;
    lines.head("");
    lines.head("6. What is not in this number", Ink::kStrong);
    for (const Part& part : footprint.left_out) {
        std::string text = printable(part.device.id) + " not counted";
        text +=
            part.covered_s > 0.0
                ? " (" + shown_alone(KilowattHours{part.device_energy}.value(), Dimension::kEnergy, 4) + ")"
                : "";
        text += ": " + (part.device.membership_reason.empty() ? "no process of the job was seen on it"
                                                              : printable(part.device.membership_reason));
        lines.add("left out", text);
    }
    std::string outside;
    for (const std::string& one : footprint.not_covered) {
        outside += (outside.empty() ? "" : ", ") + printable(one);
    }
    lines.add("outside", outside.empty() ? std::string{kNotHere} : outside);
    if (footprint.remainder) {
        add_remainder(*footprint.remainder, explained, lines);
    }
    explain_waiting(footprint, lines);
    lines.add("never", "embodied emissions and water are no part of the headline");
    add_beside(footprint, lines);
    std::string own = input.run.own_cpu_s > 0.0 ? significant(input.run.own_cpu_s, 3) + " CPU s for " +
                                                      std::to_string(input.run.samples) +
                                                      (input.run.samples == 1 ? " sample" : " samples")
                                                : std::string{kNotHere};
    if (input.run.own_energy_j) {
        own += ", about " + significant(*input.run.own_energy_j, 3) + " J (" +
               printable(input.run.own_energy_from) + ")";
    }
    lines.add("gramme", "its own cost: " + own);
}

void add_sources(const Explanation& explained, Lines& lines) {
    if (explained.sources.empty()) {
        return;
    }
    lines.head("");
    lines.head("7. Sources", Ink::kStrong);
    for (const ExplainedSource& source : explained.sources) {
        std::string text = printable(source.id) + " (" + printable(source.used_for) + "): ";
        if (source.publisher.empty()) {
            text += printable(source.note);
        } else {
            text += printable(source.title) + ". " + printable(source.publisher) +
                    (source.year == 0 ? "" : ", " + std::to_string(source.year)) +
                    ". Licence: " + printable(source.licence) + ". " + printable(source.url);
        }
        lines.add("", text);
    }
}

}  // namespace

std::string explain_text(const ExplainInput& input, const refdata::Tables& tables, const TextStyle& style) {
    const Explanation explained = explanation_of(input, tables);
    Lines lines{style, kLabelWidth};
    add_head(input, lines);
    for (const std::string& one : explained.disagreements) {
        lines.add("differs", printable(one), Ink::kWarning);
    }
    add_energy(input, explained, lines);
    if (input.job != nullptr) {
        add_assumptions(input.job->assumptions, lines);
    }
    add_factors(input.footprint, explained, lines);
    add_interval(input, explained, lines);
    add_comparisons(explained, lines);
    add_left_out(input, explained, lines);
    add_sources(explained, lines);
    return std::move(lines).text();
}

}  // namespace gramme::present
