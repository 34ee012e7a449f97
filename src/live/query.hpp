// What is asked of a live provider: who, where, when, on which basis. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme::live {

enum class Provider : std::uint8_t { kElectricityMaps, kWattTime, kNeso };

/// "electricitymaps", "watttime", "neso".
[[nodiscard]] std::string_view name_of(Provider provider);
/// "Electricity Maps": for sentences.
[[nodiscard]] std::string_view title_of(Provider provider);
/// Id in data/sources.csv.
[[nodiscard]] std::string_view source_of(Provider provider);
/// Where its API is, without a slash at the end.
[[nodiscard]] std::string_view server_of(Provider provider);
/// kUsage with the names that there are.
[[nodiscard]] Result<Provider> provider_named(std::string_view name);

/// Seconds since 1970, UTC; `until_s` is not part of it.
struct Span {
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
};

struct Query {
    Provider provider = Provider::kNeso;
    std::string zone;          ///< in the provider's own words: "FR", "CAISO_NORTH", "GB"
    std::string basis;         ///< "lifecycle", "direct", "marginal"
    std::optional<Span> span;  ///< absent: the newest value
};

/// What a provider told of one stretch of time, and how well it knew.
enum class Knowledge : std::uint8_t { kMeasured, kEstimated, kForecast };
struct Point {
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
    double gco2e_per_kwh = 0.0;
    Knowledge knowledge = Knowledge::kMeasured;
};

/// No grid is dirtier: a plant that burns lignite badly makes some 1.3 kg per kWh, a marginal one with its
/// losses 2. What lies above is in another unit.
inline constexpr double kMostGrams = 5000.0;
/// The longest span of one query: 400 days, a year and the month around it.
inline constexpr std::int64_t kLongestSpanS = std::int64_t{400} * 24 * 3600;

/// `basis` empty: what the provider's main signal is on. kUsage: a basis that the provider does not have, a
/// zone that is none, a span that is empty or too long.
[[nodiscard]] Result<Query> checked_query(Query query);

/// The span in pieces that one request may ask for, cut at whole hours and at fixed times, so that two
/// queries share the pieces that both hold.
[[nodiscard]] std::vector<Span> pieces(Provider provider, Span span);

/// By time, each stretch once. Where a provider told two values of one stretch the first counts and
/// `clashes` goes up. kMalformed: stretches that overlap otherwise.
[[nodiscard]] Result<std::vector<Point>> in_order(std::vector<Point> points, std::size_t& clashes);

/// A time as the providers write it: "2018-01-20T12:00Z", "2019-05-21T00:00:00.000Z",
/// "2026-04-01T00:00:00+00:00"; in seconds. kMalformed, kOutOfRange.
[[nodiscard]] Result<std::int64_t> time_of(std::string_view text);
/// "2018-01-20T12:00:00Z".
[[nodiscard]] std::string time_text(std::int64_t seconds);

}  // namespace gramme::live
