// Power of a GPU that cannot be asked, from the power limit of its board. Pure.
#pragma once

#include "units/quantity.hpp"

namespace gramme::meter {

/// Which part of what lies between idle power and limit a GPU in training draws. 0.76 +- 0.15. Source: arXiv
/// 2506.14551 (training on H100: 76 % of the rated power). Method: docs/method/nvml.md#model
inline constexpr double kTrainingShare = 0.76;

/// Relative standard uncertainty of the modelled power: twice it, 40 %, holds the 27 to 37 % by which
/// estimates from rated power erred in the same study.
inline constexpr double kGpuModelSigma = 0.20;

/// P = idle + 0.76 x (limit - idle), while the job is taken to use it. `idle` at most `limit`.
[[nodiscard]] constexpr Watts training_power(Watts limit, Watts idle) noexcept {
    return idle + kTrainingShare * (limit - idle);
}

}  // namespace gramme::meter
