#include "config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/utc.hpp"
#include "config/calibration.hpp"
#include "config/config_scan.hpp"
#include "config/toml_header.hpp"
#include "config/version.hpp"

namespace gramme::config {
namespace {

constexpr std::string_view kTags = "tags";

std::string place_of(std::string_view file, const toml::source_region& source) {
    return fmt::format("{}:{}:{}", file, source.begin.line, source.begin.column);
}

Error malformed(const std::string& place, std::string_view what, std::string hint) {
    return Error{Code::kMalformed, place + ": " + std::string{what}, std::move(hint)};
}

/// A scalar as it would be typed behind a flag; nullopt for dates, arrays and tables.
std::optional<std::string> typed_text(const toml::node& node) {
    if (const auto* text = node.as_string()) {
        return text->get();
    }
    if (const auto* number = node.as_integer()) {
        return fmt::format("{}", number->get());
    }
    if (const auto* number = node.as_floating_point()) {
        return fmt::format("{}", number->get());
    }
    return std::nullopt;
}

Error unknown_key(std::string_view key, const std::string& place) {
    std::vector<std::string> known;
    std::string all;
    for (const std::string_view name : setting_names()) {
        known.emplace_back(name == "tag" ? kTags : name);
        all += (all.empty() ? "" : ", ") + known.back();
    }
    const std::string near = did_you_mean(key, known);
    return malformed(place, fmt::format("unknown key '{}'", key), near.empty() ? "known keys: " + all : near);
}

/// An output that ./gramme.toml names stays below its folder.
bool stays_inside(std::string_view path) {
    if (path.starts_with('/')) {
        return false;
    }
    const std::vector<std::string_view> parts = split(path, '/');
    return std::find(parts.begin(), parts.end(), "..") == parts.end();
}

Result<void> take_tags(Settings& settings, const toml::node& node, std::string_view file) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
        return malformed(place_of(file, node.source()), "tags is no table",
                         "write [tags] on a line of its own and key = \"value\" lines below it");
    }
    for (const auto& [key, value] : *table) {
        const std::string place = place_of(file, key.source());
        const auto text = typed_text(value);
        const bool usable = text && key.str().find('=') == std::string_view::npos;
        if (!usable) {
            return malformed(place, fmt::format("tag '{}' is not text", key.str()),
                             "write key = \"value\", without = in the key");
        }
        if (auto done = assign(settings, "tag", fmt::format("{}={}", key.str(), *text), place); !done) {
            return Error{Code::kMalformed, done.error().what, done.error().hint};
        }
    }
    return {};
}

Result<std::string> value_text(std::string_view key, const toml::node& node, const std::string& place) {
    if (is_switch(key)) {
        const auto* value = node.as_boolean();
        if (value == nullptr) {
            return malformed(place, fmt::format("{} is neither true nor false", key),
                             "write true or false, without quotes");
        }
        return std::string{value->get() ? "true" : "false"};
    }
    auto text = typed_text(node);
    if (!text) {
        return malformed(place, fmt::format("{} is neither text nor a number", key),
                         fmt::format("write {} = \"...\"", key));
    }
    return *std::move(text);
}

Result<void> take_key(Settings& settings, std::string_view key, const toml::node& node,
                      const std::string& place, std::string_view file, ConfigKind kind) {
    const auto names = setting_names();
    if (key == "tag" || std::find(names.begin(), names.end(), key) == names.end()) {
        return unknown_key(key, place);
    }
    if (kind == ConfigKind::kFolder && !allowed_in_folder(key)) {
        return malformed(
            place, fmt::format("'{}' cannot be set by the file of a working folder", key),
            fmt::format("put it into your own configuration (~/.config/gramme/config.toml) or give --{}",
                        key));
    }
    GRAMME_TRY(const std::string text, value_text(key, node, place));
    const bool names_output = key == "csv" || key == "json";
    if (kind == ConfigKind::kFolder && names_output && !stays_inside(text)) {
        return malformed(place, fmt::format("{} '{}' lies outside the working folder", key, text),
                         fmt::format("give a path below the folder, or --{} on the command line", key));
    }
    if (auto done = assign(settings, key, text, fmt::format("{}: {}", place, key)); !done) {
        return Error{Code::kMalformed, done.error().what, done.error().hint};
    }
    const std::string where = fmt::format("{}:{}", file, node.source().begin.line);
    if (key == "region") {
        settings.region_from = where;
    }
    if (key == "intensity") {
        settings.intensity_from = where;
    }
    if (key == "pue") {
        settings.pue_from = where;
    }
    return {};
}

Result<toml::table> parse_table(std::string_view text, std::string_view file, const char* hint) {
    if (const auto stray = first_stray_character(text)) {
        return malformed(fmt::format("{}:{}:{}", file, stray->line, stray->column),
                         "a character outside of quotes that TOML does not know",
                         "put text into quotes: key = \"...\"");
    }
    toml::parse_result parsed = toml::parse(text, file);
    if (!parsed) {
        return malformed(place_of(file, parsed.error().source()), parsed.error().description(), hint);
    }
    return std::move(parsed).table();
}

constexpr const char* kCalibrateAgain =
    "`gramme calibrate` writes it anew; without the file, idle power is assumed";

/// Watts of the devices; a device takes some.
Result<meter::IdlePowers> read_idle(const toml::node& node, std::string_view file) {
    constexpr double kMostIdle_w = 10'000.0;
    const toml::table* table = node.as_table();
    if (table == nullptr) {
        return malformed(place_of(file, node.source()), "idle_w is no table", kCalibrateAgain);
    }
    meter::IdlePowers out;
    for (const auto& [device, value] : *table) {
        const auto watts = value.is_number() ? value.value<double>() : std::nullopt;
        if (!watts || !(*watts >= 0.0 && *watts <= kMostIdle_w)) {
            return malformed(
                place_of(file, device.source()),
                fmt::format("the idle power of {} is no number of watts from 0 to 10000", device.str()),
                kCalibrateAgain);
        }
        out.emplace_back(device.str(), Watts{*watts});
    }
    return out;
}

/// A table with these keys and no others, each a number within its bounds; "date" and "meter" are texts.
struct NumberKey {
    std::string_view name;
    double least, most;
    double* out;
};
Result<void> read_numbers(const toml::node& node, std::string_view file, std::string_view name,
                          std::span<const NumberKey> keys, std::int64_t& wall_ns, std::string* meter) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
        return malformed(place_of(file, node.source()), fmt::format("{} is no table", name), kCalibrateAgain);
    }
    const auto bad = [&](const toml::node& where, std::string_view key) {
        return malformed(place_of(file, where.source()), fmt::format("no sense in {}.{}", name, key),
                         kCalibrateAgain);
    };
    for (const NumberKey& key : keys) {
        const toml::node* value = table->get(key.name);
        const auto number = value != nullptr && value->is_number() ? value->value<double>() : std::nullopt;
        if (!number || !(*number >= key.least && *number <= key.most)) {
            return bad(value != nullptr ? *value : node, key.name);
        }
        *key.out = *number;
    }
    const toml::node* date = table->get("date");
    const auto parsed = date != nullptr && date->is_string() ? parse_utc(date->as_string()->get())
                                                             : Result<std::int64_t>{Error{}};
    if (!parsed) {
        return bad(date != nullptr ? *date : node, "date");
    }
    wall_ns = *parsed;
    if (const toml::node* text = table->get("meter"); meter != nullptr) {
        if (text == nullptr || !text->is_string()) {
            return bad(text != nullptr ? *text : node, "meter");
        }
        *meter = text->as_string()->get();
    }
    for (const auto& [key, value] : *table) {
        const bool known = key.str() == "date" || (meter != nullptr && key.str() == "meter") ||
                           std::any_of(keys.begin(), keys.end(),
                                       [&](const NumberKey& one) { return one.name == key.str(); });
        if (!known) {
            return malformed(place_of(file, key.source()), fmt::format("unknown key '{}'", key.str()),
                             kCalibrateAgain);
        }
    }
    return {};
}

constexpr double kMostWatts = 100'000.0;
constexpr double kMostPoints = 1e9;

Result<meter::WallCurve> read_wall(const toml::node& node, std::string_view file) {
    meter::WallCurve out;
    double idle_w = 0.0;
    double full_w = 0.0;
    double residual_w = 0.0;
    double points = 0.0;
    const std::array keys{NumberKey{"idle_w", 0.0, kMostWatts, &idle_w},
                          NumberKey{"full_w", 0.0, kMostWatts, &full_w},
                          NumberKey{"bend", -0.99, 1000.0, &out.bend},
                          NumberKey{"residual_w", 0.0, kMostWatts, &residual_w},
                          NumberKey{"r_squared", 0.0, 1.0, &out.r_squared},
                          NumberKey{"points", 0.0, kMostPoints, &points},
                          NumberKey{"lowest_load", 0.0, 1.0, &out.lowest_load},
                          NumberKey{"highest_load", 0.0, 1.0, &out.highest_load},
                          NumberKey{"sigma", 0.0, 10.0, &out.sigma}};
    GRAMME_CHECK(read_numbers(node, file, "wall", keys, out.wall_ns, &out.meter));
    if (full_w < idle_w) {
        return malformed(place_of(file, node.source()), "wall.full_w is below wall.idle_w", kCalibrateAgain);
    }
    out.idle = Watts{idle_w};
    out.full = Watts{full_w};
    out.residual = Watts{residual_w};
    out.points = static_cast<std::size_t>(points);
    return out;
}

Result<meter::WallRest> read_rest(const toml::node& node, std::string_view file) {
    meter::WallRest out;
    double base_w = 0.0;
    double residual_w = 0.0;
    double points = 0.0;
    const std::array keys{
        NumberKey{"base_w", 0.0, kMostWatts, &base_w}, NumberKey{"efficiency", 0.1, 1.0, &out.efficiency},
        NumberKey{"residual_w", 0.0, kMostWatts, &residual_w}, NumberKey{"points", 0.0, kMostPoints, &points},
        NumberKey{"sigma", 0.0, 10.0, &out.sigma}};
    GRAMME_CHECK(read_numbers(node, file, "remainder", keys, out.wall_ns, nullptr));
    out.base = Watts{base_w};
    out.residual = Watts{residual_w};
    out.points = static_cast<std::size_t>(points);
    return out;
}

Result<void> take_fact(Calibration& out, std::string_view key, const toml::node& node, std::string_view file,
                       const std::string& place) {
    if (key == "idle_w") {
        GRAMME_TRY(out.idle, read_idle(node, file));
        return {};
    }
    if (key == "wall") {
        GRAMME_TRY(out.wall, read_wall(node, file));
        return {};
    }
    if (key == "remainder") {
        GRAMME_TRY(out.rest, read_rest(node, file));
        return {};
    }
    if (key == "version" && node.is_integer()) {
        const std::int64_t version = node.as_integer()->get();
        if (version >= 1 && version <= Calibration::kVersion) {
            return {};
        }
        return malformed(place,
                         fmt::format("this gramme does not know version {} of the calibration", version),
                         kCalibrateAgain);
    }
    if (key == "cpu_model" && node.is_string()) {
        out.cpu_model = node.as_string()->get();
        return {};
    }
    if (key == "cpu_sockets" && node.is_integer()) {
        const std::int64_t sockets = node.as_integer()->get();
        if (sockets >= 0 && sockets <= 1024) {
            out.cpu_sockets = static_cast<int>(sockets);
            return {};
        }
    }
    if (key == "date" && node.is_string()) {
        if (const auto wall_ns = parse_utc(node.as_string()->get())) {
            out.wall_ns = *wall_ns;
            return {};
        }
    }
    const bool known = key == "cpu_model" || key == "cpu_sockets" || key == "date" || key == "version";
    return malformed(place, fmt::format("{} '{}'", known ? "no sense in the value of" : "unknown key", key),
                     kCalibrateAgain);
}

}  // namespace

Result<Calibration> parse_calibration(std::string_view text, std::string_view file) {
    GRAMME_TRY(const toml::table table, parse_table(text, file, kCalibrateAgain));
    Calibration out;
    if (const toml::node* version = table.get("version")) {  // before keys that it may have brought
        GRAMME_CHECK(take_fact(out, "version", *version, file, place_of(file, version->source())));
    }
    for (const auto& [key, node] : table) {
        GRAMME_CHECK(take_fact(out, key.str(), node, file, place_of(file, key.source())));
    }
    for (const std::string_view key : {"cpu_model", "cpu_sockets", "date", "idle_w"}) {
        if (!table.contains(key)) {
            return malformed(fmt::format("{}:1:1", file), fmt::format("the key '{}' is missing", key),
                             kCalibrateAgain);
        }
    }
    return out;
}

Result<Settings> parse_config(std::string_view text, std::string_view file, ConfigKind kind) {
    GRAMME_TRY(const toml::table table, parse_table(text, file, "see docs/configuration.md for an example"));
    Settings settings;
    for (const auto& [key, node] : table) {
        const auto done = key.str() == kTags
                              ? take_tags(settings, node, file)
                              : take_key(settings, key.str(), node, place_of(file, key.source()), file, kind);
        GRAMME_CHECK(done);
    }
    return settings;
}

}  // namespace gramme::config
