#include "meter/idle_power.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::meter {
namespace {

/// Of sorted values, between the two nearest.
double quantile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

}  // namespace

Quiet quiet_of(std::span<const double> busy) noexcept {
    Quiet out;
    out.windows = busy.size();
    std::size_t known = 0;
    for (const double share : busy) {
        out.quiet += is_quiet(share) ? 1U : 0U;
        if (std::isfinite(share)) {
            out.mean_busy += share;
            ++known;
        }
    }
    out.mean_busy = known > 0 ? out.mean_busy / static_cast<double>(known) : 0.0;
    return out;
}

std::optional<IdlePower> idle_power(std::span<const IdleWindow> windows) {
    std::vector<double> watts;
    for (const IdleWindow& window : windows) {
        if (is_quiet(window.busy) && window.duration.count() > 0.0) {
            watts.push_back((window.energy / window.duration).value());
        }
    }
    if (watts.empty()) {
        return std::nullopt;
    }
    std::sort(watts.begin(), watts.end());
    return IdlePower{Watts{quantile(watts, 0.5)}, Watts{quantile(watts, 0.75) - quantile(watts, 0.25)},
                     watts.size()};
}

}  // namespace gramme::meter
