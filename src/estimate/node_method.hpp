// What a device that stands for a machine holds, by how it is known. Header only.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace gramme::estimate {

/// False for a sum of CPU, GPU and memory, for a meter of a module, and for psys, of which it is not known:
/// board, fans and power supply are outside of these (docs/method/platform.md).
[[nodiscard]] inline bool holds_board_and_fans(std::string_view method) {
    constexpr std::array<std::string_view, 4> kNarrow{"codecarbon", "grace-module-power",
                                                      "jetson-module-power", "rapl-psys"};
    return std::find(kNarrow.begin(), kNarrow.end(), method) == kNarrow.end();
}

/// A CPU sensor whose figure has the memory in it where no memory stands beside it: a socket of Grace without
/// its rails (docs/method/platform.md#grace).
[[nodiscard]] inline bool holds_memory(std::string_view method) { return method == "grace-power"; }

}  // namespace gramme::estimate
