#include "meter/package_model.hpp"
#include "units/root_of_squares.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::meter {
namespace {

/// Relative standard uncertainty of the power where the clock of real hardware is not seen: a governor that
/// saves power halves the clock at low load, and the power above idle falls to a third.
constexpr double kUnseenClockSigma = 0.2;

/// Rated watts that belong to this machine; 0: not known.
double rated_watts(const std::optional<refdata::Cpu>& cpu, const PackageFacts& facts) noexcept {
    if (!cpu || !(cpu->tdp_w > 0.0)) {
        return 0.0;
    }
    if (!facts.shared) {
        return cpu->tdp_w * std::max(facts.packages, 1);
    }
    const std::optional<double> threads = threads_of(*cpu);
    return threads ? cpu->tdp_w * facts.cpus / *threads : 0.0;
}

}  // namespace

std::optional<double> threads_of(const refdata::Cpu& cpu) noexcept {
    if (cpu.threads > 0) {
        return cpu.threads;
    }
    const int per_core = cpu.vendor == "Intel" || cpu.vendor == "AMD" ? 2 : 1;
    return cpu.cores > 0 ? std::optional<double>{per_core * cpu.cores} : std::nullopt;
}

PackageModel package_model(const refdata::CpuPowerCurve& curve, const std::optional<refdata::Cpu>& cpu,
                           const PackageFacts& facts) {
    PackageModel model;
    const double rated_w = curve.full_per_tdp > 0.0 ? rated_watts(cpu, facts) : 0.0;
    model.by_tdp = rated_w > 0.0;
    if (model.by_tdp) {
        model.load.idle = Watts{curve.idle_per_tdp * rated_w};
        model.load.full = Watts{curve.full_per_tdp * rated_w};
        model.sigma_ln = curve.sigma_ln_per_tdp;
    } else {
        model.load.idle = Watts{curve.idle_w_per_thread * facts.cpus};
        model.load.full = Watts{curve.full_w_per_thread * facts.cpus};
        model.sigma_ln = curve.sigma_ln;
    }
    model.load.bend = kPackageBend;
    model.load.clock_exponent = kClockExponent;
    model.load.cpus = facts.cpus;
    if (!facts.shared && !facts.clock_visible) {
        model.sigma_ln = root_of_squares(model.sigma_ln, kUnseenClockSigma);
    }
    return model;
}

}  // namespace gramme::meter
