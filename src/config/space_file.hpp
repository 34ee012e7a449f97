// The file that describes the space of a search (docs/sweep.md): TOML, read into plan/space.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "plan/space.hpp"

namespace gramme::config {

/// Checked by plan::check_space(). kMalformed names `file`, line and column, and what would do.
[[nodiscard]] Result<plan::Space> parse_space(std::string_view text, std::string_view file);

}  // namespace gramme::config
