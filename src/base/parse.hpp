// Numbers from text, without locale: std::from_chars, no sign where none belongs, no tail, nothing infinite.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme {

/// Text without white space at both ends (blank, tab, CR, LF).
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// A decimal unsigned number; one trailing newline or surrounding blanks are allowed. kMalformed or
/// kOutOfRange.
[[nodiscard]] Result<std::uint64_t> parse_u64(std::string_view text);
[[nodiscard]] Result<std::int64_t> parse_i64(std::string_view text);
/// A finite decimal number; "nan", "inf" and a tail are kMalformed.
[[nodiscard]] Result<double> parse_double(std::string_view text);

/// The allocation-free form for the sampling path: nullopt where parse_u64 would fail.
[[nodiscard]] std::optional<std::uint64_t> read_u64(std::string_view text) noexcept;

/// A duration such as "500ms", "1s", "2.5", "5m" or "1h" (a bare number is seconds), in seconds. kMalformed,
/// kOutOfRange.
[[nodiscard]] Result<double> parse_duration_s(std::string_view text);

/// Numbers of a kernel list such as "0-3,8,10-11", ascending. Empty for anything else, and for more than
/// 65,536 numbers. Source: Linux Documentation/admin-guide/cputopology.rst.
[[nodiscard]] std::vector<int> parse_cpu_list(std::string_view text);

}  // namespace gramme
