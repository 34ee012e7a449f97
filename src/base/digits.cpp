#include "base/digits.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace gramme {
namespace {

constexpr int kDigits = 9;
constexpr std::uint64_t kLeast = 100'000'000;  ///< the least number of nine digits
constexpr std::array<double, 23> kPowers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

}  // namespace

char* write_digits(char* to, double value) {
    if (value == 0.0) {
        *to++ = '0';
        return to;
    }
    // Within this range each power of ten is a double without error, so one multiplication or division rounds
    // once.
    constexpr double kSmallest = 1e-4;
    constexpr double kLargest = 1e15;
    if (!(value >= kSmallest && value < kLargest)) {
        return std::to_chars(to, to + kMostDigits, value, std::chars_format::general, kDigits).ptr;
    }
    int before_point = 0;  ///< digits before the point; 0 or less for values below 1
    if (value >= 1.0) {
        while (value >= kPowers[static_cast<std::size_t>(before_point)]) {
            ++before_point;
        }
    } else {
        while (value * kPowers[static_cast<std::size_t>(1 - before_point)] < 1.0) {
            --before_point;
        }
    }
    const int shift = kDigits - before_point;
    const double scaled = shift >= 0 ? value * kPowers[static_cast<std::size_t>(shift)]
                                     : value / kPowers[static_cast<std::size_t>(-shift)];
    auto number = static_cast<std::uint64_t>(std::nearbyint(scaled));
    if (number >= 10 * kLeast) {  // 999999999.9 has become a digit longer
        number /= 10;
        ++before_point;
    }
    std::array<char, kDigits + 1> digits{};
    for (int i = kDigits - 1; i >= 0; --i) {
        digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    int last = kDigits;
    while (last > 1 && digits[static_cast<std::size_t>(last - 1)] == '0') {
        --last;
    }
    if (before_point <= 0) {
        *to++ = '0';
        *to++ = '.';
        for (int i = before_point; i < 0; ++i) {
            *to++ = '0';
        }
    }
    for (int i = 0; i < last; ++i) {
        if (i == before_point && i > 0) {
            *to++ = '.';
        }
        *to++ = digits[static_cast<std::size_t>(i)];
    }
    for (int i = last; i < before_point; ++i) {
        *to++ = '0';
    }
    return to;
}

}  // namespace gramme
