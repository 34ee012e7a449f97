// Adam, and the learning rate over a training run.
#pragma once

#include "train_transformer/model.hpp"

namespace gramme::transformer {

/// Source: Kingma, Ba, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980, algorithm 1
/// (beta1 0.9, beta2 0.99, epsilon 1e-8). One thread.
template <class S>
class Adam {
public:
    explicit Adam(const Shape& shape);
    /// Moves `weights` against `gradient`, which is first shortened to a norm of at most 1.
    void step(Weights<S>& weights, Weights<S>& gradient, double learning_rate);

private:
    Weights<S> mean_;
    Weights<S> square_;
    int steps_ = 0;
};

/// Rises over the first twentieth of the steps, then falls along half a cosine to a tenth of `peak`.
[[nodiscard]] double learning_rate(int step, int steps, double peak);

}  // namespace gramme::transformer
