// AMD GPUs through the files of the kernel's amdgpu driver. Method: docs/method/amd-gpu.md
#pragma once

#include "probe/open_source.hpp"

namespace gramme::probe {

/// Devices "amdgpu0", "amdgpu1", ... by ROCm's indexes. No report on a machine without AMD GPU.
[[nodiscard]] OpenedSource open_amd(const SourceContext& context);

/// A card or a module beside the CPU: graphics in a processor, and MI300A, are none.
[[nodiscard]] bool has_own_amd_gpu(const Host& host);

}  // namespace gramme::probe
