// RAPL energy counters of CPU packages and memory, through powercap.
#pragma once

#include "probe/open_source.hpp"

namespace gramme::probe {

/// Opens every counter that choose_counters() names. A counter that is there but cannot be read, while others
/// can, stays a device whose readings all fail: a gap, never a zero. None readable: no probe, and the report
/// (kRefused: permission, hidden by a container; kAbsent: virtual machine, no driver) names zones and
/// remedies. Method: docs/method/energy.md. Source: Linux Documentation/power/powercap/powercap.rst.
[[nodiscard]] OpenedSource open_rapl(const SourceContext& context);

}  // namespace gramme::probe
