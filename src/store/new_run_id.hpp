// Ids for new runs and sweeps.
#pragma once

#include <cstdint>
#include <string>

namespace gramme::store {

/// UUID version 7 (RFC 9562): milliseconds since 1970, then 74 random bits.
[[nodiscard]] std::string new_run_id(std::int64_t wall_ns);

}  // namespace gramme::store
