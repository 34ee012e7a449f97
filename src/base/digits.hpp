// Numbers as text for tables of many millions of them: nine significant digits, no locale, no allocation.
#pragma once

namespace gramme {

/// The longest text that write_digits() makes.
inline constexpr int kMostDigits = 32;

/// Nine significant digits, rounded to nearest, without trailing zeros: "0.810062886", "12.6934088", "0",
/// "1e+300". Finite values of any sign. Returns one past the last character; no final NUL.
char* write_digits(char* to, double value);

}  // namespace gramme
