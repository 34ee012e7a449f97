// Numbers as they are printed: later steps compute with what the digits say.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "present/explanation_steps.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

Printed printed(std::string text) {
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') {
            text.pop_back();
        }
    }
    Printed out;
    std::from_chars(text.data(), text.data() + text.size(), out.value);
    out.text = std::move(text);
    return out;
}

/// What no run can have used, but a file may hold.
Printed beyond_numbers(double value) {
    return {value, "beyond all numbers"};
}

}  // namespace

double joules_per_kwh() {
    return Joules{KilowattHours{1.0}}.value();
}

Printed to_digits(double value, int digits) {
    return std::isfinite(value) ? printed(significant(value, digits)) : beyond_numbers(value);
}

Printed to_place(double value, int place) {
    return std::isfinite(value) ? printed(rounded(value, place)) : beyond_numbers(value);
}

Printed as_given(double value) {
    return printed(significant(value, 15));
}

int exponent_of(double value) {
    return value > 0.0 ? static_cast<int>(std::floor(std::log10(value))) : 0;
}

bool near(double a, double b, double tolerance) {
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

std::string joined(const std::vector<std::string>& texts, const char* separator) {
    std::string out;
    for (const std::string& text : texts) {
        out += (out.empty() ? "" : separator) + text;
    }
    return out;
}

}  // namespace gramme::present
