// A person's and a program's view of a job that was not measured. Pure.
#pragma once

#include <string>

#include "estimate/job.hpp"
#include "present/present.hpp"

namespace gramme::present {

/// "8 x h100 for 120 h".
[[nodiscard]] std::string groups_text(const JobRequest& asked);
/// The same with the place: what was asked, in one line.
[[nodiscard]] std::string job_text(const JobRequest& asked, const Footprint& footprint);

/// The answer, its parts and factors, and every default with its source and the flag that changes it.
[[nodiscard]] std::string estimate_text(const JobRequest& asked, const estimate::JobEstimate& estimate,
                                        const TextStyle& style);

/// The figures of a result as CSV cells: energies, carbon, embodied, each with its interval, and the factors.
/// An unknown is empty.
[[nodiscard]] CsvRow figures_header();
[[nodiscard]] CsvRow figures_row(const Footprint& footprint);

/// A head and one line of figures, for scripts.
[[nodiscard]] std::string estimate_csv(const estimate::JobEstimate& estimate);

/// Schema gramme/footprint/1 with a member `estimate`: what was asked, and the assumptions.
[[nodiscard]] std::string estimate_json(const JobRequest& asked, const estimate::JobEstimate& estimate);

}  // namespace gramme::present
