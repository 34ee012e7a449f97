// The management library of Intel's Gaudi (HLML) under the names of NVIDIA's: its functions have the same
// forms, units and error codes.
#pragma once

#include <memory>

#include "base/host.hpp"

namespace gramme::probe {

/// symbol("nvmlDeviceGetPowerUsage") is hlml_device_get_power_usage; nullptr for what HLML has no counterpart
/// of. Source: github.com/HabanaAI/gohlml, hlml.h (signatures, hlml_return_t); mW, and mJ since the driver
/// was loaded.
[[nodiscard]] std::unique_ptr<Library> as_nvml(std::unique_ptr<Library> hlml);

}  // namespace gramme::probe
