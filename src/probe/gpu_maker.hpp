// What differs between the makers of accelerators whose driver library has the form of NVIDIA's.
#pragma once

#include <string>
#include <string_view>

namespace gramme::probe {

/// Static texts.
struct GpuMaker {
    std::string_view source;          ///< of the report: "nvml"
    std::string_view id;              ///< "gpu": devices are gpu0, gpu1, ...
    std::string_view unnamed;         ///< a device whose name the driver does not tell
    std::string_view group;           ///< before the name: devices that share part of their gain error
    std::string_view counter_method;  ///< "nvml-energy-counter"
    std::string_view power_method;    ///< "nvml-power-integrated"
    std::string_view page;            ///< of docs/method
    std::string_view words;           ///< before an error of the library: "NVML"
    std::string_view stuck;           ///< why power is read in the place of a counter
    std::string_view no_answer;
    bool nvidia =
        true;  ///< sleeping GPUs, slices, CUDA's variables and models without a library are NVIDIA's
    std::string_view ask = "nvidia-smi   # does the driver answer? If not: dmesg, and a reboot";
};

inline constexpr GpuMaker kNvidia{"nvml",
                                  "gpu",
                                  "NVIDIA GPU",
                                  "nvml:",
                                  "nvml-energy-counter",
                                  "nvml-power-integrated",
                                  "docs/method/nvml.md",
                                  "NVML",
                                  "NVML: the energy counter stands still",
                                  "NVML: the driver did not answer",
                                  true};
inline constexpr GpuMaker kHabana{"gaudi-hlml",
                                  "gaudi",
                                  "Intel Gaudi",
                                  "gaudi:",
                                  "gaudi-energy-counter",
                                  "gaudi-power-integrated",
                                  "docs/method/gaudi.md",
                                  "HLML",
                                  "HLML: the energy counter stands still",
                                  "HLML: the driver did not answer",
                                  false,
                                  "hl-smi   # does the driver answer? If not: dmesg, and a reboot"};

}  // namespace gramme::probe
