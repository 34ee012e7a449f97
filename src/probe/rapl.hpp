// RAPL energy counters of CPU packages and memory, through perf where it is allowed, else through powercap.
#pragma once

#include "probe/open_source.hpp"

namespace gramme::probe {

/// Opens every counter that the power PMU lists, and of those that choose_counters() names the ones that perf
/// does not give: each piece of silicon once. A powercap counter that is there but cannot be read, while
/// others can, stays a device whose readings all fail: a gap, never a zero. None readable: no probe, and the
/// reports (kRefused: permission, hidden by a container; kAbsent: virtual machine, no driver) name counters
/// and remedies. Method: docs/method/energy.md. Sources: Linux Documentation/power/powercap/powercap.rst,
/// arch/x86/events/rapl.c.
[[nodiscard]] OpenedSource open_rapl(const SourceContext& context);

}  // namespace gramme::probe
