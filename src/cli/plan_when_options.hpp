// Options of `gramme plan when`.
#pragma once

#include <array>

#include "cli/job_options.hpp"

namespace gramme::cli {

inline constexpr std::array kPlanWhenOptions{
    OptionSpec{
        "deadline", "TIME",
        "When the job must be done: 2026-11-28T08:00Z or 2026-11-28T08:00+01:00; a date without a time "
        "is refused. Default: where the forecast ends."},
    OptionSpec{"start-not-before", "TIME", "The earliest start. Default: now."},
    kDevice,
    kInstance,
    kPowerW,
    kEnergyKwh,
    kCount,
    kHours,
    kUtilisation,
    kHost,
    kPowerModel,
    OptionSpec{"region", "REGION",
               "Where the job runs: its PUE, and a note where the forecast is another country's."},
    kPue,
    OptionSpec{"intensity-csv", "FILE",
               "The forecast: a table of times and g CO2e per kWh, - for standard input; "
               "docs/method/intensity-in-time.md says how it looks."},
    OptionSpec{"intensity-live", "PROVIDER",
               "Ask a live provider for the forecast, over the network: neso, for Great Britain. The other "
               "providers of `gramme intensity` tell the past only."},
    kBasis,
    kLiveUrl,
    kLiveTimeout,
    kLiveNoCache,
    OptionSpec{"pause-minutes", "MINUTES",
               "Running time that each resume costs: loading, steps done twice. Default: 10."},
    OptionSpec{"pause-kwh", "KWH", "Energy that each resume takes besides, before PUE. Default: 0."},
    OptionSpec{
        "pause-w", "WATTS",
        "Power of the whole job while it is paused. Default: 0: others use the machine, or it is off."},
    OptionSpec{"least-run-hours", "H",
               "The shortest stretch between two pauses; the last may be shorter. Default: 0."},
    OptionSpec{"format", "FORMAT", "table (default) or json (schema gramme/plan-when/1)."},
    kJson,
    kData,
};

inline constexpr std::string_view kPlanWhenDescription =
    "Finds the start with the least carbon before a deadline from a forecast of the grid, and what pauses "
    "add: "
    "grams, savings and times. Exact for a forecast that is constant within each of its periods. Grams are "
    "those of the grid's average, as for every footprint here; a forecast's own error is not known and none "
    "is "
    "invented.";
inline constexpr std::string_view kPlanWhenExamples =
    "  gramme plan when --device h100 --count 8 --hours 6 --intensity-csv forecast.csv\n"
    "  gramme plan when --power-w 3000 --hours 10 --intensity-live neso --deadline 2026-11-28T08:00Z\n"
    "  gramme plan when --energy-kwh 40 --hours 12 --intensity-csv grid.csv --pause-minutes 5 --json";

}  // namespace gramme::cli
