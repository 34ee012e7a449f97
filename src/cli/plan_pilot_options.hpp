// Options of `gramme plan train --pilot`.
#pragma once

#include <array>

#include "cli/common_options.hpp"

namespace gramme::cli {

inline constexpr OptionSpec kPilot{
    "pilot", "RUN", "A short run of the store that said its steps: the whole is foreseen from it."};
inline constexpr OptionSpec kStepsTotal{
    "steps-total", "N", "How many steps the whole run will have. Default: what the pilot said."};

inline constexpr std::array kPlanPilotOptions{
    kPilot,        kStepsTotal, kRegion, kIntensity,
    kEnergySource, kMix,        kPue,    OptionSpec{"json", "", "Write JSON (schema gramme/plan-pilot/1)."},
    kStore,        kData};

}  // namespace gramme::cli
