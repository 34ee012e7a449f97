// The sum: windows of the ledger in the scope of the run, x PUE x intensity.
#include <algorithm>
#include <string>
#include <utility>

#include "estimate/budget.hpp"
#include "estimate/dominant.hpp"
#include "estimate/efficiency.hpp"
#include "estimate/equivalences.hpp"
#include "estimate/estimate.hpp"
#include "estimate/lognormal.hpp"
#include "estimate/node_method.hpp"
#include "estimate/remainder.hpp"
#include "estimate/units_of_work.hpp"

namespace gramme::estimate {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kPartThatMatters = 0.01;  ///< of the energy: below it a part does not decide the quality

/// What the ledger holds of one device.
struct Tally {
    Joules job;
    Joules energy;
    Joules unassigned;
    double covered_s = 0.0;
    double gap_s = 0.0;
};

double seconds_between(std::int64_t from_ns, std::int64_t to_ns) {
    return to_ns > from_ns ? static_cast<double>(to_ns - from_ns) / kNsPerSecond : 0.0;
}

/// The devices of the ledger, and a placeholder for each index that windows name and no description explains
/// (a damaged journal): its energy is shown, never dropped in silence.
std::vector<Device> all_devices(const Ledger& ledger) {
    std::vector<Device> devices = ledger.devices;
    std::size_t count = devices.size();
    for (const Window& window : ledger.windows) {
        count = std::max(count, std::size_t{window.device} + 1);
    }
    while (devices.size() < count) {
        Device lost;
        lost.id = "device" + std::to_string(devices.size());
        lost.membership = Membership::kUnknown;
        lost.membership_reason = "its description was lost";
        lost.quality = Quality::kAssumed;
        devices.push_back(lost);
    }
    return devices;
}

/// Hardware that is on draws something: a counter that stood still until it was lost has said nothing.
bool never_moved(const Tally& of_device) {
    return of_device.energy.value() == 0.0 && of_device.gap_s > 0.0;
}

std::vector<Tally> tally(const Ledger& ledger, std::size_t devices) {
    std::vector<Tally> tallies(devices);
    for (const Window& window : ledger.windows) {
        Tally& one = tallies[window.device];
        one.job += window.job;  // reservation, pauses and the scope are in the split
        one.energy += window.energy;
        one.unassigned += window.unassigned;
        one.covered_s += seconds_between(window.from_ns, window.to_ns);
    }
    for (const Gap& gap : ledger.gaps) {
        if (gap.device < devices) {
            tallies[gap.device].gap_s += seconds_between(gap.from_ns, gap.to_ns);
        }
    }
    return tallies;
}

void add_use(const Use& use, Part& part, std::vector<AcceleratorUse>& accelerators) {
    part.utilization = utilization_of(use);
    if (part.device.kind == DeviceKind::kGpu) {
        if (part.utilization) {
            part.idle = use.idle;
        }
        accelerators.push_back({part.device_energy, part.others, use});
    }
}

/// The same of the whole: where one counter was lost and the others stood still, a sum of 0 would be made of
/// the gap.
bool nothing_moved(const std::vector<Part>& parts) {
    return std::all_of(parts.begin(), parts.end(),
                       [](const Part& part) { return part.device_energy.value() == 0.0; }) &&
           std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.gap_s > 0.0; });
}

bool counted(const Device& device, Scope scope) {
    return scope == Scope::kMachine || device.membership == Membership::kIn;
}

/// What lies outside the boundary by decision, or because no device of the kind is known here.
std::vector<std::string> not_covered_by(const std::vector<Part>& parts) {
    const auto has = [&](DeviceKind kind) {
        return std::any_of(parts.begin(), parts.end(),
                           [&](const Part& part) { return part.device.kind == kind; });
    };
    const bool has_total = has(DeviceKind::kPlatform);
    const bool has_meter =
        has_total && std::none_of(parts.begin(), parts.end(), [](const Part& part) {
            return part.device.kind == DeviceKind::kPlatform && !holds_board_and_fans(part.device.method);
        });
    std::vector<std::string> missing{"network"};
    if (!has_meter) {  // a meter of the whole machine sees all of these
        if (!has_total && !has(DeviceKind::kCpu)) {
            missing.emplace_back("CPU");
        }
        const bool with_cpu = std::any_of(parts.begin(), parts.end(),
                                          [](const Part& part) { return holds_memory(part.device.method); });
        if (!has_total && !has(DeviceKind::kMemory) && !with_cpu) {
            missing.emplace_back("memory");
        }
        missing.emplace_back("storage");
        missing.emplace_back("fans and power supply");
    }
    return missing;
}

/// The weakest part that matters: one that holds a hundredth of the energy, or whose energy is not fully
/// known. Of a true zero, the weakest part that is known: they all say it.
Quality quality_of(const std::vector<Part>& parts, double total_kwh) {
    Quality weakest = Quality::kMeasured;
    bool any = false;
    for (const Part& part : parts) {
        const bool has_share =
            part.energy_kwh && (total_kwh == 0.0 || (part.energy_kwh->value > 0.0 &&
                                                     part.energy_kwh->value >= kPartThatMatters * total_kwh));
        const bool matters = part.gap_s > 0.0 || has_share;
        if (matters) {
            weakest = std::max(weakest, part.device.quality);
            any = true;
        }
    }
    return any ? weakest : Quality::kAssumed;
}

}  // namespace

Footprint footprint_of(const RunRecord& run, const Ledger& ledger, const Factors& factors,
                       const refdata::Tables& tables) {
    Footprint footprint;
    footprint.factors = factors;
    std::vector<Device> devices = all_devices(ledger);
    const std::vector<Tally> tallies = tally(ledger, devices.size());
    const std::vector<Use> uses = use_of(ledger, devices.size());
    std::vector<AcceleratorUse> accelerators;
    for (const Gap& gap : ledger.gaps) {
        if (gap.device < devices.size() && counted(devices[gap.device], run.scope)) {
            footprint.gaps.push_back({devices[gap.device].id, static_cast<double>(gap.from_ns) / kNsPerSecond,
                                      static_cast<double>(gap.to_ns) / kNsPerSecond, gap.reason});
        }
    }
    footprint.parts.reserve(devices.size());
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const Tally& of_device = tallies[i];
        Part part;
        part.device = std::move(devices[i]);
        part.device_energy = of_device.energy;
        part.unassigned = of_device.unassigned;
        part.others = of_device.energy - of_device.job - of_device.unassigned;
        part.covered_s = of_device.covered_s;
        part.gap_s = of_device.gap_s;
        if (!counted(part.device, run.scope)) {
            footprint.left_out.push_back(std::move(part));
            continue;
        }
        if (of_device.covered_s > 0.0 && !never_moved(of_device)) {
            part.energy_kwh =
                interval_of(term_of(part, KilowattHours{of_device.job}.value(), run.scope).energy);
        }
        add_use(uses[i], part, accelerators);
        footprint.parts.push_back(std::move(part));
    }
    footprint.waiting = waiting_of(accelerators);
    footprint.work = work_done(ledger.markers);
    footprint.not_covered = not_covered_by(footprint.parts);
    const Budget budget = budget_of(footprint.parts, run.scope, factors);
    if (budget.terms.empty() || nothing_moved(footprint.parts)) {
        if (run.with_remainder) {
            footprint.remainder = remainder_of(run, footprint, budget, tables);
        }
        return footprint;  // nothing is known: no energy, not an energy of 0
    }
    footprint.energy_kwh = interval_of(budget.energy);
    footprint.facility_energy_kwh = interval_of(budget.facility);
    footprint.operational_kgco2e = interval_of(budget.operational);
    footprint.quality = quality_of(footprint.parts, budget.energy.value);
    std::vector<PartVariance> variances;
    for (const BudgetTerm& term : budget.terms) {
        variances.push_back({&footprint.parts[term.part], term.variance});
    }
    if (run.with_remainder) {
        footprint.remainder = remainder_of(run, footprint, budget, tables);
    }
    if (budget.operational.value > 0.0) {  // nothing makes a range of no width wide
        footprint.dominant = dominant_of(variances, factors, run.host);
    }
    footprint.equivalences = equivalences_of(budget.operational.value, tables);
    return footprint;
}

}  // namespace gramme::estimate
