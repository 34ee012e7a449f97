// Options of `gramme plan search` and `gramme sweep`.
#pragma once

#include <array>

#include "cli/job_options.hpp"

namespace gramme::cli {

inline constexpr std::array kPlanSearchOptions{
    OptionSpec{"best", "SHARE", "The best part of the space that is aimed at. Default: 5%."},
    OptionSpec{"confidence", "SHARE", "How sure one draw is to be in it. Default: 95%."},
    OptionSpec{"eta", "NUMBER", "Of halving and Hyperband: one in so many goes on, 2 to 10. Default: 3."},
    OptionSpec{
        "resource", "NUMBER",
        "Of Hyperband: how many of the smallest budgets, such as epochs, a full training is. Default: 81."},
    OptionSpec{
        "narrow", "NAME=ROOM",
        "Also what less room for a parameter saves: lr=0.001:0.01, optimizer=adam,sgd. May be given several "
        "times."},
    OptionSpec{"pilot", "RUN", "A run of the store that was one training: what each costs."},
    OptionSpec{"pilot-share", "SHARE", "The pilot was only this share of a training. Default: 100%."},
    kDevice,
    kInstance,
    kPowerW,
    OptionSpec{"energy-kwh", "KWH", "Energy of one training, before PUE."},
    kCount,
    OptionSpec{"hours", "H", "Wall-clock hours of one training."},
    kUtilisation,
    kHost,
    kPowerModel,
    kRegion,
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    kYear,
    kBasis,
    OptionSpec{"json", "", "Write JSON (schema gramme/plan-search/1)."},
    kStore,
    kData,
};

}  // namespace gramme::cli
