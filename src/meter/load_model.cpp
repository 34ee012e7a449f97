#include "meter/load_model.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::meter {

double level_at(double bend, double busy) noexcept {
    const double load = busy > 0.0 ? std::min(busy, 1.0) : 0.0;
    return bend != 0.0 && load < 1.0 ? std::log1p(bend * load) / std::log1p(bend) : load;
}

Watts power_at(const LoadModel& model, double busy, std::optional<double> clock) noexcept {
    double level = level_at(model.bend, busy);
    if (clock && *clock > 0.0 && *clock < 1.0) {
        level *= std::pow(*clock, model.clock_exponent);
    }
    return model.idle + (model.full - model.idle) * level;
}

}  // namespace gramme::meter
