// One line of NDJSON: an object, its members found in the text without building a tree. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme {

struct JsonMember {
    enum class Kind { kString, kNumber, kNull, kOther };  ///< kOther: true, false, an object, an array
    std::string_view key;                                 ///< between its quotes, escapes as written
    std::string_view value;  ///< of a string between its quotes, escapes as written
    Kind kind = Kind::kOther;
};

struct JsonLine {
    std::vector<JsonMember> members;  ///< of the object itself; what lies deeper is checked and passed over
    std::size_t close = 0;            ///< where its closing brace stands
};

/// The object of a line (RFC 8259); blanks around it are allowed. `out` is overwritten. kMalformed says at
/// which byte.
[[nodiscard]] Result<void> scan_json_line(std::string_view line, JsonLine& out);
/// The items of a list, likewise, without keys.
[[nodiscard]] Result<void> scan_json_list(std::string_view text, std::vector<JsonMember>& out);
/// The text of a string as it is meant: escapes replaced. kMalformed for half a surrogate pair.
[[nodiscard]] Result<std::string> json_unescaped(std::string_view text);
/// With quotes around it.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace gramme
