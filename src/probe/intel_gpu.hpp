// Intel GPUs through the energy counters of their monitoring chip. Method: docs/method/intel-gpu.md
#pragma once

#include "probe/open_source.hpp"

namespace gramme::probe {

/// Devices "intelgpu0", "intelgpu1", ... of cards of their own, by the number of their DRM card. No report on
/// a machine without Intel GPU; graphics inside a processor are in its package and give no device.
[[nodiscard]] OpenedSource open_intel_gpus(const SourceContext& context);

/// A card beside the CPU.
[[nodiscard]] bool has_own_intel_gpu(const Host& host);

}  // namespace gramme::probe
