#include "present/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

#include "units/quantity.hpp"

namespace gramme::present {
namespace {

/// The digits of |value| for sure: 0.d1d2...d15 x 10^(exponent + 1), d1 != 0 unless the value is 0.
struct Decimal {
    std::string digits;
    int exponent = 0;  ///< power of ten of the first digit
};

constexpr int kSureDigits = 15;

Decimal decimal_of(double value) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                   std::chars_format::scientific, kSureDigits - 1)
                         .ptr;
    Decimal out;
    const char* at = buffer.data();
    for (; at != end && *at != 'e'; ++at) {
        if (*at != '.') {
            out.digits += *at;
        }
    }
    if (at != end) {
        ++at;
        at += *at == '+' ? 1 : 0;  // from_chars takes no plus
        std::from_chars(at, end, out.exponent);
    }
    return out;
}

/// Adds one to the last digit; true where a digit was carried out at the front ("99" -> "100").
bool carry(std::string& digits) {
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        if (*digit != '9') {
            ++*digit;
            return false;
        }
        *digit = '0';
    }
    digits.insert(digits.begin(), '1');
    return true;
}

struct Unit {
    const char* name;
    double size;      ///< in kg or kWh
    double smallest;  ///< the least printed value, in this unit, for which it is taken
};

constexpr std::array kCarbonUnits{Unit{"t", 1e3, 1.0}, Unit{"kg", 1.0, 1.0}, Unit{"g", 1e-3, 1.0},
                                  Unit{"mg", 1e-6, 0.0}};
constexpr std::array kEnergyUnits{Unit{"GWh", 1e6, 1.0}, Unit{"MWh", 1e3, 1.0}, Unit{"kWh", 1.0, 1.0},
                                  Unit{"Wh", 1e-3, 0.1}, Unit{"J", KilowattHours{Joules{1.0}}.value(), 0.0}};

constexpr std::array kWaterUnits{Unit{"m3", 1e3, 1.0}, Unit{"L", 1.0, 1.0}, Unit{"mL", 1e-3, 0.0}};

std::span<const Unit> units_of(Dimension dimension) {
    switch (dimension) {
        case Dimension::kCarbon: return kCarbonUnits;
        case Dimension::kEnergy: return kEnergyUnits;
        case Dimension::kWater: return kWaterUnits;
    }
    return {};
}

const char* base_unit(Dimension dimension) {
    switch (dimension) {
        case Dimension::kCarbon: return "kg";
        case Dimension::kEnergy: return "kWh";
        case Dimension::kWater: return "L";
    }
    return "";
}

/// Where the last digit stands (a power of ten).
int place_of(double value, double low, double high) {
    const double narrower = std::min(value - low, high - value);
    const int first = decimal_of(value).exponent;
    if (!(narrower > 0.0)) {
        return first - 3;
    }
    const Decimal a = decimal_of(narrower);
    const int place = a.exponent - (a.digits[0] <= '2' ? 1 : 0);
    return std::clamp(place, first - 3, first);
}

bool is_zero(const std::string& text) {
    return text.find_first_not_of("0.") == std::string::npos;
}

/// What `text` is as a number; it comes from rounded().
double number_in(const std::string& text) {
    double value = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// A positive bound never prints as 0: it gets one digit of its own.
std::string bound(double value, int place) {
    std::string text = rounded(value, place);
    return value > 0.0 && is_zero(text) ? rounded(value, decimal_of(value).exponent) : text;
}

void make_readable(Shown& out) {
    for (std::string* text : {&out.value, &out.low, &out.high}) {
        *text = readable(std::move(*text));
    }
}

}  // namespace

std::string rounded(double value, int place) {
    if (!std::isfinite(value)) {
        return "";
    }
    Decimal decimal = decimal_of(value);
    const int keep = decimal.exponent - place + 1;  // digits that stay
    if (keep < 0) {
        decimal = {"0", 0};
    } else if (keep < kSureDigits) {
        const bool up = decimal.digits[static_cast<std::size_t>(keep)] >= '5';
        decimal.digits.resize(static_cast<std::size_t>(keep));
        if (keep == 0) {
            decimal = up ? Decimal{"1", place} : Decimal{"0", 0};
        } else if (up && carry(decimal.digits)) {
            ++decimal.exponent;
        }
    }
    // Fixed notation: pad with zeros to the ones, put the point, cut at the place.
    const auto digit_at = [&](int power) {
        const int index = decimal.exponent - power;
        return index >= 0 && index < static_cast<int>(decimal.digits.size())
                   ? decimal.digits[static_cast<std::size_t>(index)]
                   : '0';
    };
    std::string text;
    for (int power = std::max(decimal.exponent, 0); power >= std::min(place, 0); --power) {
        if (power == -1) {
            text += '.';
        }
        text += digit_at(power);
    }
    return value < 0.0 && !is_zero(text) ? "-" + text : text;
}

std::string significant(double value, int digits) {
    if (value == 0.0) {
        return "0";
    }
    std::string text = rounded(value, decimal_of(value).exponent - digits + 1);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') {
            text.pop_back();
        }
    }
    return text;
}

std::string readable(std::string text) {
    constexpr int kLeastExponent = -9;
    const std::size_t first = text.find_first_of("123456789");
    if (first == std::string::npos) {
        return text.size() > kSureDigits ? "0" : text;
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    const int exponent = static_cast<int>(point) - static_cast<int>(first) - (first < point ? 1 : 0);
    if (exponent < kSureDigits && exponent >= kLeastExponent) {
        return text;
    }
    std::string digits = text.substr(first);
    std::erase(digits, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    const std::string more = digits.substr(1);
    return (text.front() == '-' ? "-" : "") + digits.substr(0, 1) + (more.empty() ? "" : "." + more) + "e" +
           std::to_string(exponent);
}

std::string shortest(double value) {
    if (!std::isfinite(value)) {
        return "";
    }
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

Shown shown(const Estimate& estimate, Dimension dimension) {
    Shown out;
    out.exact = estimate.low == estimate.value && estimate.high == estimate.value;
    if (estimate.value == 0.0) {
        out.value = out.low = out.high = "0";
        out.unit = base_unit(dimension);
        return out;
    }
    for (const Unit& unit : units_of(dimension)) {
        const double value = estimate.value / unit.size;
        const double low = estimate.low / unit.size;
        const double high = estimate.high / unit.size;
        const int place = place_of(value, low, high);
        out.value = out.exact ? significant(value, 4) : rounded(value, place);
        out.low = out.exact ? out.value : bound(low, place);
        out.high = out.exact ? out.value : bound(high, place);
        out.unit = unit.name;
        if (number_in(out.value) >= unit.smallest) {
            break;
        }
    }
    make_readable(out);
    return out;
}

Shown shown_plain(const Estimate& estimate) {
    Shown out;
    out.exact = estimate.low == estimate.value && estimate.high == estimate.value;
    if (estimate.value == 0.0) {
        out.value = out.low = out.high = "0";
        return out;
    }
    const int place = place_of(estimate.value, estimate.low, estimate.high);
    out.value = out.exact ? significant(estimate.value, 4) : rounded(estimate.value, place);
    out.low = out.exact ? out.value : bound(estimate.low, place);
    out.high = out.exact ? out.value : bound(estimate.high, place);
    make_readable(out);
    return out;
}

std::string shown_alone(double value, Dimension dimension, int digits) {
    if (value == 0.0) {
        return std::string{"0 "} + base_unit(dimension);
    }
    std::string text;
    for (const Unit& unit : units_of(dimension)) {
        const std::string number = significant(value / unit.size, digits);
        text = readable(number) + " " + unit.name;
        if (number_in(number) >= unit.smallest) {
            break;
        }
    }
    return text;
}

std::string duration_text(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0.0) {
        return "not known";
    }
    if (seconds < 9.95) {
        return rounded(seconds, seconds < 0.0995 ? -3 : -1) + " s";
    }
    constexpr double kYear = 365.25 * 86'400.0;
    if (seconds >= 1e5 * kYear) {
        return readable(significant(seconds / kYear, 3)) + " years";
    }
    const auto whole = static_cast<std::int64_t>(std::round(seconds));
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    if (whole < 60) {
        return std::to_string(whole) + " s";
    }
    if (whole < 3600) {
        return std::to_string(whole / 60) + " min " + two(whole % 60) + " s";
    }
    if (whole < 86'400) {
        return std::to_string(whole / 3600) + " h " + two(whole % 3600 / 60) + " min";
    }
    return std::to_string(whole / 86'400) + " d " + std::to_string(whole % 86'400 / 3600) + " h";
}

std::optional<Estimate> for_one(const WorkDone& work, const std::optional<Estimate>& sum, double scale) {
    if (!sum || !(work.count > 0.0)) {
        return std::nullopt;
    }
    const double each = work.of / work.count * scale;
    return Estimate{sum->value * each, sum->low * each, sum->high * each};
}

}  // namespace gramme::present
