// Cray pm_counters: energy of the node, its CPUs, memory and accelerators, as the blade controller counts
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/node_meter.hpp"
#include "probe/open_source.hpp"

namespace gramme::probe {

inline constexpr const char* kCrayMethod = "cray-pm-counters";

/// One file: energy, and when the controller wrote it.
struct CrayEnergy {
    std::uint64_t joules = 0;
    std::uint64_t stamp_us = 0;
};

/// "164571 J 1404223150000000 us", one newline at its end at most; nullopt for anything else. Pure, no
/// allocation.
[[nodiscard]] std::optional<CrayEnergy> parse_cray_energy(std::string_view text) noexcept;

/// A file below /sys/cray/pm_counters and the device that it counts.
struct CrayCounter {
    std::string file;  ///< "cpu_energy"
    ProbedDevice device;
};

/// How the counters count: whole joules, renewed 10 times in a second, never wrapping.
[[nodiscard]] meter::CounterSpec cray_spec(Watts max_power);

/// Opens the counters that can be read; nullptr where none of them can. A change of `startup` (the controller
/// began anew) is a reset: a gap, whatever the numbers say. A counter that is not renewed for 5 s fails.
/// Method: docs/method/platform.md#cray. Source: HPE, "User Access to Compute Node Power Data" (docs-csm).
[[nodiscard]] std::unique_ptr<Probe> open_cray_probe(const Host& host, std::vector<CrayCounter> counters,
                                                     SourceReport report);

/// CPU and memory, each where no earlier source counts it.
[[nodiscard]] OpenedSource open_cray_parts(const SourceContext& context);

/// Accelerators, in the scope `machine` only and after every source of GPUs: nothing tells which of them a
/// job uses. Nothing to do where an earlier source or a node meter has the GPUs.
[[nodiscard]] OpenedSource open_cray_accelerators(const SourceContext& context);

/// The whole node, accelerators included.
void find_cray_node(const SourceContext& context, std::vector<NodeMeter>& out);

}  // namespace gramme::probe
