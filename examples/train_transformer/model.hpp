// A decoder-only transformer over symbols: its weights, its loss and the loss's derivative by every weight.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "train_transformer/layers.hpp"
#include "train_transformer/random.hpp"
#include "train_transformer/text.hpp"

namespace gramme::transformer {

/// Sizes of a model. `width` is a multiple of `heads`; all at least 1.
struct Shape {
    int vocabulary = 0;
    int context = 64;
    int width = 64;
    int heads = 4;
    int layers = 2;
};

template <class S>
struct LayerWeights {
    Matrix<S> norm1_gain, norm1_bias;
    Matrix<S> qkv, qkv_bias;            ///< width x 3 width
    Matrix<S> attended, attended_bias;  ///< width x width
    Matrix<S> norm2_gain, norm2_bias;
    Matrix<S> up, up_bias;      ///< width x 4 width
    Matrix<S> down, down_bias;  ///< 4 width x width
};

/// All weights of a model. Gradients and the optimiser's moments have the same form.
template <class S>
struct Weights {
    Matrix<S> symbol;    ///< vocabulary x width
    Matrix<S> position;  ///< context x width
    std::vector<LayerWeights<S>> layers;
    Matrix<S> norm_gain, norm_bias;
    Matrix<S> head, head_bias;  ///< width x vocabulary

    /// The matrices in one fixed order, each with its name ("layer1.qkv").
    struct Named {
        std::string name;
        Matrix<S>* matrix;
    };
    [[nodiscard]] std::vector<Named> all();
};

/// All zero: a gradient to add to.
template <class S>
[[nodiscard]] Weights<S> zero_weights(const Shape& shape);
/// Normal with variance 1 / inputs; the two matrices that write into the residual stream are smaller by
/// sqrt(2 x layers), gains are 1, biases 0.
template <class S>
[[nodiscard]] Weights<S> random_weights(const Shape& shape, Random& random);
template <class S>
[[nodiscard]] std::size_t weight_count(const Shape& shape);

/// Mean cross-entropy in nats per symbol over all positions of `batch`. Every sequence has `shape.context`
/// symbols. With `gradient`, the derivative of that mean times `gradient_scale` is added to it. Reads
/// `weights` only: several threads may share them.
template <class S>
double loss(const Shape& shape, const Weights<S>& weights, std::span<const Sequence> batch,
            Weights<S>* gradient = nullptr, double gradient_scale = 1.0);

}  // namespace gramme::transformer
