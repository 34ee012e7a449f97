// Intel Gaudi accelerators through their management library. Method: docs/method/gaudi.md
#pragma once

#include <optional>
#include <string>

#include "probe/gpu_selection.hpp"
#include "probe/open_source.hpp"

namespace gramme::probe {

/// Devices "gaudi0", ..., read on a thread of their own. No report on a machine without the driver.
[[nodiscard]] OpenedSource open_gaudi(const SourceContext& context);

/// HABANA_VISIBLE_DEVICES, else HABANA_VISIBLE_MODULES where it names all; of `count` accelerators. Pure.
[[nodiscard]] GpuSelection select_gaudis(const std::optional<std::string>& devices,
                                         const std::optional<std::string>& modules, std::size_t count);

}  // namespace gramme::probe
