// Numbers of plans: operations, parameters, hours. Only for src/present.
#pragma once

#include <string>

#include "model/footprint.hpp"

namespace gramme::present {

/// "7B", "2T", "350M", "1.01B": as people type it, four digits.
[[nodiscard]] std::string amount_text(double value);
/// "8.4e22".
[[nodiscard]] std::string power_text(double value, int digits = 3);
/// "90.6 %"; of what leaves less than a twentieth of a percent "more than 99.9 %", for nothing saves all.
[[nodiscard]] std::string saved_text(double share);
/// "2.1 million device-hours   (1.2 to 3.6)", "410 device-hours   (250 to 680)": digits as the interval
/// supports.
[[nodiscard]] std::string plain_text(const Estimate& estimate, const std::string& unit = "");
/// Hours as a person waits them: "9.2 days   (5 to 16)" from two days on, else "12 h   (7 to 20)".
[[nodiscard]] std::string wait_text(const Estimate& hours);

}  // namespace gramme::present
