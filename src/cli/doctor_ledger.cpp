#include "cli/doctor_ledger.hpp"

#include <algorithm>
#include <variant>

namespace gramme::cli {

Watts typical_power(const meter::MeterSpec& meter) {
    if (const auto* model = std::get_if<meter::LoadModel>(&meter.energy)) {
        return (model->idle + model->full) * 0.5;
    }
    constexpr double kShareOfLimit = 1.0 / 3.0;
    const auto* counter = std::get_if<meter::CounterSpec>(&meter.energy);
    const Watts most =
        counter != nullptr ? counter->max_power : std::get<meter::PowerSpec>(meter.energy).max_power;
    return std::max(most * kShareOfLimit, meter.idle_power);
}

Ledger typical_ledger(const probe::Discovery& found) {
    constexpr Seconds kHour = std::chrono::hours{1};
    Ledger ledger;
    for (const auto& probe : found.probes) {
        for (std::size_t i = 0; i < probe->device_count(); ++i) {
            probe::ProbedDevice probed = probe->device(i);
            probed.device.membership =
                probe->membership(i) == Membership::kOut ? Membership::kOut : Membership::kIn;
            Window window;
            window.device = static_cast<std::uint16_t>(ledger.devices.size());
            window.quality = probed.device.quality;
            window.to_ns = std::chrono::duration_cast<Nanoseconds>(kHour).count();
            window.energy = typical_power(probed.meter) * kHour;
            window.job = window.energy;
            window.readings = 2;
            ledger.devices.push_back(std::move(probed.device));
            ledger.windows.push_back(window);
        }
    }
    return ledger;
}

}  // namespace gramme::cli
