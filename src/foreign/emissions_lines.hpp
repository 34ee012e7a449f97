// Lines of a file that may be damaged, and their fields. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/records.hpp"

namespace gramme::foreign {

/// A row of emissions.csv has some 400 bytes. What has more than this is no row, and taking it apart would
/// take many times its size.
inline constexpr std::size_t kLongestLine = std::size_t{1} << 20U;

struct Line {
    std::size_t number = 0;  ///< from 1
    std::string_view text;   ///< without its end
    bool ended = true;       ///< false: the file stops in it
};

/// One line after the other, without a byte order mark. LF or CRLF ends a line; a file whose first line ends
/// with CR alone (Mac OS before X, some spreadsheets) has CR, LF or both at the end of any. Views into the
/// text. A copy goes on from where it was made.
class LineReader {
public:
    explicit LineReader(std::string_view text);
    /// Nothing behind the last line.
    [[nodiscard]] std::optional<Line> next();

private:
    std::string_view left_;
    std::size_t number_ = 0;
    const char* ends_ = "\n";
};

struct SplitLine {
    std::vector<std::string> fields;
    SplitTrouble trouble = SplitTrouble::kNone;
};

/// At most 256 fields, in UTF-8: text that is none is taken for Latin-1. `line`: at most kLongestLine.
[[nodiscard]] SplitLine split_line(std::string_view line);

}  // namespace gramme::foreign
