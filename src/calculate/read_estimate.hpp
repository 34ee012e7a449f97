// The member `estimate` of a result that `gramme estimate --json` wrote, read back. Pure.
#pragma once

#include <optional>

#include "base/result.hpp"
#include "model/job.hpp"
#include "present/json.hpp"

namespace gramme::calculate {

/// nullopt where the result is of a run. The factors asked for are not part of it. kMalformed names the key.
[[nodiscard]] Result<std::optional<DescribedJob>> read_estimate(const present::Json& result);

}  // namespace gramme::calculate
