// The model of CPU package power against published load curves that it was not made from: each step is played
// to the program's own probe and meter as a machine without counters. Used by a unit test and by bench_model.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme::validation {

struct Step {
    std::string machine;      ///< "xeon-e3-1240-v2"
    double busy = 0.0;        ///< 0 to 1
    double measured_w = 0.0;  ///< package, RAPL
    double modelled_w = 0.0;
    double low_w = 0.0;  ///< 95 %
    double high_w = 0.0;
    double codecarbon_w = 0.0;  ///< TDP x (0.1 + 0.9 busy^3)
};

/// How well a model does over some steps.
struct Score {
    std::size_t steps = 0;
    double error = 0.0;             ///< mean of |modelled - measured| / measured
    double codecarbon_error = 0.0;  ///< the same of CodeCarbon's formula
    double coverage = 0.0;          ///< share of steps whose interval holds the measured watts
    double median_width = 0.0;      ///< median of high / low
    [[nodiscard]] double ratio() const { return error / codecarbon_error; }
};

enum class Clock { kShown, kHidden };

/// `csv`: the text of tests/data/load_curves.csv.
[[nodiscard]] Result<std::vector<Step>> play_load_curves(std::string_view csv, Clock clock);
/// Over the steps of one machine; of all for "".
[[nodiscard]] Score score(const std::vector<Step>& steps, std::string_view machine);

}  // namespace gramme::validation
