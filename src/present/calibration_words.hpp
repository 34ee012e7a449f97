// What a calibration by a meter is, in words and in JSON: for `gramme calibrate` and `gramme doctor`. Only
// for src/present.
#pragma once

#include <optional>
#include <string>

#include "meter/wall_curve.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// "62.1 W idle to 214.3 W with all CPUs busy"
[[nodiscard]] std::string words_of(const meter::WallCurve& curve);
/// "R2 0.998, residual 1.2 W, 60 readings at 1 to 99 % load; for a run +-21 %"
[[nodiscard]] std::string fit_words(const meter::WallCurve& curve);
/// "46.4 W behind a supply of 0.893, residual 0.9 W, 60 readings; +-12 %"
[[nodiscard]] std::string words_of(const meter::WallRest& rest);

/// Sets `wall` and `remainder`, each where it is known.
void set_meter(Json& json, const std::optional<meter::WallCurve>& wall,
               const std::optional<meter::WallRest>& rest);

}  // namespace gramme::present
