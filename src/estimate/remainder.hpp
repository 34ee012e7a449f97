// What no counter of CPU, memory or GPU sees of a machine: board, fans, disks, network card and the loss of
// the power supply. A line of its own, never part of the headline. Pure. Method: docs/method/remainder.md.
#pragma once

#include <optional>

#include "estimate/budget.hpp"
#include "model/footprint.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// Of what is counted, lost beside it in a power supply: 1 / efficiency - 1.
[[nodiscard]] double loss_of(double efficiency);
/// Relative standard uncertainty of that, for an efficiency that is equally likely within +-`half`.
[[nodiscard]] double loss_sigma(double efficiency, double half);

/// nullopt where the kind of machine is not known, and for a virtual machine: how much of its host is its is
/// not known.
[[nodiscard]] std::optional<refdata::MachineRemainder> remainder_of_machine(const HostFacts& host,
                                                                            const refdata::Tables& tables);

/// The remainder of a run beside its counted energy: as a meter at the wall showed it on this machine, where
/// one did and the CPU has a counter; else by the kind of machine. Without energy, and with the reason and
/// the way out, where it is not known.
[[nodiscard]] Remainder remainder_of(const RunRecord& run, const Footprint& footprint, const Budget& budget,
                                     const refdata::Tables& tables);

}  // namespace gramme::estimate
