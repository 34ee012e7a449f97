#include "meter/load_model.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::meter {

Watts power_at(const LoadModel& model, double busy, std::optional<double> clock) noexcept {
    const double load = busy > 0.0 ? std::min(busy, 1.0) : 0.0;
    double level = load;
    if (model.bend != 0.0 && load < 1.0) {
        level = std::log1p(model.bend * load) / std::log1p(model.bend);
    }
    if (clock && *clock > 0.0 && *clock < 1.0) {
        level *= std::pow(*clock, model.clock_exponent);
    }
    return model.idle + (model.full - model.idle) * level;
}

}  // namespace gramme::meter
