// The table that the amdgpu driver shows in /sys/class/drm/cardN/device/gpu_metrics: energy, power and use.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace gramme::probe {

/// What one table says. A field that the chip does not fill is absent, never zero.
struct AmdMetrics {
    int format = 0;   ///< 1: a card; 2 and 3: a processor with graphics, whose table has no energy
    int content = 0;  ///< its revision
    std::optional<std::uint64_t> energy_counts;  ///< 2^-16 J each, since the driver was loaded or before
    std::uint64_t energy_range = 0;              ///< above which the counter begins anew; 0: 64 bits, never
    std::optional<double> power_w;               ///< of the whole board, as far as the chip sees it
    std::optional<double> utilization;           ///< of the compute and graphics engines, 0..1

    /// Its power would hold that of the CPU cores of the same package, and is not read.
    [[nodiscard]] bool is_processor() const { return format == 2 || format == 3; }
};

/// Joules of one count: "15.259uJ (2^-16) units".
inline constexpr double kAmdJoulesPerCount = 1.0 / 65536.0;
/// Enough for the fields that are read, whatever the length of the table.
inline constexpr std::size_t kAmdMetricsBytes = 128;

/// The first bytes of the file. Nothing for a table that is too short for what its revision holds, or of a
/// revision whose layout is not known here. Source: Linux drivers/gpu/drm/amd/include/kgd_pp_interface.h,
/// struct gpu_metrics_v*.
[[nodiscard]] std::optional<AmdMetrics> parse_amd_metrics(std::span<const char> bytes) noexcept;

}  // namespace gramme::probe
