// Whether there can be an NVIDIA GPU here, and whether it sleeps: from files alone, without waking it.
#pragma once

#include <string>
#include <vector>

#include "base/host.hpp"

namespace gramme::probe {

/// A few look-ups of names: no list, no library, nothing that could block.
[[nodiscard]] bool has_nvidia_driver(const Host& host);

/// PCI functions that are NVIDIA display controllers ("/sys/bus/pci/devices/0000:01:00.0"). Empty where none
/// is shown.
[[nodiscard]] std::vector<std::string> nvidia_gpu_paths(const Host& host);

/// True where every one of them is runtime-suspended (a laptop's second GPU at rest): a driver library would
/// wake it and keep it awake. Source: Linux Documentation/ABI/testing/sysfs-devices-power (runtime_status).
[[nodiscard]] bool all_suspended(const Host& host, const std::vector<std::string>& gpu_paths);

}  // namespace gramme::probe
