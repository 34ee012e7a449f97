// A number inside a sentence of an assumption: plain decimal where one can read it so, no locale. Internal to
// estimate.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace gramme::estimate {

/// At most `digits` significant digits, trailing zeros dropped, whole numbers in full: "0.76", "532",
/// "12480". From 1e21 on and below 1e-9 "8.85e94", "1e-300".
[[nodiscard]] inline std::string number_text(double value, int digits = 4) {
    constexpr double kMostWhole = 1e15;
    if (std::abs(value) < kMostWhole && value == std::trunc(value) && !std::signbit(value)) {
        return std::to_string(static_cast<long long>(value));
    }
    constexpr double kLeast = 1e-9;
    constexpr double kMost = 1e21;
    if (value != 0.0 && (std::abs(value) >= kMost || std::abs(value) < kLeast)) {
        std::array<char, 32> power{};
        const auto stop = std::to_chars(power.data(), power.data() + power.size(), value,
                                        std::chars_format::general, std::min(digits, 17))
                              .ptr;
        std::string out{power.data(), stop};
        std::erase(out, '+');
        return out;
    }
    const int before_point = value != 0.0 ? static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1 : 1;
    std::array<char, 340> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed,
                                   std::max(digits - before_point, 0))
                         .ptr;
    std::string out{text.data(), end};
    if (out.find('.') != std::string::npos) {
        out.erase(out.find_last_not_of('0') + 1);
        out.erase(out.find_last_not_of('.') + 1);
    }
    return out;
}

}  // namespace gramme::estimate
