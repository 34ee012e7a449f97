// A float of the compiled tables as the decimal number that stood in the table. Internal to refdata.
#pragma once

#include <array>
#include <charconv>

namespace gramme::refdata {

/// The double nearest to the shortest decimal of `value`: 0.1F gives 0.1, where a cast gives 0.100000001.
[[nodiscard]] inline double plain(float value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    double exact = 0.0;
    std::from_chars(digits.data(), end, exact);
    return exact;
}

}  // namespace gramme::refdata
