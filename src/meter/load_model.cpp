#include "meter/load_model.hpp"

#include <cmath>
#include <cstddef>

namespace gramme::meter {

Watts power_at(const LoadModel& model, double busy) noexcept {
    const auto last = static_cast<double>(model.shape.size() - 1);
    if (!(busy > 0.0)) {
        return model.idle + (model.full - model.idle) * model.shape.front();
    }
    if (busy >= 1.0) {
        return model.idle + (model.full - model.idle) * model.shape.back();
    }
    const double position = busy * last;
    const auto step = static_cast<std::size_t>(position);
    const double within = position - std::floor(position);
    const double level = model.shape[step] + (model.shape[step + 1] - model.shape[step]) * within;
    return model.idle + (model.full - model.idle) * level;
}

}  // namespace gramme::meter
