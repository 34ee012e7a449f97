// Which run a typed id means. One rule for runs of a store and runs that are measured now. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme::store {

/// Fewer characters of an id name no run.
inline constexpr std::size_t kShortestBeginning = 4;

/// Of ids that fit, one more than an error names: who looks them up needs no more.
inline constexpr std::size_t kEnoughIds = 6;

/// Whether `typed` is the id or a beginning of it that may stand for it.
[[nodiscard]] bool may_mean(std::string_view typed, std::string_view id);

/// The id that `typed` means: that which is the same, else the only one that begins so. `ids`: in any order,
/// also such as do not begin so, also twice. kNotFound says `where` it was looked for; kMalformed (several
/// begin so) names some.
[[nodiscard]] Result<std::string> meant_id(std::string_view typed, std::vector<std::string> ids,
                                           std::string_view where);

}  // namespace gramme::store
