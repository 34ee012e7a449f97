// A stored result read back, so that a run can be shown with the figures it was stored with. Pure.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/footprint.hpp"

namespace gramme::cli {

/// The inverse of present::footprint_json, but for what belongs to the run. kMalformed names the key.
[[nodiscard]] Result<Footprint> read_footprint(std::string_view json);

}  // namespace gramme::cli
