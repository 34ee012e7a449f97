// The JSON of an estimate, for views that add to it. Only for src/present.
#pragma once

#include "estimate/job.hpp"
#include "present/json_writer.hpp"

namespace gramme::present {

/// Into an object that is open: all that estimate_json() holds.
void write_estimate_members(JsonWriter& json, const JobRequest& asked, const estimate::JobEstimate& estimate);

/// {"what", "value", "source", "change"}.
void write_assumption(JsonWriter& json, const Assumption& one);

}  // namespace gramme::present
