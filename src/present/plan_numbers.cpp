#include "present/plan_numbers.hpp"

#include <array>
#include <cmath>

#include "present/numbers.hpp"

namespace gramme::present {
namespace {

struct Size {
    double of;
    const char* letter;
};
constexpr std::array kSizes{Size{1e12, "T"}, Size{1e9, "B"}, Size{1e6, "M"}, Size{1e3, "k"}};
constexpr double kMillion = 1e6;
constexpr double kTwoDays = 48.0;

std::string with_bounds(const Estimate& of, double size, const std::string& unit) {
    const Shown text = shown_plain({of.value / size, of.low / size, of.high / size});
    const std::string head = text.value + unit;
    return text.exact ? head : head + "   (" + text.low + " to " + text.high + ")";
}

}  // namespace

std::string amount_text(double value) {
    for (const Size& size : kSizes) {
        if (value >= size.of) {
            return readable(significant(value / size.of, 4)) + size.letter;
        }
    }
    return readable(significant(value, 4));
}

std::string power_text(double value, int digits) {
    if (!(value >= kMillion)) {
        return readable(significant(value, digits));
    }
    int exponent = static_cast<int>(std::floor(std::log10(value)));
    std::string text = significant(value / std::pow(10.0, exponent), digits);
    if (text == "10") {
        text = "1";
        ++exponent;
    }
    return text + "e" + std::to_string(exponent);
}

std::string saved_text(double share) {
    constexpr double kNearlyAll = 0.9995;
    constexpr double kPercent = 100.0;
    constexpr int kDigits = 3;
    return share >= kNearlyAll && share < 1.0 ? "more than 99.9 %"
                                              : significant(share * kPercent, kDigits) + " %";
}

std::string plain_text(const Estimate& estimate, const std::string& unit) {
    const std::string behind = unit.empty() ? "" : " " + unit;
    return estimate.value >= kMillion ? with_bounds(estimate, kMillion, " million" + behind)
                                      : with_bounds(estimate, 1.0, behind);
}

std::string wait_text(const Estimate& hours) {
    constexpr double kDay = 24.0;
    constexpr double kYear = 24.0 * 365.25;
    if (hours.value >= 2.0 * kYear) {
        return with_bounds(hours, kYear, " years");
    }
    return hours.value >= kTwoDays ? with_bounds(hours, kDay, " days") : with_bounds(hours, 1.0, " h");
}

}  // namespace gramme::present
