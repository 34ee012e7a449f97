// CPU and memory power modelled from how busy the machine is, where no counter can be read.
#pragma once

#include "probe/open_source.hpp"

namespace gramme::probe {

/// Device::method of the whole machine by a wall meter's curve, and the name of that source.
inline constexpr const char* kWallMethod = "wall-meter-curve";

/// Gives a modelled CPU unless `cpu_covered`, and modelled memory unless `memory_covered`; always something
/// for each of them; or, where neither is covered and a wall meter's curve is there, one device for the whole
/// machine (docs/method/wall-meter.md). Load unknown (no /proc/stat): half load is assumed, with a warning.
/// Number of CPUs or size of memory unknown: a device whose readings all fail, so that a gap says so. Method:
/// docs/method/cpu-model.md.
[[nodiscard]] OpenedSource open_load(const SourceContext& context);

}  // namespace gramme::probe
