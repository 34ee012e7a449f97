// Sensors of a whole node beside Cray's and Grace's: ACPI meter, Jetson module, battery, psys.
#pragma once

#include <string_view>
#include <vector>

#include "probe/hwmon.hpp"
#include "probe/node_meter.hpp"

namespace gramme::probe {

/// The rail that feeds a Jetson module. Source: NVIDIA, "Jetson Linux Developer Guide", power monitors.
inline constexpr std::string_view kJetsonInput = "VDD_IN";

/// The one meter of the firmware that is not Grace's; of several, nothing tells what each of them holds.
/// Source: Linux Documentation/hwmon/acpi_power_meter.rst. Method: docs/method/platform.md#acpi
void find_acpi_meter(const SourceContext& context, const std::vector<HwmonChip>& chips,
                     std::vector<NodeMeter>& out);

void find_jetson_module(const SourceContext& context, const std::vector<HwmonChip>& chips,
                        std::vector<NodeMeter>& out);

/// All psys zones of powercap together. Method: docs/method/platform.md#psys
void find_psys(const SourceContext& context, std::vector<NodeMeter>& out);

}  // namespace gramme::probe
