#include "estimate/lognormal.hpp"

#include <algorithm>
#include <cmath>

namespace gramme::estimate {
namespace {

/// A square matrix, row by row.
using Matrix = std::vector<double>;

Matrix times(const Matrix& a, const Matrix& b, std::size_t n) {
    Matrix out(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < n; ++k) {
            for (std::size_t j = 0; j < n; ++j) {
                out[i * n + j] += a[i * n + k] * b[k * n + j];
            }
        }
    }
    return out;
}

std::vector<double> times(const Matrix& a, const std::vector<double>& x) {
    const std::size_t n = x.size();
    std::vector<double> out(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            out[i] += a[i * n + j] * x[j];
        }
    }
    return out;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

/// Trace of a x b.
double trace_of_product(const Matrix& a, const Matrix& b, std::size_t n) {
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            sum += a[i * n + j] * b[j * n + i];
        }
    }
    return sum;
}

}  // namespace

double cornish_fisher(double z, double skewness, double excess) {
    return z + (z * z - 1.0) * skewness / 6.0 + (z * z * z - 3.0 * z) * excess / 24.0 -
           (2.0 * z * z * z - 5.0 * z) * skewness * skewness / 36.0;
}

Uncertain lognormal(double value, double sigma_ln) {
    return {.value = value, .variance = sigma_ln * sigma_ln};
}

Uncertain product(const Uncertain& a, const Uncertain& b) {
    return {a.value * b.value, a.mean + b.mean, a.variance + b.variance, a.third + b.third,
            a.fourth + b.fourth};
}

Estimate interval_of(const Uncertain& quantity) {
    if (!(quantity.variance > 0.0)) {
        return {quantity.value, quantity.value, quantity.value};
    }
    const double sigma = std::sqrt(quantity.variance);
    const double skewness = quantity.third / (sigma * quantity.variance);
    const double excess = quantity.fourth / (quantity.variance * quantity.variance);
    const auto point = [&](double z) {
        return quantity.value * std::exp(quantity.mean + sigma * cornish_fisher(z, skewness, excess));
    };
    return {quantity.value, std::min(point(-kZ95), quantity.value), std::max(point(kZ95), quantity.value)};
}

Sum sum_of(std::span<const Uncertain> terms,
           const std::function<double(std::size_t, std::size_t)>& correlation) {
    const std::size_t n = terms.size();
    Sum sum{{}, std::vector<double>(n, 0.0), 0.0};
    for (const Uncertain& term : terms) {
        sum.total.value += term.value;
    }
    if (!(sum.total.value > 0.0)) {
        return sum;
    }
    // With x_i = ln(truth_i / value_i), cov(x) = C, and shares p_i = value_i / sum,
    //   ln(truth / sum) = ln(sum of p_i exp x_i) = p'x + x'Bx / 2 + ...,  B = diag(p) - pp'.
    // The cumulants of the quadratic form are exact; the cubic term adds to the variance in the same order:
    //   k1 = tr(BC) / 2                 k2 = p'Cp + tr(BC BC) / 2 + sum of p_i (Cp)_i (q_i - mean q)
    //   k3 = 3 p'CBCp + tr((BC)^3)      k4 = 12 p'CBCBCp + 3 tr((BC)^4)
    // where q_i = (e_i - p)'C(e_i - p) and mean q = sum of p_i q_i = tr(BC).
    std::vector<double> share(n);
    Matrix curvature(n * n);
    Matrix covariance(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        share[i] = terms[i].value / sum.total.value;
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            curvature[i * n + j] = (i == j ? share[i] : 0.0) - share[i] * share[j];
            const double rho = i == j ? 1.0 : correlation(i, j);
            covariance[i * n + j] = rho * std::sqrt(terms[i].variance * terms[j].variance);
        }
    }
    const Matrix once = times(curvature, covariance, n);
    const Matrix twice = times(once, once, n);
    const std::vector<double> gradient = times(covariance, share);      // Cp
    const std::vector<double> bent = times(curvature, gradient);        // BCp
    const std::vector<double> bent_gradient = times(covariance, bent);  // CBCp
    const double first_order = dot(share, gradient);
    sum.first_order = first_order;
    for (std::size_t i = 0; i < n; ++i) {
        sum.total.mean += once[i * n + i] / 2.0;
    }
    sum.total.variance = first_order + trace_of_product(once, once, n) / 2.0;
    sum.total.third = 3.0 * dot(gradient, bent) + trace_of_product(once, twice, n);
    sum.total.fourth = 12.0 * dot(bent_gradient, bent) + 3.0 * trace_of_product(twice, twice, n);
    for (std::size_t i = 0; i < n; ++i) {
        const double distance = covariance[i * n + i] - 2.0 * gradient[i] + first_order;
        sum.total.variance += share[i] * gradient[i] * (distance - 2.0 * sum.total.mean);
    }
    if (first_order > 0.0) {
        for (std::size_t i = 0; i < n; ++i) {
            sum.variance[i] = share[i] * gradient[i] / first_order * sum.total.variance;
        }
    }
    return sum;
}

Uncertain sum_of_independent(std::span<const Uncertain> terms) {
    Uncertain total;
    for (const Uncertain& term : terms) {
        total.value += term.value;
    }
    if (!(total.value > 0.0)) {
        return total;
    }
    // As in sum_of() with C = diag(v). With w_i = p_i v_i = (Cp)_i, BC = diag(w) - pw', so that all is said
    // by the power sums W_n = sum of w^n and A_n = sum of p w^n:
    //   tr(BC) = W1 - A1                       p'Cp = A1                  p'CBCp = A2 - A1^2
    //   tr((BC)^2) = W2 - 2 A2 + A1^2          p'CBCBCp = A3 - 2 A1 A2 + A1^3
    //   tr((BC)^3) = W3 - 3 A3 + 3 A1 A2 - A1^3
    //   tr((BC)^4) = W4 - 4 A4 + 4 A1 A3 + 2 A2^2 - 4 A1^2 A2 + A1^4
    //   sum of p_i w_i (q_i - mean q) = W2 - 2 A2 + A1^2 - A1 tr(BC),  q_i = v_i - 2 w_i + A1
    double w1 = 0.0, w2 = 0.0, w3 = 0.0, w4 = 0.0;
    double a1 = 0.0, a2 = 0.0, a3 = 0.0, a4 = 0.0;
    for (const Uncertain& term : terms) {
        const double p = term.value / total.value;
        const double w = p * term.variance;
        const double square = w * w;
        w1 += w;
        w2 += square;
        w3 += square * w;
        w4 += square * square;
        a1 += p * w;
        a2 += p * square;
        a3 += p * square * w;
        a4 += p * square * square;
    }
    const double second = w2 - 2.0 * a2 + a1 * a1;
    const double third = w3 - 3.0 * a3 + 3.0 * a1 * a2 - a1 * a1 * a1;
    const double fourth =
        w4 - 4.0 * a4 + 4.0 * a1 * a3 + 2.0 * a2 * a2 - 4.0 * a1 * a1 * a2 + a1 * a1 * a1 * a1;
    total.mean = (w1 - a1) / 2.0;
    total.variance = a1 + second / 2.0 + second - a1 * (w1 - a1);
    total.third = 3.0 * (a2 - a1 * a1) + third;
    total.fourth = 12.0 * (a3 - 2.0 * a1 * a2 + a1 * a1 * a1) + 3.0 * fourth;
    return total;
}

}  // namespace gramme::estimate
