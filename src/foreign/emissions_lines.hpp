// Lines of a file that may be damaged, and their fields. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/records.hpp"

namespace gramme::foreign {

struct Line {
    std::size_t number = 0;
    std::string_view text;  ///< without its end
    bool ended = true;      ///< false: the file stops in it
};

/// Without a byte order mark; LF or CRLF ends a line. Views into `text`.
[[nodiscard]] std::vector<Line> lines_of(std::string_view text);

struct SplitLine {
    std::vector<std::string> fields;
    SplitTrouble trouble = SplitTrouble::kNone;
};

/// At most 256 fields, in UTF-8: text that is none is taken for Latin-1.
[[nodiscard]] SplitLine split_line(std::string_view line);

}  // namespace gramme::foreign
