// Whose energy: the share of the job, of others, and what nobody reserved. Pure.
#pragma once

#include <optional>

#include "model/device.hpp"
#include "units/quantity.hpp"

namespace gramme::meter {

/// Below this share of the busy time the others are background noise of the machine, and the job is taken to
/// have the machine for itself.
inline constexpr double kExclusiveBelow = 0.02;

/// CPU time between two instants, in CPU seconds. Unknown parts are said to be so, never 0.
struct Activity {
    double job_cpu_s = 0.0;
    double busy_cpu_s = 0.0;      ///< of the whole machine
    double capacity_cpu_s = 0.0;  ///< CPUs x wall seconds; 0: unknown
    bool job_known = false;
    bool machine_known = false;
    /// Whether the job has had the machine for itself of late; nothing: this stretch alone decides (others
    /// below 2 %).
    std::optional<bool> alone{};
    bool paused = false;  ///< nothing of this stretch is the job's
};

/// How idle energy is given out.
struct IdleRule {
    Watts idle_power{};  ///< 0: all energy goes by CPU time
    /// Share of the device that was reserved for the job, 0..1. Nothing: no reservation is known.
    std::optional<double> reserved;
};

struct Split {
    Joules job{};         ///< w x dynamic + r x idle
    Joules others{};      ///< (1 - w) x dynamic
    Joules unassigned{};  ///< (1 - r) x idle: idle energy that nobody reserved
};

/// Splits the energy of one device and window. Idle energy (idle_power x time, at most all of it) goes by
/// reservation, the rest by CPU time: job = w x dynamic + r x idle, w = job / busy; r = the reserved share
/// where one is known, else 1 where the others used less than 2 % of the busy time, else job / capacity
/// (capacity unknown, 0: r = w). The two CPU times come from different clocks, so busy is never taken below
/// job. Scope kMachine, or CPU time unknown: everything is the job's. Paused: everything is that of others.
/// Method: docs/method/attribution.md. Invariant: job, unassigned, others >= 0 and their sum is `energy`.
[[nodiscard]] Split attribute(Joules energy, const IdleRule& idle, Seconds duration, const Activity& activity,
                              Scope scope) noexcept;

}  // namespace gramme::meter
