// The JSON of an estimate before it is written, for views that add to it. Only for src/present.
#pragma once

#include "estimate/job.hpp"
#include "present/json.hpp"

namespace gramme::present {

/// As estimate_json().
[[nodiscard]] Json estimate_to_json(const JobRequest& asked, const estimate::JobEstimate& estimate);

}  // namespace gramme::present
