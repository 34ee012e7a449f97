#include "live/query.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/utc.hpp"

namespace gramme::live {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kLongestZone = 40;

struct ProviderFacts {
    std::string_view name, title, source, server;
    std::string_view first_basis;   ///< where none is asked for
    std::string_view second_basis;  ///< empty: there is no other
    std::int64_t piece_s;
};

// In the order of the enumeration. Pieces: Electricity Maps answers past-range for 10 days of hours at most,
// NESO for 14 days, WattTime historical for 32.
// Sources: app.electricitymaps.com/developer-hub/api/reference (past-range); docs.watttime.org;
// carbon-intensity.github.io/api-definitions.
constexpr std::array kProviders{
    ProviderFacts{"electricitymaps", "Electricity Maps", "electricitymaps_live",
                  "https://api.electricitymaps.com", "lifecycle", "direct", 10 * kDay},
    ProviderFacts{"watttime", "WattTime", "watttime_live", "https://api.watttime.org", "marginal", "direct",
                  30 * kDay},
    ProviderFacts{"neso", "NESO", "neso_live", "https://api.carbonintensity.org.uk", "direct", "",
                  10 * kDay}};

const ProviderFacts& facts_of(Provider provider) {
    return kProviders.at(static_cast<std::size_t>(provider));
}

bool is_zone(std::string_view zone) {
    return !zone.empty() && zone.size() <= kLongestZone && std::all_of(zone.begin(), zone.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    });
}

/// For times from 1970 on.
std::int64_t rounded_down(std::int64_t seconds, std::int64_t unit) {
    return seconds - seconds % unit;
}
std::int64_t rounded_up(std::int64_t seconds, std::int64_t unit) {
    return rounded_down(seconds + unit - 1, unit);
}

}  // namespace

std::string_view name_of(Provider provider) {
    return facts_of(provider).name;
}
std::string_view title_of(Provider provider) {
    return facts_of(provider).title;
}
std::string_view source_of(Provider provider) {
    return facts_of(provider).source;
}
std::string_view server_of(Provider provider) {
    return facts_of(provider).server;
}

Result<Provider> provider_named(std::string_view name) {
    for (std::size_t i = 0; i < kProviders.size(); ++i) {
        if (kProviders[i].name == name) {
            return static_cast<Provider>(i);
        }
    }
    return Error{Code::kUsage, "'" + std::string{name} + "' is no live provider",
                 "give electricitymaps, watttime or neso, with a zone behind it: electricitymaps:FR"};
}

Result<Query> checked_query(Query query) {
    const ProviderFacts& facts = facts_of(query.provider);
    if (!is_zone(query.zone)) {
        return Error{Code::kUsage, std::string{facts.title} + ": '" + query.zone + "' is no zone",
                     "give it behind the provider, as in " + std::string{facts.name} +
                         (query.provider == Provider::kWattTime ? ":CAISO_NORTH" : ":FR")};
    }
    if (query.provider == Provider::kNeso && query.zone != "GB") {
        return Error{Code::kUsage, "NESO tells Great Britain only, not " + query.zone,
                     "give neso or neso:GB, or another provider"};
    }
    if (query.basis.empty()) {
        query.basis = facts.first_basis;
    }
    if (query.basis != facts.first_basis &&
        (facts.second_basis.empty() || query.basis != facts.second_basis)) {
        return Error{Code::kUsage,
                     std::string{facts.title} + " has no values on the basis '" + query.basis + "'",
                     "give --basis " + std::string{facts.first_basis} +
                         (facts.second_basis.empty() ? "" : " or " + std::string{facts.second_basis})};
    }
    if (query.span && (query.span->from_s < 0 || query.span->until_s <= query.span->from_s)) {
        return Error{Code::kUsage, "the time span is empty: it ends before it begins",
                     "give an --until after --from"};
    }
    if (query.span && query.span->until_s - query.span->from_s > kLongestSpanS) {
        return Error{Code::kUsage, "the time span is longer than 400 days", "ask for it in parts"};
    }
    return query;
}

std::vector<Span> pieces(Provider provider, Span span) {
    const std::int64_t size = facts_of(provider).piece_s;
    const std::int64_t end = rounded_up(span.until_s, kHour);
    std::vector<Span> out;
    for (std::int64_t at = rounded_down(span.from_s, kHour); at < end;) {
        const std::int64_t next = std::min(rounded_down(at, size) + size, end);
        out.push_back({at, next});
        at = next;
    }
    return out;
}

Result<std::vector<Point>> in_order(std::vector<Point> points, std::size_t& clashes) {
    std::stable_sort(points.begin(), points.end(),
                     [](const Point& a, const Point& b) { return a.from_s < b.from_s; });
    std::vector<Point> out;
    for (const Point& point : points) {
        if (!out.empty() && out.back().from_s == point.from_s && out.back().until_s == point.until_s) {
            clashes += out.back().gco2e_per_kwh != point.gco2e_per_kwh ? 1 : 0;
            continue;
        }
        if (!out.empty() && point.from_s < out.back().until_s) {
            return Error{Code::kMalformed, "two values overlap at " + time_text(point.from_s), ""};
        }
        out.push_back(point);
    }
    return out;
}

Result<std::int64_t> time_of(std::string_view text) {
    constexpr std::size_t kToMinutes = 16;  // 2018-01-20T12:00
    constexpr std::size_t kToSeconds = 19;
    constexpr std::size_t kLongest = 40;
    std::string whole{text.substr(0, kLongest)};
    if (whole.size() > kToMinutes && whole[kToMinutes] != ':') {
        whole.insert(kToMinutes, ":00");
    }
    if (whole.size() > kToSeconds && whole[kToSeconds] == '.') {
        const std::size_t end = whole.find_first_not_of("0123456789", kToSeconds + 1);
        whole.erase(kToSeconds, (end == std::string::npos ? whole.size() : end) - kToSeconds);
    }
    if (whole.size() <= kToSeconds) {
        return Error{Code::kMalformed, "'" + whole + "' is not a time in UTC", ""};
    }
    GRAMME_TRY(const std::int64_t ns, parse_utc(whole));
    return ns / kNsPerSecond;
}

std::string time_text(std::int64_t seconds) {
    return utc_text(seconds * kNsPerSecond);
}

}  // namespace gramme::live
