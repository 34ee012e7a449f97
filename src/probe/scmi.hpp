// Arm SCMI: power of zones and sensors that the firmware names as it likes.
#pragma once

#include <cstdint>
#include <string_view>

#include "probe/open_source.hpp"

namespace gramme::probe {

/// What a name that firmware gave a zone or rail speaks of, by its whole words: "core-12", "SOC_PWR". Those
/// up to kCore are inside one another, widest first; kOther: it does not tell. Pure.
enum class RailWord : std::uint8_t { kPackage, kSoc, kSocket, kCpu, kCluster, kCore, kMemory, kOther };
[[nodiscard]] RailWord rail_word(std::string_view label);

/// CPU and memory by the names of powercap's top zones (arm-scmi-powercap:N, power only), else of the sensors
/// of scmi_sensors. A zone of the whole chip goes before those of its cores, never beside them. What no name
/// tells is listed as available. Source: Linux drivers/powercap/arm_scmi_powercap.c,
/// drivers/hwmon/scmi-hwmon.c. Method: docs/method/platform.md#other-sensors
[[nodiscard]] OpenedSource open_scmi(const SourceContext& context);

/// Sensors of power that are there and not counted: boards name their rails as they like.
[[nodiscard]] OpenedSource report_other_sensors(const SourceContext& context);

}  // namespace gramme::probe
