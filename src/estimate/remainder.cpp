#include "estimate/remainder.hpp"
#include "estimate/node_method.hpp"
#include "units/root_of_squares.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace gramme::estimate {
namespace {

constexpr const char* kPage = "docs/method/remainder.md";
constexpr std::size_t kGpusOfAGpuServer = 8;

constexpr const char* kMeterPage = "docs/method/wall-meter.md";
constexpr const char* kWayOut = "; `gramme calibrate` with a power meter measures it";

/// One number and its uncertainty, wherever it comes from.
struct Supply {
    Watts base;
    double base_sigma = 0.0;
    double efficiency = 1.0;
    double loss_sigma = 0.0;
    double correlation = 0.0;  ///< between base and loss: 1 where one meter gave both
    Provenance from;
};

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

/// A counter of the CPU is part of the result: what the meter showed was taken beside it.
bool has_measured_cpu(const Footprint& footprint) {
    return std::any_of(footprint.parts.begin(), footprint.parts.end(), [](const Part& part) {
        return part.device.kind == DeviceKind::kCpu && part.device.quality <= Quality::kIntegrated;
    });
}

std::optional<Supply> measured_supply(const RunRecord& run, const Footprint& footprint) {
    const auto& rest = run.measured_rest;
    const bool usable = rest && rest->base_w >= 0.0 && rest->efficiency > 0.0 && rest->efficiency <= 1.0 &&
                        rest->sigma >= 0.0;
    if (!usable || !has_measured_cpu(footprint)) {
        return std::nullopt;
    }
    constexpr std::size_t kDateDigits = 10;
    return Supply{Watts{rest->base_w},
                  rest->sigma,
                  rest->efficiency,
                  rest->sigma,
                  1.0,
                  {kMeterPage, "measured here with a power meter " + rest->date.substr(0, kDateDigits)}};
}

}  // namespace

double loss_of(double efficiency) {
    return 1.0 / efficiency - 1.0;
}

double loss_sigma(double efficiency, double half) {
    // d ln(1/e - 1) / de = -1 / (e (1 - e)); rectangular +-a has the standard uncertainty a / sqrt(3) (JCGM
    // 100, 4.3.7)
    return half / std::sqrt(3.0) / (efficiency * (1.0 - efficiency));
}

std::optional<refdata::MachineRemainder> remainder_of_machine(const HostFacts& host,
                                                              const refdata::Tables& tables) {
    if (!host.virtualisation.empty()) {
        return std::nullopt;
    }
    const bool many_gpus = host.chassis == "server" && host.gpu_models.size() >= kGpusOfAGpuServer;
    return tables.machine_remainder(many_gpus ? "gpu-server" : host.chassis);
}

Remainder remainder_of(const RunRecord& run, const Footprint& footprint, const Budget& budget,
                       const refdata::Tables& tables) {
    const auto host = std::find_if(footprint.parts.begin(), footprint.parts.end(), [](const Part& part) {
        return part.device.kind == DeviceKind::kPlatform;
    });
    if (host != footprint.parts.end()) {
        return unknown(holds_board_and_fans(host->device.method)
                           ? "none: what stands for the whole machine holds it already"
                           : "what is measured as one holds a part of it, and it is not known which");
    }
    std::optional<Supply> supply = measured_supply(run, footprint);
    if (!supply) {
        if (!run.host.virtualisation.empty()) {
            return unknown(
                std::string{
                    "a virtual machine: how much of its host is its share cannot be seen from inside"} +
                kWayOut);
        }
        const auto machine = remainder_of_machine(run.host, tables);
        if (!machine) {
            return unknown(std::string{"the kind of machine is not known: the firmware names no chassis"} +
                           kWayOut);
        }
        supply = Supply{Watts{machine->base_w},
                        machine->base_sigma,
                        machine->efficiency,
                        loss_sigma(machine->efficiency, machine->efficiency_half),
                        0.0,
                        {kPage, "a " + std::string{machine->kind}}};
    }
    if (!footprint.energy_kwh) {
        return unknown("the energy that it goes with is not known");
    }
    const std::optional<double> share = counted_share(footprint);
    if (!share) {
        return unknown("the counted devices used nothing: the job's share of the machine is not known");
    }
    Remainder out;
    out.from = supply->from;
    out.base = supply->base;
    out.base_sigma = supply->base_sigma;
    out.efficiency = supply->efficiency;
    out.loss_sigma = supply->loss_sigma;
    out.share = *share;
    out.duration_s = std::max(measured_s(run) - run.suspended_s, 0.0);
    const Joules base = supply->base * Seconds{out.duration_s} * (*share / supply->efficiency);
    std::vector<Uncertain> terms{lognormal(KilowattHours{base}.value(), supply->base_sigma)};
    if (const double loss = loss_of(supply->efficiency); loss > 0.0) {
        terms.push_back(lognormal(budget.energy.value * loss,
                                  root_of_squares(out.loss_sigma, std::sqrt(budget.energy.variance))));
    }
    const double correlation = supply->correlation;
    const Uncertain energy = sum_of(terms, [&](std::size_t, std::size_t) { return correlation; }).total;
    const Factors& factors = footprint.factors;
    const double kg_per_kwh = KilogramsCO2e{KilowattHours{1.0} * factors.intensity.value}.value();
    out.energy_kwh = interval_of(energy);
    out.kgco2e = interval_of(product(product(energy, lognormal(factors.pue.value, factors.pue.sigma_ln)),
                                     lognormal(kg_per_kwh, factors.intensity.sigma_ln)));
    return out;
}

}  // namespace gramme::estimate
