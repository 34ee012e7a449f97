#include "meter/attribution.hpp"

#include <algorithm>

namespace gramme::meter {
namespace {

/// Below this share of the busy time the others are background noise of the machine, and the job is taken to
/// have the machine for itself.
constexpr double kExclusiveBelow = 0.02;

double share(double part, double whole) {
    return whole > 0.0 ? std::clamp(part / whole, 0.0, 1.0) : 0.0;
}

}  // namespace

Split attribute(Joules energy, Watts idle_power, Seconds duration, const Activity& activity,
                Scope scope) noexcept {
    if (!(energy > Joules{0.0})) {
        return {};
    }
    if (scope == Scope::kMachine || !activity.job_known || !activity.machine_known) {
        return {energy, Joules{0.0}};
    }
    const double job_s = std::max(activity.job_cpu_s, 0.0);
    const double busy_s = std::max(activity.busy_cpu_s, job_s);
    const double by_time = share(job_s, busy_s);
    const bool exclusive = busy_s > 0.0 && busy_s - job_s < kExclusiveBelow * busy_s;
    const double by_capacity =
        activity.capacity_cpu_s > 0.0 ? share(job_s, activity.capacity_cpu_s) : by_time;
    const double reserved = exclusive ? 1.0 : by_capacity;

    const double total_j = energy.value();
    const double idle_j = std::clamp((idle_power * duration).value(), 0.0, total_j);
    const double dynamic_j = total_j - idle_j;
    const double job_j = by_time >= 1.0 && reserved >= 1.0
                             ? total_j
                             : std::min(by_time * dynamic_j + reserved * idle_j, total_j);
    // The rest is taken from the total, not summed anew: rounding never makes a share negative.
    const double rest_j = total_j - job_j;
    const double unassigned_j = by_time >= 1.0 ? rest_j : std::min((1.0 - reserved) * idle_j, rest_j);
    return {Joules{job_j}, Joules{unassigned_j}};
}

}  // namespace gramme::meter
