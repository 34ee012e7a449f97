// What a result and its explanation both say of a grid intensity. Only for src/present.
#pragma once

#include "model/footprint.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// 0 is a year that the source does not state.
[[nodiscard]] inline Json year_json(int year) {
    return year == 0 ? Json(nullptr) : Json(year);
}

/// Sets `in_time`, where the value is a mean over time.
inline void set_in_time(Json& grid, const IntensityFactor& intensity) {
    if (const auto& mean = intensity.in_time) {
        constexpr double kPercent = 100.0;
        Json& json = grid["in_time"] = Json::object();
        json["zone"] = text_or_null(mean->zone);
        json["periods"] = mean->periods;
        json["least"] = number(mean->least);
        json["most"] = number(mean->most);
        json["held_pct"] = number(kPercent * mean->held_share);
        json["otherwise_pct"] = number(kPercent * mean->otherwise_share);
        if (mean->otherwise_share > 0.0) {
            json["otherwise"] = number(mean->otherwise.value());
            json["otherwise_source"] = text_or_null(mean->otherwise_source);
        }
    }
}

/// Sets `country_lifecycle`, where the headline is direct and the country's lifecycle figure is known.
inline void set_country_lifecycle(Json& grid, const IntensityFactor& intensity) {
    if (intensity.country_lifecycle) {
        Json& beside = grid["country_lifecycle"] = Json::object();
        beside["value"] = number(intensity.country_lifecycle->value());
        beside["zone"] = text_or_null(intensity.country_lifecycle_zone);
        beside["year"] = year_json(intensity.country_lifecycle_year);
        beside["source"] = text_or_null(intensity.country_lifecycle_source);
    }
}

}  // namespace gramme::present
