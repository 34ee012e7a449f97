// Meters of a whole node (host0): which of them is used, instead of what, and why not.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "probe/open_source.hpp"

namespace gramme::probe {

inline constexpr const char* kNodeDevice = "host0";

/// One meter that was found, best first in a list of them.
struct NodeMeter {
    SourceReport report;  ///< name and devices
    /// Opens it: one that is not used is not read, which may cost milliseconds in a firmware. Where that
    /// fails it gives nothing, and state, reason and command in the report. Empty: it cannot be used, and
    /// `report` says why. Valid as long as the context that it was found with.
    std::function<std::unique_ptr<Probe>(SourceReport&)> open{};
    std::vector<std::string> warnings{};
    bool holds_gpus = true;
    bool may_leave = false;         ///< a battery: the computer may be plugged in at any moment
    bool only_without_cpu = false;  ///< psys: what it holds depends on the maker's wiring
};

/// What is already counted when the question is put.
struct NodeMeterNeed {
    Scope scope = Scope::kJob;
    bool cpu_counted = false;
    bool memory_counted = false;
    bool separate_gpus = false;  ///< accelerators with a source of their own, which may belong to others
    bool node_counted = false;   ///< by a meter before it in the list
};

/// Why the meter is not used; empty: it is. Rules: docs/method/platform.md#rules. Pure.
[[nodiscard]] std::string_view reason_not_to_use(const NodeMeter& meter, const NodeMeterNeed& need) noexcept;

/// Idle power of the whole machine, for the share of a job: calibrated, else CPUs, memory and board as the
/// tables have them.
void set_node_idle(ProbedDevice& probed, const SourceContext& context);

/// Before the counters of components, in the scope `machine` only: the best meter stands for the machine.
[[nodiscard]] OpenedSource open_node_meter_first(const SourceContext& context);
/// After them and before every model: where nothing counts the CPU; and what was found is reported.
[[nodiscard]] OpenedSource open_node_meter_last(const SourceContext& context);

}  // namespace gramme::probe
