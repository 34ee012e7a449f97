// Options of `gramme plan train` and `gramme plan reuse`.
#pragma once

#include <array>

#include "cli/job_options.hpp"
#include "cli/plan_pilot_options.hpp"

namespace gramme::cli {

inline constexpr OptionSpec kParameters{"parameters", "N",
                                        "Parameters of the model, embeddings included: 350M, 7B."};
inline constexpr OptionSpec kActiveParameters{"active-parameters", "N",
                                              "Of a mixture of experts: those that work on one token."};
inline constexpr OptionSpec kLayers{"layers", "L",
                                    "With the two below: attention between tokens is counted."};
inline constexpr OptionSpec kHidden{"hidden", "WIDTH",
                                    "Heads x head size, mostly the hidden size: 4096, or 48x256."};
inline constexpr OptionSpec kSequenceLength{"sequence-length", "T", "Tokens that attend to each other."};
inline constexpr OptionSpec kPrecision{"precision", "BITS",
                                       "16 (default), 32 or 8: which peak of the device counts."};
inline constexpr OptionSpec kTrainDevice{"device", "NAME", "The accelerator, such as h100."};
inline constexpr OptionSpec kTrainInstance{
    "instance", "TYPE", "Or a cloud instance with accelerators, such as aws:p4d.24xlarge."};
inline constexpr OptionSpec kTrainCount{"count", "N",
                                        "How many of them: says how long one waits. Default: not said."};
inline constexpr OptionSpec kTrainPowerW{
    "power-w", "WATTS", "Power of one device with its share of the machine, measured or known."};
inline constexpr OptionSpec kMfu{"mfu", "SHARE",
                                 "Share of the peak that the model's operations reach: 0.4, or 0.3..0.45. "
                                 "Default: that of published trainings on such devices, with its range."};
inline constexpr OptionSpec kEmbodied{
    "embodied", "WHETHER", "on (default) or off: the carbon of making the hardware, on a line of its own."};
inline constexpr OptionSpec kLifetime{"lifetime", "YEARS", "How long the hardware is used. Default: 4."};
inline constexpr OptionSpec kPlanFormat{"format", "FORMAT", "table (default) or json."};

inline constexpr std::array kPlanTrainOptions{
    kPilot,
    kStepsTotal,
    kParameters,
    kActiveParameters,
    OptionSpec{"tokens", "N", "Tokens that it is trained on, repeats included: 300B, 2T."},
    kLayers,
    kHidden,
    kSequenceLength,
    OptionSpec{
        "method", "METHOD",
        "full (default): all weights learn; lora: small matrices beside frozen weights; frozen: only a "
        "head."},
    OptionSpec{"head-parameters", "N", "With --method frozen: parameters that learn."},
    OptionSpec{
        "recompute", "",
        "Activations are computed again on the way back: said of the operations, and counts with --hfu."},
    kPrecision,
    kTrainDevice,
    kTrainInstance,
    kTrainCount,
    kTrainPowerW,
    kMfu,
    OptionSpec{"hfu", "SHARE", "The same with what is computed again (see --recompute)."},
    OptionSpec{
        "tokens-per-second", "RATE",
        "Measured, of all devices together: 52000, or a range 48k..55k. Better than any share of a peak."},
    OptionSpec{"device-tokens-per-second", "RATE", "The same of one device."},
    OptionSpec{"times", "FACTOR",
               "How many times this training all trainings of the project take: 2, or 1.5..2.7."},
    kHost,
    kPowerModel,
    kRegion,
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    kYear,
    kBasis,
    kEmbodied,
    kLifetime,
    kEquivalences,
    OptionSpec{"format", "FORMAT", "table (default), json or csv: a head and one line."},
    kJson,
    kStore,
    kData,
};

inline constexpr std::array kPlanReuseOptions{
    kParameters,
    kActiveParameters,
    OptionSpec{"tokens", "N", "Tokens of the pre-training. Default: 20 for each parameter."},
    OptionSpec{"continued-tokens", "N",
               "Of continued pre-training: 50B, or a range. Default: 5 % to 25 % of these."},
    OptionSpec{
        "fine-tune-tokens", "N",
        "Of one fine-tuning, repeats included: 5M, or a range. Default: 1 / 45000 to 1 / 400 of those of the "
        "pre-training."},
    OptionSpec{"hosted-wh", "WH", "Energy of one use of a hosted model, before PUE. Default: 0.047..0.24."},
    OptionSpec{"own-wh", "WH", "The same of a model of one's own. Default: a tenth of it."},
    OptionSpec{"uses", "N", "Uses of the model: training and using are added up."},
    OptionSpec{
        "shared-by", "N",
        "How many models stand on the pre-trained one: each bears a part of it. Default: others did it, and "
        "none is counted."},
    kLayers,
    kHidden,
    kSequenceLength,
    kPrecision,
    kTrainDevice,
    kTrainInstance,
    kTrainCount,
    kTrainPowerW,
    kMfu,
    kHost,
    kPowerModel,
    kRegion,
    kIntensity,
    kEnergySource,
    kMix,
    kPue,
    kYear,
    kBasis,
    kEmbodied,
    kLifetime,
    kPlanFormat,
    kJson,
    kData,
};

}  // namespace gramme::cli
