#include "probe/amd_metrics.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace gramme::probe {
namespace {

constexpr std::size_t kNowhere = 0;  // the header stands there

/// Where the fields lie, in bytes from the beginning.
struct AmdLayout {
    int format;
    int first_content;
    int last_content;
    std::size_t least_size;  ///< a shorter table is another of the same number
    std::size_t energy;
    std::size_t energy_bytes;
    std::size_t power;
    std::size_t utilization;
};

/// 1.6 came twice: first as 1.5 with more behind it (energy at 88), which was taken back, then without the
/// video engines in front and with those of each partition behind: 8 x 168 bytes, by which it is known.
/// Processors' power is in W or mW by revision and chip, and is not needed: it holds that of the CPU.
constexpr std::array<AmdLayout, 8> kAmdLayouts{{
    {1, 0, 0, 0, 36, 4, 34, 28},
    {1, 1, 3, 0, 24, 8, 22, 16},
    {1, 4, 4, 0, 24, 8, 10, 12},
    {1, 5, 5, 0, 88, 8, 10, 12},
    {1, 6, 6, 1664, 16, 8, 10, 12},
    {1, 7, 8, 0, 24, 8, 10, 12},
    {2, 0, 4, 0, kNowhere, 0, kNowhere, kNowhere},
    {3, 0, 0, 0, kNowhere, 0, kNowhere, kNowhere},
}};

/// Little-endian, as the driver of a little-endian machine writes it. All ones: the chip does not fill the
/// field.
std::optional<std::uint64_t> field_at(std::span<const char> bytes, std::size_t at,
                                      std::size_t size) noexcept {
    std::uint64_t value = 0;
    bool all_ones = true;
    for (std::size_t i = 0; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[at + i]);
        value |= static_cast<std::uint64_t>(byte) << (8 * i);
        all_ones = all_ones && byte == 0xff;
    }
    return all_ones ? std::nullopt : std::optional{value};
}

}  // namespace

std::optional<AmdMetrics> parse_amd_metrics(std::span<const char> bytes) noexcept {
    if (bytes.size() < 4) {
        return std::nullopt;
    }
    AmdMetrics metrics;
    metrics.format = static_cast<unsigned char>(bytes[2]);
    metrics.content = static_cast<unsigned char>(bytes[3]);
    const auto* const layout =
        std::find_if(kAmdLayouts.begin(), kAmdLayouts.end(), [&](const AmdLayout& known) {
            return known.format == metrics.format && known.first_content <= metrics.content &&
                   metrics.content <= known.last_content;
        });
    if (layout == kAmdLayouts.end()) {
        return std::nullopt;
    }
    // The table's own length goes before what was read: what lies behind it is not of it.
    const auto stated = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) +
                        256 * static_cast<std::size_t>(static_cast<unsigned char>(bytes[1]));
    if (stated < layout->least_size) {
        return std::nullopt;
    }
    const std::size_t size = std::min(stated, bytes.size());
    const std::size_t needed =
        std::max({layout->energy + layout->energy_bytes, layout->power + 2, layout->utilization + 2});
    if (size < needed) {
        return std::nullopt;
    }
    if (layout->energy_bytes > 0) {
        metrics.energy_counts = field_at(bytes, layout->energy, layout->energy_bytes);
        metrics.energy_range =
            layout->energy_bytes == 4 ? std::uint64_t{std::numeric_limits<std::uint32_t>::max()} : 0;
    }
    if (layout->power != kNowhere) {
        if (const auto watts = field_at(bytes, layout->power, 2)) {
            metrics.power_w = static_cast<double>(*watts);
        }
    }
    constexpr std::uint64_t kAll = 100;
    if (layout->utilization != kNowhere) {
        const auto percent = field_at(bytes, layout->utilization, 2);
        if (percent && *percent <= kAll) {
            metrics.utilization = static_cast<double>(*percent) / kAll;
        }
    }
    return metrics;
}

}  // namespace gramme::probe
