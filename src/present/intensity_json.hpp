// What a result and its explanation both say of a grid intensity. Only for src/present.
#pragma once

#include "model/footprint.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// 0 is a year that the source does not state.
[[nodiscard]] inline std::optional<int> known_year(int year) {
    return year == 0 ? std::nullopt : std::optional{year};
}

[[nodiscard]] inline Json year_json(int year) {
    return number_or_null(known_year(year));
}

/// `in_time`, where the value is a mean over time.
[[nodiscard]] inline Json in_time_json(const IntensityInTime& mean) {
    constexpr double kPercent = 100.0;
    Json json = Json::object();
    json["zone"] = text_or_null(mean.zone);
    json["periods"] = mean.periods;
    json["least"] = number(mean.least);
    json["most"] = number(mean.most);
    json["held_pct"] = number(kPercent * mean.held_share);
    json["otherwise_pct"] = number(kPercent * mean.otherwise_share);
    if (mean.otherwise_share > 0.0) {
        json["otherwise"] = number(mean.otherwise.value());
        json["otherwise_source"] = text_or_null(mean.otherwise_source);
    }
    return json;
}

/// `country_lifecycle`, where the headline is direct and the country's lifecycle figure is known.
[[nodiscard]] inline Json country_lifecycle_json(const IntensityFactor& intensity) {
    Json json = Json::object();
    json["value"] = number(intensity.country_lifecycle->value());
    json["zone"] = text_or_null(intensity.country_lifecycle_zone);
    json["year"] = year_json(intensity.country_lifecycle_year);
    json["source"] = text_or_null(intensity.country_lifecycle_source);
    return json;
}

}  // namespace gramme::present
