// Numbers as a person reads them: a unit that fits, and no more digits than the interval supports. No locale.
// Rules: docs/method/uncertainty.md#digits. Only for src/present.
#pragma once

#include <optional>
#include <string>

#include "model/footprint.hpp"

namespace gramme::present {

enum class Dimension { kCarbon, kEnergy, kWater };

/// An interval ready to print: three numbers to the same place, one unit.
struct Shown {
    std::string value;
    std::string low;
    std::string high;
    std::string unit;
    bool exact = false;  ///< no interval: low = value = high
};

/// `estimate` in kg CO2e, kWh or litres. The unit is the largest in which the printed value is 1 or more (mg,
/// g, kg, t; J below 0.1 Wh, Wh, kWh, MWh, GWh; mL, L, m3). The place of the last digit comes from a =
/// min(value - low, high - value): one place below a's first digit where that is 1 or 2, else its own; one to
/// four significant digits.
[[nodiscard]] Shown shown(const Estimate& estimate, Dimension dimension);
/// The same without a unit: hours, counts, ratios.
[[nodiscard]] Shown shown_plain(const Estimate& estimate);

/// The part of a sum that falls to one unit of the work done, in `scale` of the sum's unit; nothing where
/// either is not known.
[[nodiscard]] std::optional<Estimate> for_one(const WorkDone& work, const std::optional<Estimate>& sum,
                                              double scale = 1.0);

/// A value without an interval, in the unit that fits: "0.24 Wh".
[[nodiscard]] std::string shown_alone(double value, Dimension dimension, int significant);

/// Decimal text rounded half away from zero to 10^place; rounded("2.675", -2) is "2.68" because it is done on
/// the 15 digits that a double holds for sure.
[[nodiscard]] std::string rounded(double value, int place);
/// At most `significant` digits, trailing zeros dropped: "1.54", "458.3", "12000" from 12003.
[[nodiscard]] std::string significant(double value, int digits);
/// What rounded() or significant() wrote, for a sentence or a table: with more than 15 digits before the
/// point "2.8e82", and below 1e-9 "1.2e-12", for nobody counts zeros.
[[nodiscard]] std::string readable(std::string text);
/// The shortest text that reads back as the same double; empty for NaN and infinity.
[[nodiscard]] std::string shortest(double value);
/// Two largest parts: "3 d 12 h", "2 h 05 min", "2 min 13 s", "41 s", "0.8 s". From a hundred
/// thousand years on these.
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace gramme::present
