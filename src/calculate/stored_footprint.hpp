// A stored result read back, so that a run can be shown with the figures it was stored with. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/job.hpp"
#include "model/run.hpp"

namespace gramme::calculate {

/// The inverse of present::footprint_json, but for what belongs to the run. kMalformed names the key.
[[nodiscard]] Result<Footprint> read_footprint(std::string_view json);

/// A whole result of schema gramme/footprint/1, as `gramme run --json` or another program wrote it.
struct ReadResult {
    RunRecord run;  ///< what the result says of the run; the rest is empty
    Footprint footprint;
    std::optional<DescribedJob> estimate;  ///< of a job that was not measured
    /// Keys that its sum or interval needs and that are not there: "parts[gpu0].sigma". A reader must not
    /// take their absence for 0.
    std::vector<std::string> missing;
};
/// kMalformed names the key, or says what else the text is.
[[nodiscard]] Result<ReadResult> read_result(std::string_view json);

}  // namespace gramme::calculate
