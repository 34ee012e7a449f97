// Idle power of a device from windows in which the machine was quiet. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "units/quantity.hpp"

namespace gramme::meter {

/// Idle watts by device id.
using IdlePowers = std::vector<std::pair<std::string, Watts>>;

/// A window in which the machine was busy for less than this share of its CPUs counts as idle.
inline constexpr double kQuietBelow = 0.02;

/// `busy` is a share of all CPUs, 0 to 1; one that is not known (NaN) is not quiet.
[[nodiscard]] constexpr bool is_quiet(double busy) noexcept {
    return busy < kQuietBelow;
}

/// How quiet the machine was, one number per window.
struct Quiet {
    std::size_t windows = 0;
    std::size_t quiet = 0;
    double mean_busy = 0.0;  ///< of the windows where it is known

    /// At least half of the windows, and one.
    [[nodiscard]] bool enough() const noexcept { return quiet > 0 && 2 * quiet >= windows; }
};
[[nodiscard]] Quiet quiet_of(std::span<const double> busy) noexcept;

/// One window of one device.
struct IdleWindow {
    Seconds duration{};
    Joules energy{};
    double busy = 0.0;  ///< of the machine meanwhile
};

struct IdlePower {
    Watts median{};
    Watts spread{};  ///< between the lower and the upper quartile
    std::size_t windows = 0;
};
/// Of the quiet windows; nothing where there is none. The median, because a short wake-up that /proc/stat
/// rounds away raises some windows and never lowers one. Method: docs/method/attribution.md#calibration
[[nodiscard]] std::optional<IdlePower> idle_power(std::span<const IdleWindow> windows);

}  // namespace gramme::meter
