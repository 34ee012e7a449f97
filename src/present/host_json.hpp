// The facts of a machine as a JSON object, for run records, footprints and the doctor. Only for src/present.
#pragma once

#include "model/run.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// Unknown facts are left out.
[[nodiscard]] Json host_to_json(const HostFacts& host);
/// kMalformed names the key.
[[nodiscard]] Result<HostFacts> host_from_json(const Json& object);

[[nodiscard]] Json reserved_to_json(const ReservedCpus& reserved);

}  // namespace gramme::present
