// What a run did, as its program logged it: samples, tokens, requests. So that a result can say what one of
// them took. Pure. Method: docs/method/footprint.md#per-unit.
#pragma once

#include <string_view>
#include <vector>

#include "model/footprint.hpp"
#include "model/ledger.hpp"

namespace gramme::estimate {

/// The name of the mark that holds what was logged (docs/run-socket.md).
inline constexpr std::string_view kLogMark = "log";

/// "samples", "tokens", "requests": how many were processed since the last such mark.
[[nodiscard]] bool is_unit_of_work(std::string_view name);

/// The sums over all marks named "log"; a unit that none of them names is not there. A detail that is no JSON
/// object, or a count in it that is no number of 0 or more, adds nothing.
[[nodiscard]] std::vector<WorkDone> work_done(const std::vector<Marker>& markers);

}  // namespace gramme::estimate
