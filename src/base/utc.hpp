// UTC stamps: nanoseconds since 1970 to ISO 8601 text and back, without time zone data. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gramme {

/// "2026-11-23T09:00:00Z"; sub-second digits are dropped. Years 1970 to 9999.
[[nodiscard]] std::string utc_text(std::int64_t wall_ns);
/// The inverse: "YYYY-MM-DDTHH:MM:SS" with "Z" or an offset such as "+05:30"; a date alone is its midnight.
/// kMalformed.
[[nodiscard]] Result<std::int64_t> parse_utc(std::string_view text);

}  // namespace gramme
