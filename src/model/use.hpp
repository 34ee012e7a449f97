// How busy a device was, as sums over a window: windows can be cut and added up, and nothing is lost.
#pragma once

#include "units/quantity.hpp"

namespace gramme {

/// Invariant: 0 <= busy_s <= known_s and 0 <= idle <= known. All 0: nothing is known, which is not an idle
/// device. Joules and causes are those of accelerators only. Method: docs/method/efficiency.md.
struct Use {
    double known_s = 0.0;  ///< time with a known utilisation
    double busy_s = 0.0;   ///< utilisation (0..1) x time, over that time
    Joules known;          ///< of the device, in that time
    Joules idle;           ///< of these, while the utilisation was below kIdleBelow
    // Of the idle joules, those whose cause is clear. A stretch is judged when it ends, so that a cause may
    // stand in a later window than its joules; in the sum of all windows the rest is idle at the end.
    Joules start_up;    ///< before the device was first busy
    Joules evaluation;  ///< while the command said that it evaluates
    Joules loading;     ///< short stretches that come again, the job's CPUs busy
    Joules quiet;       ///< the job's CPUs idle too
    Joules unclear;     ///< between two busy stretches, without a clear cause

    [[nodiscard]] Joules judged() const { return start_up + evaluation + loading + quiet + unclear; }

    Use& operator+=(const Use& other) {
        known_s += other.known_s;
        busy_s += other.busy_s;
        known += other.known;
        idle += other.idle;
        start_up += other.start_up;
        evaluation += other.evaluation;
        loading += other.loading;
        quiet += other.quiet;
        unclear += other.unclear;
        return *this;
    }
    Use& operator-=(const Use& other) {
        known_s -= other.known_s;
        busy_s -= other.busy_s;
        known -= other.known;
        idle -= other.idle;
        start_up -= other.start_up;
        evaluation -= other.evaluation;
        loading -= other.loading;
        quiet -= other.quiet;
        unclear -= other.unclear;
        return *this;
    }
    [[nodiscard]] Use operator*(double share) const {
        return {known_s * share,    busy_s * share,  known * share, idle * share,   start_up * share,
                evaluation * share, loading * share, quiet * share, unclear * share};
    }
};

/// Utilisation below which an accelerator idles: it draws power and does nothing. Method:
/// docs/method/efficiency.md#idle
inline constexpr double kIdleBelow = 0.05;

}  // namespace gramme
