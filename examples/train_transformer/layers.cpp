#include "train_transformer/layers.hpp"

#include <cmath>

namespace gramme::transformer {
namespace {

using Eigen::Index;

constexpr double kNormEpsilon = 1e-5;
constexpr double kGeluScale = 0.7978845608028654;  // sqrt(2 / pi)
constexpr double kGeluCubic = 0.044715;

/// Softmax of the first `t + 1` entries of row t; the future gets no weight.
template <class S>
void causal_softmax(Eigen::Block<Matrix<S>> scores) {
    for (Index t = 0; t < scores.rows(); ++t) {
        auto past = scores.row(t).head(t + 1);
        past.array() = (past.array() - past.maxCoeff()).exp();
        past /= past.sum();
        scores.row(t).tail(scores.cols() - t - 1).setZero();
    }
}

}  // namespace

template <class S>
Matrix<S> linear(const Matrix<S>& x, const Matrix<S>& weight, const Matrix<S>& bias) {
    Matrix<S> y(x.rows(), weight.cols());
    y.noalias() = x * weight;
    y.rowwise() += bias.row(0);
    return y;
}

template <class S>
Matrix<S> linear_back(const Matrix<S>& dy, const Matrix<S>& x, const Matrix<S>& weight, Matrix<S>& dweight,
                      Matrix<S>& dbias) {
    dweight.noalias() += x.transpose() * dy;
    dbias += dy.colwise().sum();
    Matrix<S> dx(x.rows(), x.cols());
    dx.noalias() = dy * weight.transpose();
    return dx;
}

template <class S>
Matrix<S> layer_norm(const Matrix<S>& x, const Matrix<S>& gain, const Matrix<S>& bias, NormCache<S>& cache) {
    cache.normal = x.colwise() - x.rowwise().mean();
    cache.inverse_sigma =
        (cache.normal.rowwise().squaredNorm().array() / S(x.cols()) + S(kNormEpsilon)).rsqrt();
    cache.normal.array().colwise() *= cache.inverse_sigma.col(0).array();
    Matrix<S> y = cache.normal;
    y.array().rowwise() *= gain.row(0).array();
    y.rowwise() += bias.row(0);
    return y;
}

template <class S>
Matrix<S> layer_norm_back(const Matrix<S>& dy, const Matrix<S>& gain, const NormCache<S>& cache,
                          Matrix<S>& dgain, Matrix<S>& dbias) {
    dgain += dy.cwiseProduct(cache.normal).colwise().sum();
    dbias += dy.colwise().sum();
    // Through mean and variance: the derivative loses its mean and its part along the normalised row.
    Matrix<S> dx = dy;
    dx.array().rowwise() *= gain.row(0).array();
    const Matrix<S> mean = dx.rowwise().mean();
    const Matrix<S> along = dx.cwiseProduct(cache.normal).rowwise().mean();
    dx.colwise() -= mean.col(0);
    dx.array() -= cache.normal.array().colwise() * along.col(0).array();
    dx.array().colwise() *= cache.inverse_sigma.col(0).array();
    return dx;
}

template <class S>
Matrix<S> gelu(const Matrix<S>& x) {
    const auto a = x.array();
    return S(0.5) * a * (S(1) + (S(kGeluScale) * (a + S(kGeluCubic) * a.cube())).tanh());
}

template <class S>
Matrix<S> gelu_back(const Matrix<S>& dy, const Matrix<S>& x) {
    const auto a = x.array();
    const Matrix<S> tanh = (S(kGeluScale) * (a + S(kGeluCubic) * a.cube())).tanh();
    const auto t = tanh.array();
    const auto inner = S(kGeluScale) * (S(1) + S(3 * kGeluCubic) * a.square());
    return dy.array() * (S(0.5) * (S(1) + t) + S(0.5) * a * (S(1) - t.square()) * inner);
}

template <class S>
Matrix<S> attention(const Matrix<S>& qkv, int context, int heads, Matrix<S>& weights) {
    const Index width = qkv.cols() / 3;
    const Index head_width = width / heads;
    const Index sequences = qkv.rows() / context;
    const S scale = S(1) / std::sqrt(S(head_width));
    weights.resize(sequences * heads * context, context);
    Matrix<S> y(qkv.rows(), width);
    for (Index sequence = 0; sequence < sequences; ++sequence) {
        const Index row = sequence * context;
        for (Index head = 0; head < heads; ++head) {
            const Index column = head * head_width;
            const auto query = qkv.block(row, column, context, head_width);
            const auto key = qkv.block(row, width + column, context, head_width);
            const auto value = qkv.block(row, 2 * width + column, context, head_width);
            auto weight = weights.block((sequence * heads + head) * context, 0, context, context);
            weight.noalias() = scale * query * key.transpose();
            causal_softmax<S>(weight);
            y.block(row, column, context, head_width).noalias() = weight * value;
        }
    }
    return y;
}

template <class S>
Matrix<S> attention_back(const Matrix<S>& dy, const Matrix<S>& qkv, int context, int heads,
                         const Matrix<S>& weights) {
    const Index width = qkv.cols() / 3;
    const Index head_width = width / heads;
    const Index sequences = qkv.rows() / context;
    const S scale = S(1) / std::sqrt(S(head_width));
    Matrix<S> dqkv(qkv.rows(), qkv.cols());
    Matrix<S> dscore(context, context);
    for (Index sequence = 0; sequence < sequences; ++sequence) {
        const Index row = sequence * context;
        for (Index head = 0; head < heads; ++head) {
            const Index column = head * head_width;
            const auto query = qkv.block(row, column, context, head_width);
            const auto key = qkv.block(row, width + column, context, head_width);
            const auto value = qkv.block(row, 2 * width + column, context, head_width);
            const auto weight = weights.block((sequence * heads + head) * context, 0, context, context);
            const auto dout = dy.block(row, column, context, head_width);
            // Softmax: dscore = weight o (dweight - sum over the row of weight o dweight).
            dscore.noalias() = dout * value.transpose();
            const Matrix<S> mean = dscore.cwiseProduct(weight).rowwise().sum();
            dscore.colwise() -= mean.col(0);
            dscore.array() *= weight.array() * scale;
            dqkv.block(row, column, context, head_width).noalias() = dscore * key;
            dqkv.block(row, width + column, context, head_width).noalias() = dscore.transpose() * query;
            dqkv.block(row, 2 * width + column, context, head_width).noalias() = weight.transpose() * dout;
        }
    }
    return dqkv;
}

#define GRAMME_INSTANTIATE(S)                                                                               \
    template Matrix<S> linear(const Matrix<S>&, const Matrix<S>&, const Matrix<S>&);                        \
    template Matrix<S> linear_back(const Matrix<S>&, const Matrix<S>&, const Matrix<S>&, Matrix<S>&,        \
                                   Matrix<S>&);                                                             \
    template Matrix<S> layer_norm(const Matrix<S>&, const Matrix<S>&, const Matrix<S>&, NormCache<S>&);     \
    template Matrix<S> layer_norm_back(const Matrix<S>&, const Matrix<S>&, const NormCache<S>&, Matrix<S>&, \
                                       Matrix<S>&);                                                         \
    template Matrix<S> gelu(const Matrix<S>&);                                                              \
    template Matrix<S> gelu_back(const Matrix<S>&, const Matrix<S>&);                                       \
    template Matrix<S> attention(const Matrix<S>&, int, int, Matrix<S>&);                                   \
    template Matrix<S> attention_back(const Matrix<S>&, const Matrix<S>&, int, int, const Matrix<S>&)
GRAMME_INSTANTIATE(float);
GRAMME_INSTANTIATE(double);
#undef GRAMME_INSTANTIATE

}  // namespace gramme::transformer
