// A pocket calculator for the steps of `gramme explain`: + - x / ^, brackets, sqrt, exp; units are skipped.
#pragma once

#include <optional>
#include <string_view>

namespace gramme::testing {

/// nullopt where the text is no sum. "... with z = 1.96, g = ..." sets the letters of a formula.
[[nodiscard]] std::optional<double> calculate(std::string_view text);

}  // namespace gramme::testing
