// The parts of a transformer, each with its derivative worked out by hand. One row of a matrix is one
// position of one sequence; a `*_back` takes the derivative of the loss by the output, adds to the
// derivatives of the weights and returns the one by the input. Instantiated for float (training) and double
// (gradient checks).
#pragma once

#include <Eigen/Core>

namespace gramme::transformer {

template <class S>
using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// y = x W + b, with b one row.
template <class S>
Matrix<S> linear(const Matrix<S>& x, const Matrix<S>& weight, const Matrix<S>& bias);
template <class S>
Matrix<S> linear_back(const Matrix<S>& dy, const Matrix<S>& x, const Matrix<S>& weight, Matrix<S>& dweight,
                      Matrix<S>& dbias);

/// What the way back needs of layer_norm().
template <class S>
struct NormCache {
    Matrix<S> normal;         ///< rows with mean 0 and variance 1
    Matrix<S> inverse_sigma;  ///< one column
};
/// Source: Ba, Kiros, Hinton, "Layer Normalization", arXiv:1607.06450, eq. 4.
template <class S>
Matrix<S> layer_norm(const Matrix<S>& x, const Matrix<S>& gain, const Matrix<S>& bias, NormCache<S>& cache);
template <class S>
Matrix<S> layer_norm_back(const Matrix<S>& dy, const Matrix<S>& gain, const NormCache<S>& cache,
                          Matrix<S>& dgain, Matrix<S>& dbias);

/// Gaussian error linear unit, tanh form. Source: Hendrycks, Gimpel, arXiv:1606.08415, section 2.
template <class S>
Matrix<S> gelu(const Matrix<S>& x);
template <class S>
Matrix<S> gelu_back(const Matrix<S>& dy, const Matrix<S>& x);

/// Causal attention of several heads: position t sees positions 0..t of its own sequence. `qkv` holds
/// queries, keys and values side by side (3 x width columns); `weights` receives the attention weights, one
/// block of context x context for each sequence and head. Source: Vaswani et al., arXiv:1706.03762, eq. 1.
template <class S>
Matrix<S> attention(const Matrix<S>& qkv, int context, int heads, Matrix<S>& weights);
template <class S>
Matrix<S> attention_back(const Matrix<S>& dy, const Matrix<S>& qkv, int context, int heads,
                         const Matrix<S>& weights);

}  // namespace gramme::transformer
