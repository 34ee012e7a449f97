#include "plan/amount.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/parse.hpp"
#include "estimate/lognormal.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::plan {
namespace {

Error bad(std::string_view text, std::string_view from, const char* what, const char* hint) {
    return Error{Code::kUsage, std::string{from} + ": '" + std::string{text} + "' is no " + what, hint};
}

double size_of(char letter) {
    switch (letter) {
        case 'k':
        case 'K': return 1e3;
        case 'm':
        case 'M': return 1e6;
        case 'b':
        case 'B':
        case 'g':
        case 'G': return 1e9;
        case 't':
        case 'T': return 1e12;
        default: return 0.0;
    }
}

/// Both sides of "..", which are one text where it is not there.
struct Sides {
    std::string_view low, high;
};
Sides sides_of(std::string_view text) {
    const auto dots = text.find("..");
    return dots == std::string_view::npos ? Sides{text, text}
                                          : Sides{text.substr(0, dots), text.substr(dots + 2)};
}

}  // namespace

Result<double> parse_amount(std::string_view text, std::string_view from) {
    std::string_view number = trimmed(text);
    double size = 1.0;
    if (!number.empty() && size_of(number.back()) > 0.0) {
        size = size_of(number.back());
        number.remove_suffix(1);
    }
    const auto value = parse_double(number);
    if (!value || !(*value > 0.0) || !std::isfinite(*value * size)) {
        return bad(text, from, "number above 0", "write it out or with k, M, B or T behind it: 350M, 7B, 2T");
    }
    return *value * size;
}

double Range::centre() const {
    return low == high ? low : std::sqrt(low) * std::sqrt(high);
}

double Range::sigma_ln() const {
    return low == high ? 0.0 : std::log(high / low) / (2.0 * estimate::kZ95);
}

Result<Range> parse_range(std::string_view text, std::string_view from) {
    const Sides sides = sides_of(text);
    Range out;
    GRAMME_TRY(out.low, parse_amount(sides.low, from));
    GRAMME_TRY(out.high, parse_amount(sides.high, from));
    if (out.high < out.low) {
        return bad(text, from, "range: its end is before its beginning",
                   "write the smaller number first: 2..4");
    }
    return out;
}

Result<Range> parse_share_range(std::string_view text, std::string_view from) {
    constexpr double kPercent = 100.0;
    std::string_view whole = trimmed(text);
    const bool percent = whole.ends_with('%');
    const auto one = [&](std::string_view side) {
        side = trimmed(side);
        const bool own = side.ends_with('%');
        const auto value = parse_double(own ? side.substr(0, side.size() - 1) : side);
        return value ? *value / (own || percent ? kPercent : 1.0) : -1.0;
    };
    const Sides sides = sides_of(whole);
    const Range out{one(sides.low), one(sides.high)};
    constexpr double kLeast = 1e-6;  // nothing that anybody trains on; what is less is a slip
    if (out.low > 0.0 && out.low < kLeast) {
        return bad(text, from, "share of a millionth or more", "give a share such as 0.34, 34%, 0.3..0.45");
    }
    if (!(out.low > 0.0 && out.low <= out.high && out.high <= 1.0)) {
        return bad(text, from, "share, nor a range of shares",
                   "give a share above 0 and at most 1, or two: 0.34, 34%, 0.3..0.45");
    }
    return out;
}

Estimate widened(const Estimate& of, double sigma_ln) {
    if (!(of.value > 0.0) || !(sigma_ln > 0.0)) {
        return of;
    }
    const double more = estimate::kZ95 * sigma_ln;
    const double below = of.low > 0.0 ? std::log(of.value / of.low) : 0.0;
    const double above = std::log(of.high / of.value);
    return {of.value, of.low > 0.0 ? of.value * std::exp(-root_of_squares(below, more)) : 0.0,
            of.value * std::exp(root_of_squares(above, more))};
}

}  // namespace gramme::plan
