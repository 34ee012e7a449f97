// How much a run, or a search of many, may use: "500g", "2kWh", "3h".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gramme::plan {

enum class Resource : std::uint8_t { kCarbon, kEnergy, kTime };

/// More than 0 and finite.
struct Limit {
    Resource of = Resource::kCarbon;
    double amount = 0.0;  ///< g CO2e (operational), joules before PUE, or seconds
    std::string typed;    ///< as it was written, for messages
};

/// A decimal number and its unit, with or without a blank between them. Carbon: mg, g, kg, t (also with
/// "CO2e" behind it). Energy: J, kJ, MJ, Wh, kWh, MWh. Time: s, m, min, h, d. Letters may be large or small
/// but for M and m before J, Wh and g. kMalformed with the ways to write one; a bare number is none, for
/// nobody can tell what it limits.
[[nodiscard]] Result<Limit> parse_limit(std::string_view text);

}  // namespace gramme::plan
