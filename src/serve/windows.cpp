#include "serve/windows.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/utc.hpp"
#include "present/json.hpp"
#include "serve/live_runs.hpp"

namespace gramme::serve {
namespace {

using present::Json;
using present::number;

constexpr double kNsPerSecond = 1e9;

double seconds(std::int64_t ns) {
    return static_cast<double>(ns) / kNsPerSecond;
}

struct Buckets {
    double from_s = 0.0;
    double width_s = 1.0;
    std::size_t count = 1;

    [[nodiscard]] double edge(std::size_t i) const { return from_s + width_s * static_cast<double>(i); }
    [[nodiscard]] std::size_t holding(double at_s) const {
        const double place = std::floor((at_s - from_s) / width_s);
        return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(count - 1)));
    }
};

/// No finer than the shortest window that lies in the stretch: a bucket of half a window would show nothing
/// new.
Buckets buckets_of(const Ledger& ledger, const WindowsAsked& asked) {
    double finest = asked.to_s - asked.from_s;
    for (const Window& window : ledger.windows) {
        if (seconds(window.to_ns) > asked.from_s && seconds(window.from_ns) < asked.to_s &&
            window.to_ns > window.from_ns) {
            finest = std::min(finest, seconds(window.to_ns - window.from_ns));
        }
    }
    const double span = asked.to_s - asked.from_s;
    const double most = static_cast<double>(std::max<std::size_t>(asked.points, 1));
    const double wanted = std::clamp(std::ceil(span / std::max(finest, 1e-3)), 1.0, most);
    const auto count = static_cast<std::size_t>(wanted);
    return {asked.from_s, span / wanted, count};
}

struct Series {
    std::vector<double> joules;
    std::vector<double> known_s;
};

Series series_of(const Ledger& ledger, std::size_t device, const Buckets& buckets) {
    Series out{std::vector<double>(buckets.count, 0.0), std::vector<double>(buckets.count, 0.0)};
    const double end_s = buckets.edge(buckets.count);
    for (const Window& window : ledger.windows) {
        const double from = seconds(window.from_ns);
        const double to = seconds(window.to_ns);
        if (window.device != device || to <= from || to <= buckets.from_s || from >= end_s) {
            continue;
        }
        const double watts = window.job.value() / (to - from);
        for (std::size_t i = buckets.holding(from); i < buckets.count && buckets.edge(i) < to; ++i) {
            const double inside = std::min(to, buckets.edge(i + 1)) - std::max(from, buckets.edge(i));
            if (inside > 0.0) {
                out.joules[i] += watts * inside;
                out.known_s[i] += inside;
            }
        }
    }
    return out;
}

Json device_json(const Part& part, const Series& series, const Buckets& buckets) {
    Json json = Json::object();
    json["device"] = part.device.id;
    json["kind"] = kind_group(part.device.kind);
    json["name"] = part.device.name;
    json["quality"] = name_of(part.device.quality);
    json["method"] = part.device.method;
    // The interval of a part is that of one factor common to all its windows.
    const bool has_interval = part.energy_kwh && part.energy_kwh->value > 0.0;
    const double low = has_interval ? part.energy_kwh->low / part.energy_kwh->value : 1.0;
    const double high = has_interval ? part.energy_kwh->high / part.energy_kwh->value : 1.0;
    Json watts = Json::array();
    Json lows = Json::array();
    Json highs = Json::array();
    Json known = Json::array();
    for (std::size_t i = 0; i < buckets.count; ++i) {
        constexpr double kLeastKnown = 1e-9;
        const bool is_known = series.known_s[i] > kLeastKnown;
        const double mean = is_known ? series.joules[i] / series.known_s[i] : 0.0;
        watts.push_back(is_known ? number(mean) : Json(nullptr));
        lows.push_back(is_known ? number(mean * low) : Json(nullptr));
        highs.push_back(is_known ? number(mean * high) : Json(nullptr));
        known.push_back(number(std::min(series.known_s[i] / buckets.width_s, 1.0)));
    }
    json["watts"] = watts;
    json["low_w"] = lows;
    json["high_w"] = highs;
    json["known"] = known;
    return json;
}

}  // namespace

std::string windows_json(const RunRecord& run, const Ledger& ledger, const Footprint& footprint,
                         const WindowsAsked& asked) {
    const Buckets buckets = buckets_of(ledger, asked);
    Json json = Json::object();
    json["schema"] = "gramme/windows/1";
    json["id"] = run.id;
    json["started_at"] = utc_text(run.started_wall_ns);
    json["duration_s"] = number(run.duration_s);
    json["state"] = name_of(run.state);
    json["from_s"] = number(asked.from_s);
    json["to_s"] = number(asked.to_s);
    Json edges = Json::array();
    for (std::size_t i = 0; i <= buckets.count; ++i) {
        edges.push_back(number(i == buckets.count ? asked.to_s : buckets.edge(i)));
    }
    json["edges_s"] = edges;
    json["devices"] = Json::array();
    for (const Part& part : footprint.parts) {
        const auto device = std::find_if(ledger.devices.begin(), ledger.devices.end(),
                                         [&](const Device& one) { return one.id == part.device.id; });
        if (device != ledger.devices.end()) {
            const auto index = static_cast<std::size_t>(device - ledger.devices.begin());
            json["devices"].push_back(device_json(part, series_of(ledger, index, buckets), buckets));
        }
    }
    json["gaps"] = Json::array();
    for (const DeviceGap& gap : footprint.gaps) {
        if (gap.to_s > asked.from_s && gap.from_s < asked.to_s) {
            Json one = Json::object();
            one["device"] = gap.device;
            one["from_s"] = number(gap.from_s);
            one["to_s"] = number(gap.to_s);
            one["reason"] = gap.reason;
            json["gaps"].push_back(one);
        }
    }
    json["markers"] = Json::array();
    constexpr std::size_t kMostMarkers = 2000;
    std::size_t markers = 0;
    for (const Marker& marker : ledger.markers) {
        const double at_s = seconds(marker.at_ns);
        if (at_s >= asked.from_s && at_s <= asked.to_s && ++markers <= kMostMarkers) {
            Json one = Json::object();
            one["kind"] = name_of(marker.kind);
            one["at_s"] = number(at_s);
            one["name"] = marker.name;
            json["markers"].push_back(one);
        }
    }
    json["markers_total"] = markers;  // more than are listed where the list is cut
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gramme::serve
