#include "probe/powercap_name.hpp"

#include <algorithm>
#include <charconv>

namespace gramme::probe {
namespace {

constexpr int kMostPackages = 4096;

bool is_hex_id(std::string_view text) {
    return !text.empty() && text.size() <= 8 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

/// Takes a small number off the front; -1 if there is none.
int take_number(std::string_view& text) {
    int value = -1;
    const auto [next, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || value < 0 || value > kMostPackages) {
        return -1;
    }
    text.remove_prefix(static_cast<std::size_t>(next - text.data()));
    return value;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

}  // namespace

std::optional<ZoneFolder> parse_zone_folder(std::string_view folder) noexcept {
    const std::size_t first = folder.find(':');
    if (first == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view control = folder.substr(0, first);
    if (control != "intel-rapl" && control != "intel-rapl-mmio") {
        return std::nullopt;
    }
    const std::string_view ids = folder.substr(first + 1);
    const std::size_t second = ids.find(':');
    if (second == std::string_view::npos) {
        return is_hex_id(ids) ? std::optional<ZoneFolder>{{control, {}}} : std::nullopt;
    }
    if (!is_hex_id(ids.substr(0, second)) || !is_hex_id(ids.substr(second + 1))) {
        return std::nullopt;
    }
    return ZoneFolder{control, folder.substr(0, first + 1 + second)};
}

std::optional<ZoneName> parse_zone_name(std::string_view name) noexcept {
    if (name == "dram") {
        return ZoneName{ZoneKind::kDram, -1, -1};
    }
    if (name == "core") {
        return ZoneName{ZoneKind::kCore, -1, -1};
    }
    if (name == "uncore") {
        return ZoneName{ZoneKind::kUncore, -1, -1};
    }
    if (name == "psys" || name.starts_with("psys-")) {
        return ZoneName{ZoneKind::kPlatform, -1, -1};
    }
    if (!take(name, "package-")) {
        return std::nullopt;
    }
    ZoneName zone;
    zone.package = take_number(name);
    if (zone.package < 0) {
        return std::nullopt;
    }
    if (name.empty()) {
        return zone;
    }
    if (!take(name, "-die-")) {
        return std::nullopt;
    }
    zone.die = take_number(name);
    return zone.die >= 0 && name.empty() ? std::optional<ZoneName>{zone} : std::nullopt;
}

}  // namespace gramme::probe
