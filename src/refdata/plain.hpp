// A float of the compiled tables as the decimal number that stood in the table. Internal to refdata.
#pragma once

#include <array>
#include <charconv>

namespace gramme::refdata {

/// The double nearest to the shortest decimal of `value`: 0.1F gives 0.1, where a cast gives 0.100000001.
[[nodiscard]] inline double plain(float value) {
    // Nearly all that stands in tables has a few decimals: the fewest with which the float comes back are
    // those of its shortest decimal (of two that are equally near, the even one), and one division of whole
    // numbers gives the double nearest to it.
    constexpr std::array kPowers{1.0, 10.0, 100.0, 1000.0, 10'000.0};
    constexpr float kWholeInFloats = 16'777'216.0F;
    if (value >= 0.0F && value < kWholeInFloats) {
        for (const double power : kPowers) {
            const double scaled = static_cast<double>(value) * power;  // exact: 24 and 14 bits
            auto whole = static_cast<long long>(scaled);
            const double rest = scaled - static_cast<double>(whole);
            whole += rest > 0.5 || (rest == 0.5 && whole % 2 != 0) ? 1 : 0;
            const double near = static_cast<double>(whole) / power;
            if (static_cast<float>(near) == value) {
                return near;
            }
        }
    }
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    double exact = 0.0;
    std::from_chars(digits.data(), end, exact);
    return exact;
}

}  // namespace gramme::refdata
