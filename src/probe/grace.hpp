// NVIDIA Grace: sensors of power of its sockets, which the ACPI meter driver shows by their labels.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "probe/hwmon.hpp"
#include "probe/node_meter.hpp"

namespace gramme::probe {

/// What a label names: the superchip with its GPU, the CPU socket with its memory, or a rail inside the
/// latter.
struct GraceSensor {
    enum class What : std::uint8_t { kModule, kSocket, kCpuRail, kSysIoRail };
    What what = What::kSocket;
    int socket = 0;
};

/// "CPU Power Socket 1"; nullopt for any other text. Pure. Source: NVIDIA, "Grace Performance Tuning Guide",
/// power telemetry.
[[nodiscard]] std::optional<GraceSensor> parse_grace_label(std::string_view text) noexcept;

/// Each socket: CPU and system rails are the CPU, the rest of the socket is its memory; without both rails
/// one device stands for the two. What the module uses is not read here: the GPU is in it. Method:
/// docs/method/platform.md#grace
[[nodiscard]] OpenedSource open_grace(const SourceContext& context);

/// Whether a sensor of a whole module is shown.
[[nodiscard]] bool has_grace_module(const Host& host);

/// All modules of the machine together: CPUs, memory and GPUs.
void find_grace_modules(const SourceContext& context, const std::vector<HwmonChip>& chips,
                        std::vector<NodeMeter>& out);

}  // namespace gramme::probe
