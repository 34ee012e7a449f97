// Lines that the summary of a run and that of an estimate have in common. Only for src/present.
#pragma once

#include <string>
#include <vector>

#include "model/footprint.hpp"
#include "model/job.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"

namespace gramme::present {

/// "not counting 60 s of gpu3 (NVML: GPU is lost)": one entry per device, with the first reason; empty where
/// all is counted.
[[nodiscard]] std::string uncounted_text(const Footprint& footprint);
/// Of a result without a sum: whether nothing was read, or what was read never moved.
[[nodiscard]] std::string unknown_because(const Footprint& footprint);
/// "1.42 Wh   (1.0 to 2.1)"; a total with a gap says so beside the number: `uncounted` is not empty then.
[[nodiscard]] std::string total_text(const Estimate& estimate, Dimension dimension,
                                     const std::string& uncounted);
/// One line per device, values in a column; what was left out; the remainder; what is not covered.
void add_parts(const Footprint& footprint, Lines& lines);
/// "mean over the energy of 24 values from 30 to 88 g/kWh; 3 % held over holes"; empty where one value held
/// all the time.
[[nodiscard]] std::string in_time_text(const IntensityFactor& grid);
/// Grid and PUE with year, source and the reason for the choice.
void add_factors(const Factors& factors, Lines& lines);
/// Embodied carbon and water, where they are known; never in the total.
void add_beside(const Footprint& footprint, Lines& lines);
/// What nobody said: value, source, and the option that says otherwise.
void add_assumptions(const std::vector<Assumption>& assumptions, Lines& lines);
/// What makes the interval wide, and what the carbon compares to.
void add_meaning(const Footprint& footprint, Lines& lines);

}  // namespace gramme::present
