#include "train_transformer/optimiser.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::transformer {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.99;
constexpr double kEpsilon = 1e-8;
constexpr double kMostNorm = 1.0;

}  // namespace

template <class S>
Adam<S>::Adam(const Shape& shape) : mean_(zero_weights<S>(shape)), square_(zero_weights<S>(shape)) {}

template <class S>
void Adam<S>::step(Weights<S>& weights, Weights<S>& gradient, double learning_rate) {
    ++steps_;
    const auto gradients = gradient.all();
    double square_norm = 0.0;
    for (const auto& named : gradients) {
        square_norm += static_cast<double>(named.matrix->squaredNorm());
    }
    const double shorten = std::min(1.0, kMostNorm / (std::sqrt(square_norm) + kEpsilon));
    const double mean_scale = 1.0 / (1.0 - std::pow(kBeta1, steps_));
    const double square_scale = 1.0 / (1.0 - std::pow(kBeta2, steps_));

    const auto targets = weights.all();
    const auto means = mean_.all();
    const auto squares = square_.all();
    for (std::size_t i = 0; i < targets.size(); ++i) {
        auto g = gradients[i].matrix->array();
        auto m = means[i].matrix->array();
        auto v = squares[i].matrix->array();
        g *= static_cast<S>(shorten);
        m = S(kBeta1) * m + S(1.0 - kBeta1) * g;
        v = S(kBeta2) * v + S(1.0 - kBeta2) * g.square();
        targets[i].matrix->array() -= static_cast<S>(learning_rate * mean_scale) * m /
                                      ((v * static_cast<S>(square_scale)).sqrt() + S(kEpsilon));
    }
}

double learning_rate(int step, int steps, double peak) {
    constexpr double kPi = 3.141592653589793;
    const int rise = std::max(1, steps / 20);
    if (step < rise) {
        return peak * (step + 1) / rise;
    }
    const double progress = static_cast<double>(step - rise) / std::max(1, steps - rise);
    return peak * (0.1 + 0.9 * 0.5 * (1.0 + std::cos(kPi * progress)));
}

template class Adam<float>;
template class Adam<double>;

}  // namespace gramme::transformer
