#include "estimate/dominant.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace gramme::estimate {
namespace {

struct Input {
    std::string name;
    double variance = 0.0;
    const Part* part = nullptr;  ///< one of the group; nullptr for a factor
};

std::string cpu_or_memory_remedy(const Part& part, const HostFacts& host) {
    const std::string what = part.device.kind == DeviceKind::kMemory ? "memory" : "CPU";
    if (part.device.quality == Quality::kMeasured) {
        return "what remains is the " + what +
               " counter's own gain error; a power meter at the machine would lower it";
    }
    if (!host.virtualisation.empty()) {
        return "a virtual machine shows no energy counter: run on the host or on a bare-metal instance, see "
               "`gramme doctor`";
    }
    if (part.device.kind == DeviceKind::kMemory) {
        return "measure the memory instead of modelling it, where the machine has a DRAM counter: run "
               "`gramme "
               "doctor`";
    }
    return "measure the CPU instead of modelling it (RAPL): run `gramme doctor`";
}

std::string device_remedy(const Part& part, const HostFacts& host) {
    switch (part.device.kind) {
        case DeviceKind::kCpu:
        case DeviceKind::kMemory: return cpu_or_memory_remedy(part, host);
        case DeviceKind::kGpu:
            if (part.device.quality == Quality::kMeasured || part.device.quality == Quality::kIntegrated) {
                return "what remains is the gain error of the GPU's own sensor; a power meter at the machine "
                       "would lower it";
            }
            return "measure the GPU instead of modelling it: run `gramme doctor`";
        case DeviceKind::kPlatform: return "a calibrated power meter at the machine would lower it";
    }
    return "";
}

std::string intensity_remedy(const IntensityFactor& intensity) {
    if (!intensity.region_known) {
        return "say where the machine is: --region (for example --region FRA or --region aws:eu-west-3)";
    }
    if (intensity.in_time) {
        return "what remains is the uncertainty of the intensities over time themselves";
    }
    if (intensity.zone == "mix") {
        return "what remains is how far plants of one kind differ; a figure for your own: --intensity";
    }
    if (intensity.fell_back_to_country) {
        return "give the intensity of your own grid in g/kWh: --intensity";
    }
    return "give the mean intensity of your grid over the hours of the run, in g/kWh: --intensity";
}

}  // namespace

std::optional<DominantUncertainty> dominant_of(std::span<const PartVariance> parts, const Factors& factors,
                                               const HostFacts& host) {
    std::vector<Input> inputs;
    inputs.push_back({"intensity", factors.intensity.sigma_ln * factors.intensity.sigma_ln, nullptr});
    inputs.push_back({"pue", factors.pue.sigma_ln * factors.pue.sigma_ln, nullptr});
    for (const PartVariance& one : parts) {
        const Device& device = one.part->device;
        const std::string& name = device.group.empty() ? device.id : device.group;
        const auto known = std::find_if(inputs.begin() + 2, inputs.end(),
                                        [&](const Input& input) { return input.name == name; });
        if (known == inputs.end()) {
            inputs.push_back({name, one.variance, one.part});
        } else {
            known->variance += one.variance;
        }
    }
    double total = 0.0;
    for (const Input& input : inputs) {
        total += input.variance;
    }
    if (!(total > 0.0)) {
        return std::nullopt;
    }
    const auto widest = std::max_element(
        inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.variance < b.variance; });
    DominantUncertainty dominant{widest->name, 100.0 * widest->variance / total, ""};
    if (widest->part != nullptr) {
        dominant.remedy = device_remedy(*widest->part, host);
    } else if (widest->name == "pue") {
        dominant.remedy = "give the PUE of your site: --pue";
    } else {
        dominant.remedy = intensity_remedy(factors.intensity);
    }
    return dominant;
}

}  // namespace gramme::estimate
