// What a person's own power meter says, as text: the output of a command, and rows of a recording. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "units/quantity.hpp"

namespace gramme::meter {

/// More than any machine draws; a larger number has another unit, or is none of power.
inline constexpr Watts kMostWallPower{100'000.0};

/// The watts in what a meter's command printed: the first number that W, Watt, Watts, kW or mW follows, else
/// the first that no unit of anything else (V, A, Wh, VA, var, J, Hz, C, %) follows. A number stands alone:
/// no letter, digit or underscore before it. "123.4", "123.4 W", "0.123 kW", "Instantaneous power reading:
/// 220 Watts", {"power": 41.5}. kMalformed: no number in W, a hexadecimal one, a decimal comma, not above 0;
/// kOutOfRange: above kMostWallPower.
[[nodiscard]] Result<Watts> parse_meter_watts(std::string_view text);

struct MeterRow {
    std::int64_t wall_ns = 0;  ///< UTC
    Watts power{};
};

/// A recording: CSV with a header. The time stands in the column timestamp, time, datetime or date: ISO 8601
/// with Z or an offset (fractions of a second are dropped), or seconds since 1970; the watts in watts,
/// power_w, power, w or value. Case does not matter, other columns are passed over. By time; of two rows of
/// one instant the first counts. kMalformed names the line; kOutOfRange: a power above kMostWallPower, a time
/// outside 1970 to 2261.
[[nodiscard]] Result<std::vector<MeterRow>> parse_meter_csv(std::string_view text);

}  // namespace gramme::meter
