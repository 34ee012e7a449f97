// Options of `gramme plan where`.
#pragma once

#include <array>

#include "cli/job_options.hpp"

namespace gramme::cli {

inline constexpr std::array kPlanWhereOptions{
    OptionSpec{"regions", "WHICH",
               "Places to choose from: all, countries, a provider (aws, gcp, azure, ...), a list such as "
               "aws:eu-west-3,FRA, or a file with one place per line. Default: --region."},
    OptionSpec{"devices", "LIST",
               "Devices to choose from, with commas between them or in a file. Default: the "
               "job's."},
    OptionSpec{"instances", "LIST",
               "Instances to choose from, likewise; each only in its provider's regions."},
    OptionSpec{"counts", "LIST", "How many of them, with commas: 4,8,16. Default: as many as the job has."},
    OptionSpec{"prices", "FILE",
               "What an hour of one costs: CSV with device or instance, region (empty: everywhere), "
               "price_per_hour, currency."},
    OptionSpec{
        "speed", "HARDWARE=RATIO",
        "Measured throughput of one, that of the job's hardware being 1: a100=0.45. May be given several "
        "times. Default: by peak 16-bit rates."},
    OptionSpec{"efficiency", "SHARE",
               "What is kept of the throughput when the count doubles, 0.5 to 1. Default: 0.95."},
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
    kPue,
    kYear,
    kBasis,
    OptionSpec{"all-rows", "", "Show every row of a long table."},
    OptionSpec{"format", "FORMAT", "table (default) or json (schema gramme/plan-where/1)."},
    kJson,
    kData,
};

inline constexpr std::string_view kPlanWhereDescription =
    "Works out one job in every place, on every hardware and with every count that is named: carbon on one "
    "basis, hours, and money where prices are given. Marks the ways that no other beats in all of these "
    "together, and says of every other which one does. Hours on other hardware follow its peak rate, or the "
    "measured ratio that --speed gives.";
inline constexpr std::string_view kPlanWhereExamples =
    "  gramme plan where --device h100 --count 8 --hours 120 --region us-east-1 --regions aws\n"
    "  gramme plan where --device a100 --count 8 --hours 100 --regions FRA,SWE --devices a100,h100 --counts "
    "4,8,16\n"
    "  gramme plan where --instance aws:p4d.24xlarge --hours 24 --regions aws --prices prices.csv --json";

}  // namespace gramme::cli
