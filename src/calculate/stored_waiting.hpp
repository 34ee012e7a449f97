// `waiting` of a stored result, read back.
#pragma once

#include <optional>

#include "model/waiting.hpp"
#include "present/json.hpp"

namespace gramme::calculate {

/// `result`: of schema gramme/footprint/1. Leaves `out` as it is where the key is absent; kMalformed names
/// what is not a number or not a cause.
[[nodiscard]] Result<void> read_waiting(const present::Json& result, std::optional<Waiting>& out);

}  // namespace gramme::calculate
