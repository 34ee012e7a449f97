#include "estimate/monte_carlo.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gramme::estimate {
namespace {

/// The point below which a fraction of the draws lies.
double quantile(std::vector<double>& draws, double fraction) {
    const auto at = static_cast<std::ptrdiff_t>(fraction * static_cast<double>(draws.size()));
    std::nth_element(draws.begin(), draws.begin() + at, draws.end());
    return draws[static_cast<std::size_t>(at)];
}

/// Lower triangle L with L L' = the covariance of the logarithms (Cholesky). A pivot of 0 is a term that is
/// fully correlated with those before it: it adds nothing of its own.
std::vector<double> triangle_of(std::span<const Uncertain> terms,
                                const std::function<double(std::size_t, std::size_t)>& correlation) {
    constexpr double kNoneOfItsOwn = 1e-12;
    const std::size_t n = terms.size();
    std::vector<double> lower(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            const double rho = i == j ? 1.0 : correlation(i, j);
            double rest = rho * std::sqrt(terms[i].variance * terms[j].variance);
            for (std::size_t k = 0; k < j; ++k) {
                rest -= lower[i * n + k] * lower[j * n + k];
            }
            if (i == j) {
                lower[i * n + i] = rest > kNoneOfItsOwn * terms[i].variance ? std::sqrt(rest) : 0.0;
            } else if (lower[j * n + j] > 0.0) {
                lower[i * n + j] = rest / lower[j * n + j];
            }
        }
    }
    return lower;
}

}  // namespace

double Normals::next() {
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

double Normals::uniform() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    return (static_cast<double>(z >> 11U) + 1.0) / 9007199254740992.0;
}

Estimate drawn_interval(std::span<const Uncertain> terms,
                        const std::function<double(std::size_t, std::size_t)>& correlation,
                        std::span<const Uncertain> factors, std::size_t draws, std::uint64_t seed) {
    const std::size_t n = terms.size();
    const std::vector<double> lower = triangle_of(terms, correlation);
    double scale = 1.0;
    double variance = 0.0;  // independent factors: one normal number with the sum of their variances
    for (const Uncertain& factor : factors) {
        scale *= factor.value;
        variance += factor.variance;
    }
    const double sigma = std::sqrt(variance);
    Estimate out;
    for (const Uncertain& term : terms) {
        out.value += term.value * scale;
    }
    Normals normals{seed};
    std::vector<double> results(draws);
    std::vector<double> z(n);
    for (double& result : results) {
        for (double& one : z) {
            one = normals.next();
        }
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            double logarithm = 0.0;
            for (std::size_t k = 0; k <= i; ++k) {
                logarithm += lower[i * n + k] * z[k];
            }
            sum += terms[i].value * std::exp(logarithm);
        }
        result = sum * scale * std::exp(sigma * normals.next());
    }
    if (draws > 0) {
        out.low = quantile(results, 0.025);
        out.high = quantile(results, 0.975);
    }
    return out;
}

}  // namespace gramme::estimate
