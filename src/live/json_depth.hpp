// How deep a text nests, told before it becomes JSON: what copies, compares or writes a tree calls itself
// once a level, and the stack ends. Pure.
#pragma once

#include <string_view>

namespace gramme::live {

/// Levels of lists and objects in one another. The deepest that is documented has four: NESO's answer,
/// {"data": [{"intensity": {}}]}.
inline constexpr int kDeepestJson = 8;

/// Whether more than kDeepestJson are open at once, brackets in strings aside. Of a text that is no JSON it
/// may say either; where it says no, whatever a parser makes of the text is no deeper.
[[nodiscard]] bool is_too_deep(std::string_view text);

}  // namespace gramme::live
