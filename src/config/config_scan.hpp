// A look at a configuration before the TOML library sees it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace gramme::config {

struct TextPlace {
    std::size_t line = 1;
    std::size_t column = 1;  ///< in bytes
};

/// The first byte outside of strings and comments that is not ASCII. TOML 1.0 has no use for one there, and
/// toml++ 3.3 runs into undefined behaviour on some ("[" and U+FEF7,
/// fuzz/corpus/config/letter-without-a-table.toml).
[[nodiscard]] std::optional<TextPlace> first_stray_character(std::string_view text);

}  // namespace gramme::config
