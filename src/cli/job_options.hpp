// Options of the commands about jobs that were not measured: estimate, compare, batch.
#pragma once

#include <array>

#include "cli/common_options.hpp"
#include "cli/live_options.hpp"

namespace gramme::cli {

inline constexpr OptionSpec kDevice{"device", "NAME",
                                    "An accelerator, such as h100 or \"NVIDIA A100-SXM4-80GB\", or a "
                                    "processor, such as \"Xeon Gold 6148\". May be "
                                    "given several times."};
inline constexpr OptionSpec kInstance{"instance", "TYPE",
                                      "A cloud instance, such as aws:p4d.24xlarge, with all that is in it."};
inline constexpr OptionSpec kPowerW{"power-w", "WATTS",
                                    "Power of one unit, measured or known, instead of a device."};
inline constexpr OptionSpec kEnergyKwh{"energy-kwh", "KWH",
                                       "Energy that is known, before PUE. Needs no hours."};
inline constexpr OptionSpec kCount{"count", "N",
                                   "How many of the device, instance or unit before it. Default: 1."};
inline constexpr OptionSpec kHours{"hours", "H", "Wall-clock hours."};
inline constexpr OptionSpec kUtilisation{
    "utilisation", "SHARE",
    "How much of the time the accelerators work, 0 to 1 or 0% to 100%. Default: as a "
    "training usually keeps them. Without accelerators: load of the CPUs."};
inline constexpr OptionSpec kHost{
    "host", "WHICH",
    "The machine around --device: auto (default: a typical one), none, or an instance whose "
    "share is taken."};
inline constexpr OptionSpec kPowerModel{
    "power-model", "MODEL",
    "typical (default): what trainings were measured to draw; tdp: the board limit for the whole time."};
inline constexpr OptionSpec kIntensityCsv{
    "intensity-csv", "FILE",
    "Grid intensities over time: each hour's energy is costed with that hour's. --region or --intensity hold "
    "where the file says nothing."};
inline constexpr OptionSpec kIntensityLive{
    "intensity-live", "PROVIDER",
    "Ask a live provider for the intensities, over the network: electricitymaps:ZONE, watttime:ZONE or neso; "
    "see `gramme intensity --help`."};
inline constexpr OptionSpec kYear{"year", "YEAR", "Grid intensity of that year, or the newest before it."};
inline constexpr OptionSpec kBasis{
    "basis", "BASIS",
    "lifecycle or direct: what power stations burn, without fuel supply and construction. Default: lifecycle "
    "where the place has such a figure, else direct."};

inline constexpr OptionSpec kEquivalences{
    "equivalences", "KEYS",
    "What the carbon is compared to: all, none, or keys such as car_km,laptop. Default: what gives human "
    "numbers."};

inline constexpr std::array kEstimateOptions{
    kDevice,
    kInstance,
    kPowerW,
    kEnergyKwh,
    kCount,
    kHours,
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
    kIntensityCsv,
    kIntensityLive,
    kLiveUrl,
    kLiveTimeout,
    kLiveNoCache,
    OptionSpec{
        "start", "TIME",
        "With an intensity over time: when the job starts, 2026-11-23T09:00Z. Default: where that starts."},
    OptionSpec{
        "water", "WHETHER",
        "on (default) or off: the water that cooling and power stations evaporate, on a line of its own."},
    OptionSpec{
        "profile", "TOOL",
        "Also what another calculator says of the same job, by its own arithmetic: mlco2, codecarbon or "
        "green-algorithms."},
    OptionSpec{"embodied", "WHETHER",
               "on (default) or off: the carbon of making the hardware, on a line of its own."},
    OptionSpec{"lifetime", "YEARS", "How long the hardware is used. Default: 4."},
    kEquivalences,
    OptionSpec{"format", "FORMAT",
               "table (default), json (schema gramme/footprint/1) or csv: a head and one line."},
    kJson,
    kData,
};

inline constexpr std::array kCompareOptions{
    OptionSpec{"regions", "WHICH",
               "all, countries, a provider (aws, gcp, azure, ...), a list such as aws:eu-west-3,FRA, or a "
               "file with one "
               "place per line."},
    OptionSpec{"devices", "LIST",
               "Devices, with commas between them or in a file, each in the place of --device."},
    OptionSpec{"instances", "LIST", "Instances, likewise."},
    OptionSpec{"energy-sources", "LIST", "all, or energy sources with commas between them."},
    OptionSpec{"years", "LIST", "Years or ranges of them: 2015-2024."},
    kDevice,
    kInstance,
    kPowerW,
    kEnergyKwh,
    kCount,
    kHours,
    kUtilisation,
    kHost,
    kPowerModel,
    OptionSpec{"region", "REGION", "Where the job is now: the saving is told from there."},
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    kYear,
    kBasis,
    OptionSpec{"all-rows", "", "Show every row of a long table."},
    kFormat,
    kJson,
    kData,
};

inline constexpr std::array kBatchOptions{
    OptionSpec{"out", "FILE", "Write the table there, whole or not at all. Default: standard output."},
    OptionSpec{"rejects", "FILE", "Write bad rows there, with their line and the reason."},
    OptionSpec{"keep-going", "", "Exit with 0 although there were bad rows."},
    OptionSpec{
        "map", "MAP",
        "A ready map (slurm, aws, azure, gcp, focus), or OURS=THEIRS[:UNIT], such as hours=duration:min. May "
        "be given "
        "several times."},
    OptionSpec{"group-by", "COLUMN",
               "Also sum the rows by this column; the table of sums goes to standard error."},
    OptionSpec{"summary", "FILE", "Write the sums of --group-by there as CSV."},
    OptionSpec{"format", "FORMAT",
               "csv, ndjson or parquet. Default: by the name of the file and its first bytes."},
    OptionSpec{"separator", "CHARACTER",
               "Between the fields: , ; | : or tab. Default: the one that the header holds most."},
    OptionSpec{
        "threads", "N",
        "Threads that compute, 1 to 16. Default: one for each CPU, at most 16. The result is the same."},
    OptionSpec{"device", "NAME", "The accelerator of rows that name none."},
    OptionSpec{"instance", "TYPE", "The instance of rows that name none."},
    OptionSpec{"power-w", "WATTS", "The power of one unit, for rows that say neither power nor hardware."},
    OptionSpec{"cpu-w", "WATTS", "Power of one CPU, for Slurm's jobs without GPUs."},
    OptionSpec{"hours", "H", "The hours of rows that say none."},
    kUtilisation,
    kHost,
    kPowerModel,
    OptionSpec{"region", "REGION", "The region of rows that name none."},
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    kYear,
    kBasis,
    kData,
};

}  // namespace gramme::cli
