// Watts of an accelerator in training, from the best evidence there is.
#include "estimate/job.hpp"
#include "estimate/number_text.hpp"

namespace gramme::estimate {
Result<DevicePower> device_power(const refdata::Accelerator& device, PowerModel model, double utilisation) {
    DevicePower power;
    const std::string limit =
        (device.limit_of.empty() ? "its limit of " : "the limit of " + std::string{device.limit_of} + ", ") +
        number_text(device.limit_w) + " W" +
        (device.devices_per_board > 1
             ? ", its share of a board of " + std::to_string(device.devices_per_board)
             : "");
    if (!(device.limit_w > 0.0) && !(device.typical_w > 0.0 && model == PowerModel::kTypical)) {
        return Error{Code::kMalformed, "the power of " + std::string{device.name} + " was never published",
                     "give the watts of one device: --power-w"};
    }
    if (model == PowerModel::kTdp) {
        power.watts = Watts{device.limit_w * utilisation};
        power.source = device.source;
        power.how = limit;
        power.how += utilisation < 1.0 ? " x utilisation " + number_text(utilisation) : " for the whole time";
        return power;
    }
    const bool measured = device.typical_w > 0.0;
    const double busy_w = measured ? device.typical_w : kTrainingShare * device.limit_w;
    const double idle_w = device.idle_w > 0.0 ? device.idle_w : kIdleShare * device.limit_w;
    power.watts = Watts{idle_w + (busy_w - idle_w) * utilisation};
    power.sigma = measured ? kTypicalSigma : kTrainingSigma;
    power.how = measured ? "measured mean in training" : number_text(kTrainingShare) + " of " + limit;
    power.how += utilisation < 1.0 ? " at utilisation " + number_text(utilisation) + ", " +
                                         number_text(idle_w) + " W at rest"
                                   : "";
    power.source = std::string{measured ? device.power_source : device.source};
    return power;
}

}  // namespace gramme::estimate
