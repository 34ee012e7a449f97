#include "estimate/own_energy.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gramme::estimate {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kBusyEnough =
    0.5;  ///< below it idle power, which no thread causes, would count for too much

/// Watts of the measured packages per busy CPU of the machine; nullopt where nothing was measured, or it was
/// idle.
std::optional<Watts> measured_watts(const RunRecord& run, const Ledger& ledger) {
    std::vector<double> busy_cpu_s(ledger.devices.size(), 0.0);
    std::vector<double> covered_s(ledger.devices.size(), 0.0);
    Joules energy;
    for (const Window& window : ledger.windows) {
        const bool measured = window.device < ledger.devices.size() &&
                              ledger.devices[window.device].kind == DeviceKind::kCpu &&
                              window.quality == Quality::kMeasured;
        if (measured) {
            energy += window.energy;
            busy_cpu_s[window.device] += window.busy_cpu_s;
            covered_s[window.device] += static_cast<double>(window.to_ns - window.from_ns) / kNsPerSecond;
        }
    }
    // The busy time is that of the machine and stands in the windows of each package.
    const double busy = busy_cpu_s.empty() ? 0.0 : *std::max_element(busy_cpu_s.begin(), busy_cpu_s.end());
    const double covered = covered_s.empty() ? 0.0 : *std::max_element(covered_s.begin(), covered_s.end());
    const double capacity = covered * run.host.cpu_count;
    if (!(capacity > 0.0) || busy < kBusyEnough * capacity) {
        return std::nullopt;
    }
    return energy / Seconds{busy};
}

/// Two decimals, never by locale.
std::string two_decimals(double value) {
    const long long hundredths = std::llround(value * 100.0);
    const long long rest = hundredths % 100;
    return std::to_string(hundredths / 100) + (rest < 10 ? ".0" : ".") + std::to_string(rest);
}

}  // namespace

std::optional<OwnEnergy> own_energy(const RunRecord& run, const Ledger& ledger,
                                    const refdata::Tables& tables) {
    if (!(run.own_cpu_s > 0.0)) {
        return std::nullopt;
    }
    const std::string busy_thread = " W per busy hardware thread, ";
    if (const auto watts = measured_watts(run, ledger)) {
        return OwnEnergy{
            *watts * Seconds{run.own_cpu_s},
            two_decimals(watts->value()) + busy_thread + "measured: package energy / busy CPU s of this run"};
    }
    const refdata::CpuPowerCurve curve = tables.cpu_power(run.host.microarchitecture);
    const Watts watts{curve.full_w_per_thread};
    const std::string of = curve.generic ? "an average server" : std::string{curve.microarchitecture};
    return OwnEnergy{watts * Seconds{run.own_cpu_s},
                     two_decimals(watts.value()) + busy_thread + "modelled: " + of};
}

}  // namespace gramme::estimate
