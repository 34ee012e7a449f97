// Options of `gramme sweep`.
#pragma once

#include <array>

#include "cli/common_options.hpp"

namespace gramme::cli {

inline constexpr std::array kSweepOptions{
    OptionSpec{
        "objective-regex", "REGEX",
        "Where the output of a trial says how good it is: the first group is the number, the last line that "
        "matches counts."},
    OptionSpec{"objective-json", "FILE:KEY",
               "Or a JSON file that the trial writes, such as '{dir}/metrics.json:eval.accuracy'."},
    OptionSpec{"maximize", "", "A larger objective is better (default)."},
    OptionSpec{"minimize", "", "A smaller objective is better."},
    OptionSpec{
        "method", "METHOD",
        "random (default); halving: many points with little training, the best of them with more; grid: all "
        "points."},
    OptionSpec{"max-trials", "N", "Points that are tried, with grid at most. Default: 59, with grid all."},
    OptionSpec{"resource", "NUMBER",
               "What {budget} is for a full training, such as epochs. Halving needs it."},
    OptionSpec{"eta", "NUMBER", "Of halving: one in so many goes on, 2 to 10. Default: 3."},
    OptionSpec{"budget", "AMOUNT",
               "No trial begins that would lead beyond it: 500g of CO2e, 2kWh, 3h. Those that run go on."},
    OptionSpec{"jobs", "N", "Trials at the same time. Default: 1."},
    OptionSpec{"trial-timeout", "TIME", "End a trial that takes longer: 90s, 10m, 2h."},
    OptionSpec{"grace", "TIME", "How long a trial has from SIGTERM until it is killed. Default: 5s."},
    OptionSpec{"seed", "N", "The same seed draws the same points. Default: 1."},
    OptionSpec{"dir", "DIR",
               "Where the sweep keeps what it has done. Default: SPACE.sweep in the working folder."},
    OptionSpec{"plot", "FILE", "Write a plot of objective against CO2e as SVG."},
    OptionSpec{"all-trials", "", "Show every trial, not only the best 20."},
    OptionSpec{"json", "", "Write JSON (schema gramme/sweep/1)."},
    OptionSpec{"quiet", "", "Print no line for each trial.", 'q'},
    kProject,
    kRegion,
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    OptionSpec{"interval", "TIME", "Time between two samples of a trial, 10ms to 10s. Default: 1s."},
    OptionSpec{"scope", "SCOPE", "job (default), allocation or machine, as of gramme run."},
    OptionSpec{"remainder", "", "Also estimate what nothing measures, as of gramme run."},
    OptionSpec{"no-argv", "", "Do not keep the command lines of the trials."},
    kStore,
    kData,
};

}  // namespace gramme::cli
