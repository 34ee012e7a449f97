// What no counter of CPU, memory or GPU sees of a machine: board, fans, disks, network card and the loss of
// the power supply. A line of its own, never part of the headline. Pure. Method: docs/method/remainder.md.
#pragma once

#include <string_view>

#include "estimate/budget.hpp"
#include "model/footprint.hpp"
#include "model/run.hpp"

namespace gramme::estimate {

/// What a kind of machine draws beside what is counted.
struct MachineRemainder {
    std::string_view kind;         ///< "laptop", "desktop", "server", "gpu-server"
    Watts base;                    ///< board, fans, disks, network card, behind the power supply
    double base_sigma = 0.0;       ///< relative standard uncertainty
    double efficiency = 1.0;       ///< of the power supply
    double efficiency_half = 0.0;  ///< +- this, equally likely between (rectangular)

    /// Of what is counted, lost beside it: 1 / efficiency - 1.
    [[nodiscard]] double loss() const { return 1.0 / efficiency - 1.0; }
    /// Relative standard uncertainty of loss().
    [[nodiscard]] double loss_sigma() const;
};

/// nullptr where the kind of machine is not known, and for a virtual machine: how much of its host is its is
/// not known.
[[nodiscard]] const MachineRemainder* remainder_of_machine(const HostFacts& host);

/// The remainder of a run beside its counted energy; without energy, and with the reason, where it is not
/// known.
[[nodiscard]] Remainder remainder_of(const RunRecord& run, const Footprint& footprint, const Budget& budget);

}  // namespace gramme::estimate
