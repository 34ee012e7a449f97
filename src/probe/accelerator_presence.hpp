// Whether this machine has an accelerator that draws power of its own: from the drivers' listings and the
// bus, without waking it.
#pragma once

#include "base/host.hpp"

namespace gramme::probe {

/// A card or a module beside the CPU, measured or not; graphics in the package of the CPU are none. A list of
/// the functions of the bus and a few files: for the start, not for every sample.
[[nodiscard]] bool has_own_accelerator(const Host& host);

}  // namespace gramme::probe
