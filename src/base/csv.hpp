// CSV (RFC 4180): quoted fields, doubled quotes, CRLF or LF. Small tables and single rows; not for gigabytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme {

using CsvRow = std::vector<std::string>;

/// All rows of a text, the header first. kMalformed names the line: open quote, text after a closing quote,
/// NUL byte.
[[nodiscard]] Result<std::vector<CsvRow>> parse_csv(std::string_view text);
/// One row as it is written: a field is quoted when it holds a comma, quote, CR, LF or outer blank. No line
/// end.
[[nodiscard]] std::string csv_line(const CsvRow& row);

}  // namespace gramme
