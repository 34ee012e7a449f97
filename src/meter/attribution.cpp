#include "meter/attribution.hpp"

#include <algorithm>

namespace gramme::meter {
namespace {

double share(double part, double whole) {
    return whole > 0.0 ? std::clamp(part / whole, 0.0, 1.0) : 0.0;
}

}  // namespace

double alone_of(double others_s, double busy_s) noexcept {
    if (!(busy_s > 0.0)) {
        return 0.0;
    }
    return std::clamp((kSharedFrom - others_s / busy_s) / (kSharedFrom - kAloneUpTo), 0.0, 1.0);
}

Split part_of_whole(Joules energy, double part) noexcept {
    return {energy * part, energy * (1.0 - part), Joules{0.0}};
}

Split attribute(Joules energy, const IdleRule& idle, Seconds duration, const Activity& activity,
                Scope scope) noexcept {
    if (!(energy > Joules{0.0})) {
        return {};
    }
    if (activity.paused > 0.0) {
        const double counted = 1.0 - std::min(activity.paused, 1.0);
        Activity rest = activity;
        rest.paused = 0.0;
        Split split = attribute(energy * counted, idle, duration * counted, rest, scope);
        split.others += energy - energy * counted;
        return split;
    }
    const Tracked& part = activity.tracked;
    if (scope == Scope::kMachine || !activity.job_known || !activity.machine_known) {
        return part_of_whole(energy, part.of_idle);
    }
    const double job_s = std::max(activity.job_cpu_s, 0.0);
    const double busy_s = std::max(activity.busy_cpu_s, job_s);
    const double by_time = share(job_s, busy_s);
    const double alone = std::clamp(activity.alone.value_or(alone_of(busy_s - job_s, busy_s)), 0.0, 1.0);
    const double by_capacity =
        activity.capacity_cpu_s > 0.0 ? share(job_s, activity.capacity_cpu_s) : by_time;
    const double reserved =
        idle.reserved ? std::clamp(*idle.reserved, 0.0, 1.0) : alone + (1.0 - alone) * by_capacity;

    const double total_j = energy.value();
    const double idle_j = std::clamp((idle.idle_power * duration).value(), 0.0, total_j);
    const double dynamic_j = total_j - idle_j;
    // Three formulas, not two and a remainder, so that a test can tell whether they balance. What rounding
    // adds in the last bit is taken off again: no share is negative, and what is stored (job, unassigned)
    // never exceeds the whole.
    const double job_j =
        std::min(by_time * part.of_time * dynamic_j + reserved * part.of_idle * idle_j, total_j);
    const double unassigned_j = std::min((1.0 - reserved) * idle_j, total_j - job_j);
    const double others_j =
        (1.0 - by_time * part.of_time) * dynamic_j + reserved * (1.0 - part.of_idle) * idle_j;
    return {Joules{job_j}, Joules{others_j}, Joules{unassigned_j}};
}

}  // namespace gramme::meter
