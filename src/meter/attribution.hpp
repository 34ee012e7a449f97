// Whose energy: the share of the job, of others, and what nobody reserved. Pure.
#pragma once

#include <optional>

#include "model/device.hpp"
#include "units/quantity.hpp"

namespace gramme::meter {

/// Below this share of the busy time the others are background noise of the machine, and the job is taken to
/// have the machine for itself.
inline constexpr double kExclusiveBelow = 0.02;

/// The part of a job that one of several trackers (one in each rank) stands for; all parts together are 1.
struct Tracked {
    double of_time = 1.0;   ///< of what goes by CPU time
    double of_idle = 1.0;   ///< of the idle energy
    double of_whole = 1.0;  ///< of a device that is not shared by CPU time
};

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
    Tracked tracked{};    ///< this tracker's part of what is the job's
    double paused = 0.0;  ///< share of this stretch, 0..1, of which nothing is the job's
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

/// Of a device whose energy is the job's as a whole: `part`, 0 to 1, is this tracker's.
[[nodiscard]] Split part_of_whole(Joules energy, double part) noexcept;

/// Splits the energy of one device and window. Idle energy (idle_power x time, at most all of it) goes by
/// reservation, the rest by CPU time: job = w x dynamic + r x idle, w = job / busy; r = the reserved share
/// where one is known, else 1 where the others used less than 2 % of the busy time, else job / capacity
/// (capacity unknown, 0: r = w). The two CPU times come from different clocks, so busy is never taken below
/// job. Scope kMachine, or CPU time unknown: everything is the job's. Of a pause: everything is that of
/// others, by its share of the time. Of several trackers each has its part of the job's, and what is the
/// other trackers' is that of others. Method: docs/method/attribution.md. Invariant: job, unassigned, others
/// >= 0 and their sum is `energy`.
[[nodiscard]] Split attribute(Joules energy, const IdleRule& idle, Seconds duration, const Activity& activity,
                              Scope scope) noexcept;

}  // namespace gramme::meter
