// The folder of the cache: how a file comes into it, and which leave it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gramme::live {

/// The folder and those above it that are missing, for nobody else to look into. False with errno.
[[nodiscard]] bool make_folder(const std::string& folder);

/// Writes `text` beside `path`, under a name that nobody has, and renames it there; mode 0600. False with
/// errno; then nothing is left.
[[nodiscard]] bool write_renamed(const std::string& path, const std::string& text);

/// Files looked at by one call of remove_stale().
inline constexpr std::size_t kLookedAt = 100;

/// Removes what can no longer be used and is older than a day: values that were not settled when they were
/// written, and what a write that was killed left. Each hour up to now makes a name of its own, so that they
/// would gather without end. Only regular files with names of ours; at most kLookedAt are looked at, others
/// the next time. Trouble is no news: the folder is only larger than it need be.
void remove_stale(const std::string& folder, std::int64_t now_s);

}  // namespace gramme::live
