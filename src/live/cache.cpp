#include "live/cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/crc32c.hpp"
#include "host/errno_error.hpp"
#include "host/unique_fd.hpp"
#include "live/cache_folder.hpp"
#include "live/json_depth.hpp"

namespace gramme::live {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "gramme/intensity-cache/1";
/// A file of the longest piece has 30 days of five minutes, some 70 bytes each: below 1 MiB.
constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

/// A server other than the provider's own is kept apart from it by a number, since its address may be
/// private.
std::string server_mark(std::string_view server) {
    if (server.empty()) {
        return "";
    }
    std::array<char, 16> out{};
    std::snprintf(out.data(), out.size(), "%08x", crc32c(server.data(), server.size()));
    return out.data();
}

Error damaged(const char* what) {
    return {Code::kMalformed, what, ""};
}

/// A whole number of a JSON list; nothing for anything else, and for what no time or count reaches.
std::optional<std::int64_t> whole_number(const Json& value) {
    constexpr double kMost = 1e12;
    if (!value.is_number_integer() || std::abs(value.get<double>()) > kMost) {
        return std::nullopt;
    }
    return value.get<std::int64_t>();
}

Result<Point> read_point(const Json& item) {
    if (!item.is_array() || item.size() != 4 || !item[2].is_number()) {
        return damaged("a value is not as written");
    }
    const auto from = whole_number(item[0]);
    const auto until = whole_number(item[1]);
    const double grams = item[2].get<double>();
    const auto knowledge = whole_number(item[3]);
    if (!from || !until || *from >= *until || !std::isfinite(grams) || grams < 0.0 || grams > kMostGrams ||
        !knowledge || *knowledge < 0 || *knowledge > static_cast<int>(Knowledge::kForecast)) {
        return damaged("a value is out of range");
    }
    return Point{*from, *until, grams, static_cast<Knowledge>(*knowledge)};
}

Result<std::string> read_file(const std::string& path) {
    const host::UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        return host::errno_error("cannot read " + path, errno);
    }
    if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) > kMostBytes) {
        return damaged("it is no cache file");
    }
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t count = ::read(fd.get(), text.data(), text.size());
    if (count < 0) {
        return host::errno_error("cannot read " + path, errno);
    }
    text.resize(static_cast<std::size_t>(count));
    return text;
}

}  // namespace

std::string kept_name(const Query& piece, std::string_view server) {
    std::string name = std::string{name_of(piece.provider)} + "-" + piece.zone + "-" + piece.basis;
    if (piece.span) {
        for (const std::int64_t time : {piece.span->from_s, piece.span->until_s}) {
            std::string text = time_text(time).substr(0, 13);  // pieces are cut at whole hours
            std::erase(text, '-');
            name += "-" + text;
        }
    } else {
        name += "-latest";
    }
    return name + (server.empty() ? "" : "-" + server_mark(server)) + ".json";
}

std::string kept_text(const Query& piece, std::string_view server, const Kept& kept) {
    Json json;
    json["schema"] = kSchema;
    json["provider"] = name_of(piece.provider);
    json["zone"] = piece.zone;
    json["basis"] = piece.basis;
    json["server"] = server_mark(server);
    json["from_s"] = piece.span ? piece.span->from_s : 0;
    json["until_s"] = piece.span ? piece.span->until_s : 0;
    json["fetched_s"] = kept.fetched_s;
    Json list = Json::array();
    for (const Point& point : kept.points) {
        list.push_back({point.from_s, point.until_s, point.gco2e_per_kwh, static_cast<int>(point.knowledge)});
    }
    json["points"] = std::move(list);
    return json.dump() + "\n";
}

Result<Kept> read_kept(std::string_view text, const Query& piece, std::string_view server) {
    if (is_too_deep(text)) {
        return damaged("it nests deeper than what is written here");
    }
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object()) {
        return damaged("it is no JSON object");
    }
    const Json absent;
    const auto member = [&](const char* key) -> const Json& {
        const auto found = json.find(key);
        return found == json.end() ? absent : *found;
    };
    if (member("schema") != kSchema || member("provider") != name_of(piece.provider) ||
        member("zone") != piece.zone || member("basis") != piece.basis ||
        member("server") != server_mark(server) ||
        member("from_s") != (piece.span ? piece.span->from_s : 0) ||
        member("until_s") != (piece.span ? piece.span->until_s : 0)) {
        return damaged("it is not of what was asked for");
    }
    Kept kept;
    const Json& points = member("points");
    const auto fetched = whole_number(member("fetched_s"));
    if (!points.is_array() || !fetched) {
        return damaged("it holds no values");
    }
    kept.fetched_s = *fetched;
    for (const Json& item : points) {
        GRAMME_TRY(const Point point, read_point(item));
        if (!kept.points.empty() && point.from_s < kept.points.back().until_s) {
            return damaged("its values overlap");
        }
        kept.points.push_back(point);
    }
    return kept;
}

bool is_usable(const Kept& kept, const Query& piece, std::int64_t now_s) {
    if (now_s >= kept.fetched_s && now_s - kept.fetched_s < kFreshForS) {
        return true;
    }
    if (!piece.span || kept.fetched_s > now_s || piece.span->until_s > kept.fetched_s - kSettledAfterS) {
        return false;
    }
    // A hole or a forecast of days ago may have been filled since.
    std::int64_t reached = piece.span->from_s;
    for (const Point& point : kept.points) {
        if (point.from_s > reached || point.knowledge == Knowledge::kForecast) {
            return false;
        }
        reached = std::max(reached, point.until_s);
    }
    return reached >= piece.span->until_s;
}

std::optional<std::vector<Point>> Cache::find(const Query& piece, std::string_view server, std::int64_t now_s,
                                              std::vector<std::string>& warnings) const {
    if (!folder_.starts_with('/')) {
        return std::nullopt;
    }
    const std::string path = folder_ + "/" + kept_name(piece, server);
    if (::access(path.c_str(), F_OK) != 0) {
        return std::nullopt;
    }
    const auto text = read_file(path);
    auto kept = text ? read_kept(*text, piece, server) : Result<Kept>{text.error()};
    if (!kept) {
        warnings.push_back("the cache file " + path + " is passed over: " + kept.error().what);
        return std::nullopt;
    }
    if (!is_usable(*kept, piece, now_s)) {
        return std::nullopt;
    }
    return std::move(kept->points);
}

void Cache::keep(const Query& piece, std::string_view server, const Kept& kept,
                 std::vector<std::string>& warnings) const {
    if (!folder_.starts_with('/')) {
        return;
    }
    if (!make_folder(folder_) ||
        !write_renamed(folder_ + "/" + kept_name(piece, server), kept_text(piece, server, kept))) {
        const std::string what = host::errno_error("nothing is kept in " + folder_, errno).what;
        if (std::find(warnings.begin(), warnings.end(), what) == warnings.end()) {
            warnings.push_back(what);
        }
        return;
    }
    remove_stale(folder_, kept.fetched_s);
}

}  // namespace gramme::live
