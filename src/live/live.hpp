// Carbon intensity of a grid from a live provider, as a series: asks the cache, then the network, in as few
// requests as the provider allows. Nothing here runs unless a person has asked for a live value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "live/cache.hpp"
#include "live/http.hpp"
#include "live/query.hpp"
#include "model/intensity_series.hpp"

namespace gramme::live {

/// From the environment, and never written anywhere.
struct Keys {
    std::string token;     ///< ELECTRICITYMAPS_TOKEN
    std::string user;      ///< WATTTIME_USER
    std::string password;  ///< WATTTIME_PASSWORD
};

struct LiveRequest {
    Query query;
    std::string server;  ///< of --live-url; empty: the provider's own
    Keys keys;
    double timeout_s = 10.0;  ///< of one request
};

struct LiveWorld {
    Transport& transport;
    const Cache* cache = nullptr;  ///< null: neither looked into nor written
    std::int64_t now_s = 0;
    Sleep sleep;
};

struct LiveAnswer {
    IntensitySeries series;    ///< at least one period; those that touch the span
    std::size_t measured = 0;  ///< periods by how well the provider knew them
    std::size_t estimated = 0;
    std::size_t forecast = 0;
    std::vector<std::string> warnings;
};

/// Relative standard uncertainty of an hour: known, and estimated or forecast. On the lifecycle basis the
/// emission factors add theirs. Source: docs/method/intensity-in-time.md#live-values
inline constexpr double kMeasuredSigma = 0.05;
inline constexpr double kEstimatedSigma = 0.15;
inline constexpr double kLifecycleSigma = 0.10;

/// How far from now the newest value may lie, in seconds: its end before, its beginning ahead. An hourly
/// value is told once its hour is over, and intensity has a daily course, so a value of half a day ago says
/// nothing.
inline constexpr std::int64_t kNewestWithinS = std::int64_t{3} * 3600;

/// kUsage: what the provider does not have. kPermission: no key, or one that the provider refuses (401, 403).
/// kUnavailable: no module, no connection, no answer in time, an error of the server, no value in the span, a
/// newest value that is not of now. kMalformed: an answer that is not as documented, or larger than 4 MiB. No
/// message holds a key.
[[nodiscard]] Result<LiveAnswer> fetch_intensity(const LiveRequest& request, const LiveWorld& world);

}  // namespace gramme::live
