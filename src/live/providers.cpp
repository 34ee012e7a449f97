#include "live/providers.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>

#include "live/json_depth.hpp"
#include "units/pound.hpp"

namespace gramme::live {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
/// Electricity Maps' history holds the last 24 hours and is part of every plan; past-range is not.
constexpr std::int64_t kHistoryS = 23 * kHour;

Error malformed(const Query& query, const std::string& what) {
    return {Code::kMalformed,
            "the answer of " + std::string{title_of(query.provider)} + " is not as documented: " + what, ""};
}

Result<Json> object_of(const Query& query, std::string_view body) {
    if (is_too_deep(body)) {
        return malformed(query, "it nests too deeply");
    }
    Json json = Json::parse(body, nullptr, false);
    if (json.is_discarded()) {
        return malformed(query, "it is no JSON");
    }
    if (!json.is_object()) {
        return malformed(query, "it is no JSON object");
    }
    return json;
}

/// nullptr where it is absent or null, or `object` is no object.
const Json* member(const Json& object, const char* key) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<const Json*> list_of(const Query& query, const Json& object, const char* key) {
    const Json* list = member(object, key);
    if (list == nullptr || !list->is_array()) {
        return malformed(query, "'" + std::string{key} + "' is no list");
    }
    return list;
}

Result<std::int64_t> time_in(const Query& query, const Json& object, const char* key) {
    const Json* text = member(object, key);
    if (text == nullptr || !text->is_string()) {
        return malformed(query, "'" + std::string{key} + "' is no time");
    }
    const auto time = time_of(text->get_ref<const std::string&>());
    if (!time) {
        return malformed(query, "'" + std::string{key} + "' is no time in UTC");
    }
    return *time;
}

/// In the provider's unit, as g/kWh.
template <class Unit = GramsPerKilowattHour>
Result<double> grams_in(const Query& query, const Json& value, const char* key) {
    if (!value.is_number()) {
        return malformed(query, "'" + std::string{key} + "' is no number");
    }
    const double grams = GramsPerKilowattHour{Unit{value.get<double>()}}.value();
    if (!std::isfinite(grams) || grams < 0.0 || grams > kMostGrams) {
        return malformed(query, "'" + std::string{key} + "' is not from 0 to 5000 g/kWh");
    }
    return grams;
}

/// An optional text that, where it is told, must be what was asked for.
Result<void> check_text(const Query& query, const Json& object, const char* key, std::string_view wanted) {
    const Json* text = member(object, key);
    if (text != nullptr && (!text->is_string() || text->get_ref<const std::string&>() != wanted)) {
        return malformed(
            query, "'" + std::string{key} + "' is not " + std::string{wanted} + ", which was asked for");
    }
    return {};
}

// --- Electricity Maps ---------------------------------------------------------------------------------

Result<void> add_electricity_maps(const Query& query, const Json& item, std::vector<Point>& out) {
    GRAMME_CHECK(check_text(query, item, "zone", query.zone));
    GRAMME_CHECK(check_text(query, item, "emissionFactorType", query.basis));
    GRAMME_CHECK(check_text(query, item, "temporalGranularity", "hourly"));
    GRAMME_TRY(const std::int64_t from, time_in(query, item, "datetime"));
    const Json* value = member(item, "carbonIntensity");
    if (value == nullptr) {
        return {};
    }
    GRAMME_TRY(const double grams, grams_in(query, *value, "carbonIntensity"));
    const Json* estimated = member(item, "isEstimated");
    if (estimated != nullptr && !estimated->is_boolean()) {
        return malformed(query, "'isEstimated' is neither true nor false");
    }
    const bool is_estimated = estimated != nullptr && estimated->get<bool>();
    out.push_back({from, from + kHour, grams, is_estimated ? Knowledge::kEstimated : Knowledge::kMeasured});
    return {};
}

Result<std::vector<Point>> electricity_maps(const Query& query, const Json& answer) {
    std::vector<Point> out;
    if (!query.span) {
        if (member(answer, "carbonIntensity") == nullptr) {
            return malformed(query, "it has no 'carbonIntensity'");
        }
        GRAMME_CHECK(add_electricity_maps(query, answer, out));
        return out;
    }
    GRAMME_CHECK(check_text(query, answer, "zone", query.zone));
    const char* key = member(answer, "history") != nullptr ? "history" : "data";
    GRAMME_TRY(const Json* list, list_of(query, answer, key));
    for (const Json& item : *list) {
        GRAMME_CHECK(add_electricity_maps(query, item, out));
    }
    return out;
}

// --- WattTime -------------------------------------------------------------------------------------------

std::string_view signal_of(const Query& query) {
    return query.basis == "marginal" ? "co2_moer" : "co2_aoer";
}

Result<std::vector<Point>> watttime(const Query& query, const Json& answer) {
    const Json* meta = member(answer, "meta");
    if (meta == nullptr || !meta->is_object()) {
        return malformed(query, "it has no 'meta'");
    }
    const Json* units = member(*meta, "units");
    if (units == nullptr || !units->is_string() ||
        units->get_ref<const std::string&>() != "lbs_co2_per_mwh") {
        return malformed(query, "its unit is not lbs_co2_per_mwh");
    }
    GRAMME_CHECK(check_text(query, *meta, "region", query.zone));
    GRAMME_CHECK(check_text(query, *meta, "signal_type", signal_of(query)));
    std::int64_t period = 5 * kMinute;
    if (const Json* seconds = member(*meta, "data_point_period_seconds")) {
        if (!seconds->is_number_integer() || seconds->get<double>() < static_cast<double>(kMinute) ||
            seconds->get<double>() > static_cast<double>(kDay)) {
            return malformed(query, "'data_point_period_seconds' is no period of a minute to a day");
        }
        period = seconds->get<std::int64_t>();
    }
    // Marginal values are of a model, never measured; the newest marginal value is the head of a forecast.
    const Knowledge knowledge = !query.span && query.basis == "marginal" ? Knowledge::kForecast
                                : query.basis == "marginal"              ? Knowledge::kEstimated
                                                                         : Knowledge::kMeasured;
    GRAMME_TRY(const Json* list, list_of(query, answer, "data"));
    std::vector<Point> out;
    for (const Json& item : *list) {
        GRAMME_TRY(const std::int64_t from, time_in(query, item, "point_time"));
        if (const Json* value = member(item, "value")) {
            GRAMME_TRY(const double grams, grams_in<PoundsPerMegawattHour>(query, *value, "value"));
            out.push_back({from, from + period, grams, knowledge});
        }
    }
    return out;
}

// --- NESO -----------------------------------------------------------------------------------------------

Result<std::vector<Point>> neso(const Query& query, const Json& answer) {
    GRAMME_TRY(const Json* list, list_of(query, answer, "data"));
    std::vector<Point> out;
    for (const Json& item : *list) {
        GRAMME_TRY(const std::int64_t from, time_in(query, item, "from"));
        GRAMME_TRY(const std::int64_t until, time_in(query, item, "to"));
        if (until <= from || until - from > kDay) {
            return malformed(query, "'to' does not lie within a day after 'from'");
        }
        const Json* intensity = member(item, "intensity");
        if (intensity == nullptr || !intensity->is_object()) {
            return malformed(query, "'intensity' is no object");
        }
        const Json* actual = member(*intensity, "actual");
        const Json* forecast = member(*intensity, "forecast");
        const Json* value = actual != nullptr ? actual : forecast;
        if (value == nullptr) {
            continue;
        }
        GRAMME_TRY(const double grams, grams_in(query, *value, actual != nullptr ? "actual" : "forecast"));
        out.push_back({from, until, grams, actual != nullptr ? Knowledge::kMeasured : Knowledge::kForecast});
    }
    return out;
}

}  // namespace

std::string address_of(const Query& query, std::string_view server, std::int64_t now_s) {
    const std::string at{server};
    switch (query.provider) {
        case Provider::kElectricityMaps: {
            // Without the last parameter a zone that is not known becomes that of the caller's IP address.
            const std::string which = "?zone=" + query.zone + "&emissionFactorType=" + query.basis +
                                      "&temporalGranularity=hourly&shouldUseFallbackCallerLookup=false";
            const std::string path = at + "/v3/carbon-intensity/";
            if (!query.span) {
                return path + "latest" + which;
            }
            if (query.span->from_s >= now_s - kHistoryS) {
                return path + "history" + which;
            }
            return path + "past-range" + which + "&start=" + time_text(query.span->from_s) +
                   "&end=" + time_text(query.span->until_s);
        }
        case Provider::kWattTime: {
            const std::string which =
                "?region=" + query.zone + "&signal_type=" + std::string{signal_of(query)};
            if (!query.span && query.basis == "marginal") {
                return at + "/v3/forecast" + which + "&horizon_hours=1";
            }
            const Span span = query.span ? *query.span : Span{now_s - 2 * kDay, now_s};
            return at + "/v3/historical" + which + "&start=" + time_text(span.from_s) +
                   "&end=" + time_text(span.until_s);
        }
        case Provider::kNeso: {
            if (!query.span) {
                return at + "/intensity";
            }
            const auto minutes = [](std::int64_t s) { return time_text(s).substr(0, 16) + "Z"; };
            return at + "/intensity/" + minutes(query.span->from_s) + "/" + minutes(query.span->until_s);
        }
    }
    return at;
}

Result<std::vector<Point>> points_of(const Query& query, std::string_view body) {
    GRAMME_TRY(const Json answer, object_of(query, body));
    switch (query.provider) {
        case Provider::kElectricityMaps: return electricity_maps(query, answer);
        case Provider::kWattTime: return watttime(query, answer);
        case Provider::kNeso: return neso(query, answer);
    }
    return Error{Code::kBug, "a provider without a parser", ""};
}

std::string login_address(std::string_view server) {
    return std::string{server} + "/login";
}

Result<std::string> token_of_login(std::string_view body) {
    constexpr std::size_t kLongest = 8192;
    const Json answer = is_too_deep(body) ? Json() : Json::parse(body, nullptr, false);
    const Json* token = answer.is_discarded() ? nullptr : member(answer, "token");
    const std::string text = token != nullptr && token->is_string() ? token->get<std::string>() : "";
    const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
    });
    if (text.empty() || text.size() > kLongest || !clean) {
        return Error{Code::kMalformed, "WattTime's answer to the login holds no token", ""};
    }
    return text;
}

std::string complaint_of(std::string_view body) {
    const Json answer = is_too_deep(body) ? Json() : Json::parse(body, nullptr, false);
    if (answer.is_discarded()) {
        return "";
    }
    const Json* found = member(answer, "error");
    if (found != nullptr && found->is_object()) {  // NESO: {"error":{"code":"400 Bad Request","message":...}}
        found = member(*found, "message");
    }
    if (found == nullptr || !found->is_string()) {
        found = member(answer, "message");
    }
    return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : bytes) {
        bits = (bits << 8U | static_cast<unsigned char>(c)) & 0xFFFFFFU;
        for (held += 8; held >= 6;) {
            held -= 6;
            out += kLetters[bits >> static_cast<unsigned>(held) & 63U];
        }
    }
    if (held > 0) {
        out += kLetters[bits << static_cast<unsigned>(6 - held) & 63U];
    }
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

}  // namespace gramme::live
