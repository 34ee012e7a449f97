// Text that is to stand on one line of a table, a file or a terminal.
#pragma once

#include <string_view>

namespace gramme {

/// Whether it breaks its line or drives a terminal: a control character (C0, DEL or, as UTF-8, C1), U+2028
/// or U+2029.
[[nodiscard]] constexpr bool holds_control(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[at])) : 0U;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool ascii = byte(i) < 0x20 || byte(i) == 0x7F;
        const bool c1 = byte(i) == 0xC2 && byte(i + 1) >= 0x80 && byte(i + 1) < 0xA0;  // U+0080 .. U+009F
        const bool separator =
            byte(i) == 0xE2 && byte(i + 1) == 0x80 && (byte(i + 2) == 0xA8 || byte(i + 2) == 0xA9);
        if (ascii || c1 || separator) {
            return true;
        }
    }
    return false;
}

}  // namespace gramme
