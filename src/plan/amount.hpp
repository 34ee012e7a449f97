// Large numbers and ranges as people type them: "7B", "2T", "0.3..0.5", "30%". Pure.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/footprint.hpp"

namespace gramme::plan {

/// Above 0 and finite: a decimal number, with k, M, B (or G) or T behind it for thousand to million million.
/// kUsage, with an example.
[[nodiscard]] Result<double> parse_amount(std::string_view text, std::string_view from);

/// A positive quantity between two bounds that hold it 19 times in 20; exact where they are one.
struct Range {
    double low = 0.0;
    double high = 0.0;

    /// The geometric mean: bounds of a lognormal.
    [[nodiscard]] double centre() const;
    /// ln(high / low) / (2 x 1.96).
    [[nodiscard]] double sigma_ln() const;
    [[nodiscard]] Estimate estimate() const { return {centre(), low, high}; }
};

/// An amount, or two with ".." between them. kUsage.
[[nodiscard]] Result<Range> parse_range(std::string_view text, std::string_view from);
/// The same of shares: 0.34, "34%", "30..45%", above 0 and at most 1. kUsage.
[[nodiscard]] Result<Range> parse_share_range(std::string_view text, std::string_view from);

/// Of uncertainties that know nothing of each other. Not std::hypot: that of today's glibc asks for 2.35, and
/// the wheel runs with 2.34.
[[nodiscard]] double root_of_squares(double a, double b);

/// `of` with further lognormal uncertainty of its own: each bound moves by the root of the sum of squares of
/// both logarithmic distances, exact where `of` is lognormal. sigma_ln 0 changes nothing.
[[nodiscard]] Estimate widened(const Estimate& of, double sigma_ln);

}  // namespace gramme::plan
