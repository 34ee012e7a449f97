#include "present/markers.hpp"

#include <cstddef>
#include <optional>
#include <string>

#include "plan/progress.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kMostLines = 20;
constexpr std::size_t kLabelWidth = 8;
constexpr double kNsPerSecond = 1e9;

double seconds(std::int64_t ns) {
    return static_cast<double>(ns) / kNsPerSecond;
}

/// The end of the span that begins at `begin`: the first of its name that closes it, spans of one name inside
/// each other counted.
std::optional<std::int64_t> end_of(const std::vector<Marker>& markers, std::size_t begin) {
    std::size_t open = 0;
    for (std::size_t i = begin; i < markers.size(); ++i) {
        const Marker& marker = markers[i];
        if (marker.kind == Marker::Kind::kMark || marker.name != markers[begin].name) {
            continue;
        }
        open += marker.kind == Marker::Kind::kSpanBegin ? 1 : 0;
        open -= marker.kind == Marker::Kind::kSpanEnd ? 1 : 0;
        if (open == 0) {
            return marker.at_ns;
        }
    }
    return std::nullopt;
}

std::string line_of(const std::vector<Marker>& markers, std::size_t at) {
    const Marker& marker = markers[at];
    const std::string where = printable(marker.name) + " at " + duration_text(seconds(marker.at_ns));
    if (marker.kind == Marker::Kind::kMark) {
        return where;
    }
    const auto end = end_of(markers, at);
    return where + (end ? ", " + duration_text(seconds(*end - marker.at_ns)) + " long" : ", not ended");
}

}  // namespace

Json markers_json(const std::vector<Marker>& markers) {
    Json list = Json::array();
    for (const Marker& marker : markers) {
        Json json = Json::object();
        json["kind"] = name_of(marker.kind);
        json["at_s"] = number(seconds(marker.at_ns));
        json["name"] = marker.name;
        Json detail = nullptr;
        if (!marker.detail.empty()) {
            detail = Json::parse(marker.detail, nullptr, false);
            if (detail.is_discarded()) {
                detail = marker.detail;
            }
        }
        json["detail"] = std::move(detail);
        list.push_back(std::move(json));
    }
    return list;
}

std::string markers_text(const std::vector<Marker>& markers, const TextStyle& style) {
    Lines lines(style, kLabelWidth);
    std::size_t shown = 0;
    std::size_t left = 0;
    for (std::size_t i = 0; i < markers.size(); ++i) {
        if (markers[i].kind == Marker::Kind::kSpanEnd) {
            continue;  // stands with its beginning
        }
        if (markers[i].kind == Marker::Kind::kMark && markers[i].name == plan::kProgressMark) {
            continue;  // hundreds of them say one thing, which the forecast says
        }
        if (shown == kMostLines) {
            ++left;
            continue;
        }
        lines.add(markers[i].kind == Marker::Kind::kMark ? "mark" : "span", line_of(markers, i));
        ++shown;
    }
    if (left > 0) {
        lines.add("", "and " + std::to_string(left) + " more, see --json", Ink::kQuiet);
    }
    return std::move(lines).text();
}

}  // namespace gramme::present
