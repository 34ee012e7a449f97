#include "train_transformer/model.hpp"

#include <cmath>

namespace gramme::transformer {
namespace {

using Eigen::Index;

/// What the way back through one layer needs of the way forth.
template <class S>
struct LayerCache {
    NormCache<S> norm1, norm2;
    Matrix<S> normed1, qkv, weights, mixed, normed2, up, active;
};

template <class S>
Matrix<S> embed(const Shape& shape, const Weights<S>& weights, std::span<const Sequence> batch) {
    Matrix<S> x(static_cast<Index>(batch.size()) * shape.context, shape.width);
    Index row = 0;
    for (const Sequence& sequence : batch) {
        for (int t = 0; t < shape.context; ++t, ++row) {
            x.row(row) =
                weights.symbol.row(sequence.input[static_cast<std::size_t>(t)]) + weights.position.row(t);
        }
    }
    return x;
}

template <class S>
void embed_back(const Shape& shape, const Matrix<S>& dx, std::span<const Sequence> batch,
                Weights<S>& gradient) {
    Index row = 0;
    for (const Sequence& sequence : batch) {
        for (int t = 0; t < shape.context; ++t, ++row) {
            gradient.symbol.row(sequence.input[static_cast<std::size_t>(t)]) += dx.row(row);
            gradient.position.row(t) += dx.row(row);
        }
    }
}

/// Cross-entropy of the rows of `logits`, summed; turns them into softmax minus one-hot, its derivative.
template <class S>
double cross_entropy(Matrix<S>& logits, int context, std::span<const Sequence> batch) {
    double nats = 0.0;
    Index row = 0;
    for (const Sequence& sequence : batch) {
        for (int t = 0; t < context; ++t, ++row) {
            auto line = logits.row(row);
            const Index target = sequence.target[static_cast<std::size_t>(t)];
            const S most = line.maxCoeff();
            const S target_logit = line(target) - most;
            line.array() = (line.array() - most).exp();
            const S sum = line.sum();
            nats += std::log(static_cast<double>(sum)) - static_cast<double>(target_logit);
            line /= sum;
            line(target) -= S(1);
        }
    }
    return nats;
}

/// Pre-norm layer: x + attention(norm(x)), then x + mlp(norm(x)).
template <class S>
void layer_forth(const Shape& shape, const LayerWeights<S>& w, Matrix<S>& x, LayerCache<S>& cache) {
    cache.normed1 = layer_norm(x, w.norm1_gain, w.norm1_bias, cache.norm1);
    cache.qkv = linear(cache.normed1, w.qkv, w.qkv_bias);
    cache.mixed = attention(cache.qkv, shape.context, shape.heads, cache.weights);
    x += linear(cache.mixed, w.attended, w.attended_bias);
    cache.normed2 = layer_norm(x, w.norm2_gain, w.norm2_bias, cache.norm2);
    cache.up = linear(cache.normed2, w.up, w.up_bias);
    cache.active = gelu(cache.up);
    x += linear(cache.active, w.down, w.down_bias);
}

template <class S>
void layer_back(const Shape& shape, const LayerWeights<S>& w, const LayerCache<S>& cache, Matrix<S>& dx,
                LayerWeights<S>& d) {
    const Matrix<S> dactive = linear_back(dx, cache.active, w.down, d.down, d.down_bias);
    const Matrix<S> dup = gelu_back(dactive, cache.up);
    const Matrix<S> dnormed2 = linear_back(dup, cache.normed2, w.up, d.up, d.up_bias);
    dx += layer_norm_back(dnormed2, w.norm2_gain, cache.norm2, d.norm2_gain, d.norm2_bias);
    const Matrix<S> dmixed = linear_back(dx, cache.mixed, w.attended, d.attended, d.attended_bias);
    const Matrix<S> dqkv = attention_back(dmixed, cache.qkv, shape.context, shape.heads, cache.weights);
    const Matrix<S> dnormed1 = linear_back(dqkv, cache.normed1, w.qkv, d.qkv, d.qkv_bias);
    dx += layer_norm_back(dnormed1, w.norm1_gain, cache.norm1, d.norm1_gain, d.norm1_bias);
}

template <class S>
Matrix<S> normal_matrix(Index rows, Index columns, double sigma, Random& random) {
    Matrix<S> matrix(rows, columns);
    for (Index i = 0; i < matrix.size(); ++i) {
        matrix.data()[i] = static_cast<S>(sigma * random.normal());
    }
    return matrix;
}

}  // namespace

template <class S>
std::vector<typename Weights<S>::Named> Weights<S>::all() {
    std::vector<Named> named{{"symbol", &symbol}, {"position", &position}};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        LayerWeights<S>& w = layers[i];
        const std::string prefix = "layer" + std::to_string(i) + ".";
        const auto add = [&](const char* name, Matrix<S>& matrix) {
            named.push_back({prefix + name, &matrix});
        };
        add("norm1_gain", w.norm1_gain);
        add("norm1_bias", w.norm1_bias);
        add("qkv", w.qkv);
        add("qkv_bias", w.qkv_bias);
        add("attended", w.attended);
        add("attended_bias", w.attended_bias);
        add("norm2_gain", w.norm2_gain);
        add("norm2_bias", w.norm2_bias);
        add("up", w.up);
        add("up_bias", w.up_bias);
        add("down", w.down);
        add("down_bias", w.down_bias);
    }
    named.push_back({"norm_gain", &norm_gain});
    named.push_back({"norm_bias", &norm_bias});
    named.push_back({"head", &head});
    named.push_back({"head_bias", &head_bias});
    return named;
}

template <class S>
Weights<S> zero_weights(const Shape& shape) {
    const Index c = shape.width;
    const auto zeros = [](Index rows, Index columns) -> Matrix<S> { return Matrix<S>::Zero(rows, columns); };
    Weights<S> w;
    w.symbol = zeros(shape.vocabulary, c);
    w.position = zeros(shape.context, c);
    for (int i = 0; i < shape.layers; ++i) {
        w.layers.push_back({zeros(1, c), zeros(1, c), zeros(c, 3 * c), zeros(1, 3 * c), zeros(c, c),
                            zeros(1, c), zeros(1, c), zeros(1, c), zeros(c, 4 * c), zeros(1, 4 * c),
                            zeros(4 * c, c), zeros(1, c)});
    }
    w.norm_gain = zeros(1, c);
    w.norm_bias = zeros(1, c);
    w.head = zeros(c, shape.vocabulary);
    w.head_bias = zeros(1, shape.vocabulary);
    return w;
}

template <class S>
Weights<S> random_weights(const Shape& shape, Random& random) {
    const Index c = shape.width;
    const double sigma = 1.0 / std::sqrt(static_cast<double>(c));
    const double residual = sigma / std::sqrt(2.0 * shape.layers);
    Weights<S> w = zero_weights<S>(shape);
    w.symbol = normal_matrix<S>(shape.vocabulary, c, sigma, random);
    w.position = normal_matrix<S>(shape.context, c, sigma, random);
    for (LayerWeights<S>& layer : w.layers) {
        layer.norm1_gain.setOnes();
        layer.norm2_gain.setOnes();
        layer.qkv = normal_matrix<S>(c, 3 * c, sigma, random);
        layer.attended = normal_matrix<S>(c, c, residual, random);
        layer.up = normal_matrix<S>(c, 4 * c, sigma, random);
        layer.down = normal_matrix<S>(4 * c, c, residual / 2.0, random);  // four times the inputs
    }
    w.norm_gain.setOnes();
    w.head = normal_matrix<S>(c, shape.vocabulary, 0.1 * sigma, random);  // starts near the uniform guess
    return w;
}

template <class S>
std::size_t weight_count(const Shape& shape) {
    Weights<S> weights = zero_weights<S>(shape);
    std::size_t count = 0;
    for (const auto& named : weights.all()) {
        count += static_cast<std::size_t>(named.matrix->size());
    }
    return count;
}

template <class S>
double loss(const Shape& shape, const Weights<S>& weights, std::span<const Sequence> batch,
            Weights<S>* gradient, double gradient_scale) {
    Matrix<S> x = embed(shape, weights, batch);
    std::vector<LayerCache<S>> caches(weights.layers.size());
    for (std::size_t i = 0; i < caches.size(); ++i) {
        layer_forth(shape, weights.layers[i], x, caches[i]);
    }
    NormCache<S> norm;
    const Matrix<S> normed = layer_norm(x, weights.norm_gain, weights.norm_bias, norm);
    Matrix<S> logits = linear(normed, weights.head, weights.head_bias);
    const double positions = static_cast<double>(batch.size()) * shape.context;
    const double mean = cross_entropy(logits, shape.context, batch) / positions;
    if (gradient != nullptr) {
        logits *= static_cast<S>(gradient_scale / positions);
        const Matrix<S> dnormed =
            linear_back(logits, normed, weights.head, gradient->head, gradient->head_bias);
        Matrix<S> dx =
            layer_norm_back(dnormed, weights.norm_gain, norm, gradient->norm_gain, gradient->norm_bias);
        for (std::size_t i = caches.size(); i-- > 0;) {
            layer_back(shape, weights.layers[i], caches[i], dx, gradient->layers[i]);
        }
        embed_back(shape, dx, batch, *gradient);
    }
    return mean;
}

#define GRAMME_INSTANTIATE(S)                                  \
    template struct Weights<S>;                                \
    template Weights<S> zero_weights(const Shape&);            \
    template Weights<S> random_weights(const Shape&, Random&); \
    template std::size_t weight_count<S>(const Shape&);        \
    template double loss(const Shape&, const Weights<S>&, std::span<const Sequence>, Weights<S>*, double)
GRAMME_INSTANTIATE(float);
GRAMME_INSTANTIATE(double);
#undef GRAMME_INSTANTIATE

}  // namespace gramme::transformer
