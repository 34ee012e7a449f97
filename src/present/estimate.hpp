// A person's and a program's view of a job that was not measured. Pure.
#pragma once

#include <string>

#include "estimate/job.hpp"
#include "present/present.hpp"

namespace gramme::present {

/// "8 x NVIDIA H100 80GB HBM3 for 120 h": what was asked, in one line.
[[nodiscard]] std::string job_text(const JobRequest& asked, const Footprint& footprint);

/// The answer, its parts and factors, and every default with its source and the flag that changes it.
[[nodiscard]] std::string estimate_text(const JobRequest& asked, const estimate::JobEstimate& estimate,
                                        const TextStyle& style);

/// Schema gramme/footprint/1 with a member `estimate`: what was asked, and the assumptions.
[[nodiscard]] std::string estimate_json(const JobRequest& asked, const estimate::JobEstimate& estimate);

}  // namespace gramme::present
