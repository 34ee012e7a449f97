// UTC stamps: nanoseconds since 1970 to ISO 8601 text and back, without time zone data. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gramme {

/// "2026-11-23T09:00:00Z"; sub-second digits are dropped. From 1677 to 2262, as far as the nanoseconds reach.
[[nodiscard]] std::string utc_text(std::int64_t wall_ns);
/// The inverse: "YYYY-MM-DDTHH:MM:SS" with "Z" or an offset such as "+05:30"; the seconds may be left out or
/// have decimals, which are dropped; a date alone is its midnight. kMalformed; kOutOfRange outside the years
/// 1970 to 2261.
[[nodiscard]] Result<std::int64_t> parse_utc(std::string_view text);

/// Minutes that a text, which parse_utc() takes, is ahead of UTC: 60 of "...+01:00"; 0 of "...Z" and of a
/// date.
[[nodiscard]] int utc_offset_of(std::string_view text);
/// "2026-11-23T10:00:00+01:00": as utc_text(), on a clock that is `offset_minutes` ahead of UTC.
[[nodiscard]] std::string offset_text(std::int64_t wall_ns, int offset_minutes);

}  // namespace gramme
