// Interval arithmetic in closed form: positive values whose logarithm is nearly normal, their products and
// their sums. Pure. Method: docs/method/uncertainty.md.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "model/footprint.hpp"

namespace gramme::estimate {

/// 95 % of a normal distribution lies within this many standard deviations.
inline constexpr double kZ95 = 1.96;

/// A positive value and the first four cumulants of ln(truth / value). A lognormal factor has only `variance`
/// (= sigma_ln squared); a sum of lognormals is a little off centre and skewed, which the others say.
struct Uncertain {
    double value = 0.0;
    double mean = 0.0;
    double variance = 0.0;
    double third = 0.0;
    double fourth = 0.0;
};

/// A lognormal factor with median `value`; sigma_ln = relative standard uncertainty.
[[nodiscard]] Uncertain lognormal(double value, double sigma_ln);

/// Product of independent factors: values multiply, cumulants of the logarithm add.
[[nodiscard]] Uncertain product(const Uncertain& a, const Uncertain& b);

/// How many standard deviations from the mean a point of a slightly skewed distribution lies, from that of a
/// normal one (z) and the standardised third and fourth cumulant (Cornish and Fisher 1938).
[[nodiscard]] double cornish_fisher(double z, double skewness, double excess);

/// 95 %: value x exp(+-1.96 sigma) for a lognormal; the points of a skewed sum are moved by its third and
/// fourth cumulant (Cornish and Fisher 1938). low >= 0, low <= value <= high.
[[nodiscard]] Estimate interval_of(const Uncertain& quantity);

struct Sum {
    Uncertain total;
    std::vector<double> variance;  ///< part of total.variance that each term is answerable for
    double first_order = 0.0;      ///< p'Cp, total.variance without the next order
};

/// Sum of lognormal terms whose logarithms are correlated: `correlation(i, j)` in [0, 1], symmetric, asked
/// for i != j only. Second-order expansion of ln(sum) in the logarithms of the terms (JCGM 100:2008 5.1.2,
/// note, and 5.2.2). Exact for one term and for terms of equal sigma with correlation 1.
[[nodiscard]] Sum sum_of(std::span<const Uncertain> terms,
                         const std::function<double(std::size_t, std::size_t)>& correlation);

/// sum_of() of independent terms, in closed form: no matrices and no allocation, for tables of many millions
/// of rows.
[[nodiscard]] Uncertain sum_of_independent(std::span<const Uncertain> terms);

}  // namespace gramme::estimate
