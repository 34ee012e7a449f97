#include "estimate/remainder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

namespace gramme::estimate {
namespace {

constexpr const char* kPage = "docs/method/remainder.md";
constexpr std::size_t kGpusOfAGpuServer = 8;

// Where each number comes from stands on the page: 80 PLUS levels for the efficiency, wall-meter data and
// published node powers for the base.
constexpr std::array kMachines{MachineRemainder{"laptop", Watts{3.0}, 0.67, 0.88, 0.04},
                               MachineRemainder{"desktop", Watts{25.0}, 0.40, 0.88, 0.03},
                               MachineRemainder{"server", Watts{60.0}, 0.50, 0.94, 0.02},
                               MachineRemainder{"gpu-server", Watts{900.0}, 0.44, 0.94, 0.02}};

Remainder unknown(const std::string& why) {
    Remainder out;
    out.from = {kPage, why};
    return out;
}

/// The share of the machine that is counted: its counted energy over the energy of the same devices. nullopt
/// where these used nothing.
std::optional<double> counted_share(const Footprint& footprint) {
    Joules whole;
    for (const Part& part : footprint.parts) {
        if (part.energy_kwh) {
            whole += part.device_energy;
        }
    }
    if (!(whole.value() > 0.0)) {
        return std::nullopt;
    }
    return std::clamp(KilowattHours{footprint.energy_kwh->value} / KilowattHours{whole}, 0.0, 1.0);
}

}  // namespace

double MachineRemainder::loss_sigma() const {
    // d ln(1/e - 1) / de = -1 / (e (1 - e)); rectangular +-a has the standard uncertainty a / sqrt(3) (JCGM
    // 100, 4.3.7)
    return efficiency_half / std::sqrt(3.0) / (efficiency * (1.0 - efficiency));
}

const MachineRemainder* remainder_of_machine(const HostFacts& host) {
    if (!host.virtualisation.empty()) {
        return nullptr;
    }
    const bool many_gpus = host.chassis == "server" && host.gpu_models.size() >= kGpusOfAGpuServer;
    const std::string_view kind = many_gpus ? std::string_view{"gpu-server"} : std::string_view{host.chassis};
    const auto* const found = std::find_if(kMachines.begin(), kMachines.end(),
                                           [&](const MachineRemainder& one) { return one.kind == kind; });
    return found == kMachines.end() ? nullptr : found;
}

Remainder remainder_of(const RunRecord& run, const Footprint& footprint, const Budget& budget) {
    const bool metered = std::any_of(footprint.parts.begin(), footprint.parts.end(), [](const Part& part) {
        return part.device.kind == DeviceKind::kPlatform;
    });
    if (metered) {
        return unknown("none: the meter of the whole machine holds it already");
    }
    if (!run.host.virtualisation.empty()) {
        return unknown("a virtual machine: how much of its host is its share cannot be seen from inside");
    }
    const MachineRemainder* machine = remainder_of_machine(run.host);
    if (machine == nullptr) {
        return unknown("the kind of machine is not known: the firmware names no chassis");
    }
    if (!footprint.energy_kwh) {
        return unknown("the energy that it goes with is not known");
    }
    const std::optional<double> share = counted_share(footprint);
    if (!share) {
        return unknown("the counted devices used nothing: the job's share of the machine is not known");
    }
    Remainder out;
    out.from = {kPage, "a " + std::string{machine->kind}};
    out.base = machine->base;
    out.base_sigma = machine->base_sigma;
    out.efficiency = machine->efficiency;
    out.loss_sigma = machine->loss_sigma();
    out.share = *share;
    out.duration_s = run.duration_s;
    const Joules base = machine->base * Seconds{run.duration_s} * (*share / machine->efficiency);
    const std::array terms{lognormal(KilowattHours{base}.value(), machine->base_sigma),
                           lognormal(budget.energy.value * machine->loss(),
                                     std::hypot(out.loss_sigma, std::sqrt(budget.energy.variance)))};
    const Uncertain energy = sum_of(terms, [](std::size_t, std::size_t) { return 0.0; }).total;
    const Factors& factors = footprint.factors;
    const double kg_per_kwh = KilogramsCO2e{KilowattHours{1.0} * factors.intensity.value}.value();
    out.energy_kwh = interval_of(energy);
    out.kgco2e = interval_of(product(product(energy, lognormal(factors.pue.value, factors.pue.sigma_ln)),
                                     lognormal(kg_per_kwh, factors.intensity.sigma_ln)));
    return out;
}

}  // namespace gramme::estimate
