// Whose energy: the share of the job, of others, and what nobody reserved. Pure.
#pragma once

#include "model/device.hpp"
#include "units/quantity.hpp"

namespace gramme::meter {

/// CPU time between two instants, in CPU seconds. Unknown parts are said to be so, never 0.
struct Activity {
    double job_cpu_s = 0.0;
    double busy_cpu_s = 0.0;      ///< of the whole machine
    double capacity_cpu_s = 0.0;  ///< CPUs x wall seconds; 0: unknown
    bool job_known = false;
    bool machine_known = false;
};

struct Split {
    Joules job{};
    Joules unassigned{};  ///< the rest, energy - job - unassigned, is others'
};

/// Splits the energy of one device and window. Idle energy (idle_power x time, at most all of it) goes by
/// reservation, the rest by CPU time: job = w x dynamic + r x idle, w = job / busy, r = 1 where the others
/// used less than 2 % of the busy time, else job / capacity (capacity unknown, 0: r = w). The two CPU times
/// come from different clocks, so busy is never taken below job. Scope kMachine, or CPU time unknown:
/// everything is the job's. Method: docs/method/attribution.md. Invariant: job, unassigned, others >= 0 and
/// their sum is `energy`.
[[nodiscard]] Split attribute(Joules energy, Watts idle_power, Seconds duration, const Activity& activity,
                              Scope scope) noexcept;

}  // namespace gramme::meter
