#include "present/gpu_names.hpp"

#include <algorithm>
#include <utility>

namespace gramme::present {

std::vector<std::string> gpu_names(const RunRecord& run, const Footprint& footprint) {
    if (run.imported) {
        return run.host.gpu_models;
    }
    std::vector<std::string> names;
    for (const Part& part : footprint.parts) {
        if (part.device.kind == DeviceKind::kGpu) {
            names.push_back(part.device.name);
        }
    }
    return names;
}

std::string counted_names(const std::vector<std::string>& names) {
    std::vector<std::pair<std::string, int>> counts;
    for (const std::string& name : names) {
        const auto known =
            std::find_if(counts.begin(), counts.end(), [&](const auto& one) { return one.first == name; });
        if (known != counts.end()) {
            ++known->second;
        } else if (!name.empty()) {
            counts.emplace_back(name, 1);
        }
    }
    std::string text;
    for (const auto& [name, count] : counts) {
        text += (text.empty() ? "" : ", ") + std::to_string(count) + " x " + name;
    }
    return text;
}

}  // namespace gramme::present
