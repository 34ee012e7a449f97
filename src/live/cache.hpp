// Live values kept on disk: what is settled for good, what is recent for five minutes. Never a key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "live/query.hpp"

namespace gramme::live {

/// Providers still correct what is younger: NESO's actual values change for a day and more
/// (github.com/carbon-intensity/api-definitions, issue 11). Older values are settled.
inline constexpr std::int64_t kSettledAfterS = std::int64_t{2} * 24 * 3600;
/// WattTime's period is the shortest there is; nobody publishes sooner.
inline constexpr std::int64_t kFreshForS = std::int64_t{5} * 60;

struct Kept {
    std::vector<Point> points;  ///< by time
    std::int64_t fetched_s = 0;
};

/// The text of a cache file for one piece of a query; `server` where it is not the provider's own.
[[nodiscard]] std::string kept_text(const Query& piece, std::string_view server, const Kept& kept);
/// The inverse. kMalformed: damaged, or of another piece, provider, basis or server. Pure.
[[nodiscard]] Result<Kept> read_kept(std::string_view text, const Query& piece, std::string_view server);
/// Whether it may still be used: it was settled and whole when it was fetched, or is not five minutes old.
[[nodiscard]] bool is_usable(const Kept& kept, const Query& piece, std::int64_t now_s);

/// Files in one folder, each written beside its place and renamed there, mode 0600 in a folder of mode 0700.
/// Trouble is a warning: the values come from the network then. What can no longer be used is removed when
/// something is kept.
class Cache {
public:
    /// Made when the first file is kept. A relative folder or an empty one: nothing is kept.
    explicit Cache(std::string folder) : folder_(std::move(folder)) {}

    [[nodiscard]] std::optional<std::vector<Point>> find(const Query& piece, std::string_view server,
                                                         std::int64_t now_s,
                                                         std::vector<std::string>& warnings) const;
    void keep(const Query& piece, std::string_view server, const Kept& kept,
              std::vector<std::string>& warnings) const;

private:
    std::string folder_;
};

/// "neso-GB-direct-20261101T00-20261111T00.json"; of the newest value "neso-GB-direct-latest.json".
[[nodiscard]] std::string kept_name(const Query& piece, std::string_view server);

}  // namespace gramme::live
