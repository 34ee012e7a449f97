#include "probe/hlml_library.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gramme::probe {
namespace {

constexpr std::array<std::pair<std::string_view, const char*>, 11> kHlmlNames{{
    {"nvmlInit_v2", "hlml_init"},
    {"nvmlShutdown", "hlml_shutdown"},
    {"nvmlSystemGetDriverVersion", "hlml_get_driver_version"},
    {"nvmlDeviceGetCount_v2", "hlml_device_get_count"},
    {"nvmlDeviceGetHandleByIndex_v2", "hlml_device_get_handle_by_index"},
    {"nvmlDeviceGetName", "hlml_device_get_name"},
    {"nvmlDeviceGetUUID", "hlml_device_get_uuid"},
    {"nvmlDeviceGetTotalEnergyConsumption", "hlml_device_get_total_energy_consumption"},
    {"nvmlDeviceGetPowerUsage", "hlml_device_get_power_usage"},
    {"nvmlDeviceGetEnforcedPowerLimit", "hlml_device_get_power_management_default_limit"},
    {"nvmlDeviceGetUtilizationRates", "hlml_device_get_utilization_rates"},
}};

class HlmlLibrary final : public Library {
public:
    explicit HlmlLibrary(std::unique_ptr<Library> hlml) : hlml_(std::move(hlml)) {}

    [[nodiscard]] void* symbol(const char* name) const override {
        const auto* const known = std::find_if(kHlmlNames.begin(), kHlmlNames.end(),
                                               [&](const auto& one) { return one.first == name; });
        return known == kHlmlNames.end() ? nullptr : hlml_->symbol(known->second);
    }

private:
    std::unique_ptr<Library> hlml_;
};

}  // namespace

std::unique_ptr<Library> as_nvml(std::unique_ptr<Library> hlml) {
    return std::make_unique<HlmlLibrary>(std::move(hlml));
}

}  // namespace gramme::probe
