// The JSON of an estimate, for views that add to it. Only for src/present.
#pragma once

#include "estimate/job.hpp"
#include "present/json_writer.hpp"

namespace gramme::present {

/// Into an object that is open: all that estimate_json() holds.
void write_estimate_members(JsonWriter& json, const JobRequest& asked, const estimate::JobEstimate& estimate);

}  // namespace gramme::present
