// `gramme sweep`: its trials for a person, for a program, and as a plot. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "plan/sweep_result.hpp"
#include "present/present.hpp"

namespace gramme::present {

/// The best trial, what all took, what the grid would have taken, a plot and a table of the trials: the best
/// `most` of them, 0 for all.
[[nodiscard]] std::string sweep_text(const plan::SweepResult& sweep, std::size_t most,
                                     const TextStyle& style);
/// "trial 3 of 59  0.931  1.2 J  0.4 mg CO2e  lr=0.01": while it runs, without line end.
[[nodiscard]] std::string trial_line(const plan::Trial& trial, std::size_t trials, std::size_t planned,
                                     std::size_t width);
/// Schema gramme/sweep/1 (docs/schema/sweep.md).
[[nodiscard]] std::string sweep_json(const plan::SweepResult& sweep);
/// Objective against the CO2e that was spent until then, with the best so far as a line.
[[nodiscard]] std::string sweep_svg(const plan::SweepResult& sweep);

}  // namespace gramme::present
