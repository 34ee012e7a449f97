// The battery of a laptop as a meter of the whole machine, while it feeds it.
#pragma once

#include <vector>

#include "probe/node_meter.hpp"

namespace gramme::probe {

/// Batteries of the machine (not of a mouse) together. Readings fail with "on mains" while none of them
/// discharges, one is charged, or a mains supply is online. Method: docs/method/platform.md#battery. Source:
/// Linux Documentation/ABI/testing/sysfs-class-power.
void find_battery(const SourceContext& context, std::vector<NodeMeter>& out);

}  // namespace gramme::probe
