// Whose energy: the share of the job, of others, and what nobody reserved. Pure.
#pragma once

#include <optional>

#include "model/device.hpp"
#include "units/quantity.hpp"

namespace gramme::meter {

/// Up to this share of the busy time the others are background noise of the machine, and the job is taken to
/// have the machine for itself; from the other share on it is one of several.
inline constexpr double kAloneUpTo = 0.02;
inline constexpr double kSharedFrom = 0.10;

/// How far a job is alone, 0..1, of times in CPU seconds: 1 where the others' part of `busy_s` is at most
/// kAloneUpTo, 0 from kSharedFrom on, and linear between, so that no single tick moves the idle energy of a
/// whole machine. Nobody busy: 0.
[[nodiscard]] double alone_of(double others_s, double busy_s) noexcept;

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
    /// How far the job has had the machine for itself of late, 0..1 (alone_of); nothing: this stretch
    /// decides.
    std::optional<double> alone{};
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
/// where one is known, else a + (1 - a) x job / capacity with a = alone_of the times (capacity unknown, 0:
/// w in its place). The two CPU times come from different clocks, so busy is never taken below
/// job. Scope kMachine, or CPU time unknown: everything is the job's. Of a pause: everything is that of
/// others, by its share of the time. Of several trackers each has its part of the job's, and what is the
/// other trackers' is that of others. Method: docs/method/attribution.md. Invariant: job, unassigned, others
/// >= 0 and their sum is `energy`.
[[nodiscard]] Split attribute(Joules energy, const IdleRule& idle, Seconds duration, const Activity& activity,
                              Scope scope) noexcept;

}  // namespace gramme::meter
