// What text and JSON of `gramme explain` share: every step of the sum, computed from the numbers as they are
// printed, so that each printed line is true to its last digit. Only for src/present.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "estimate/budget.hpp"
#include "present/explain.hpp"
#include "present/source_list.hpp"

namespace gramme::present {

/// A number as it is printed, and what the printed digits say: later steps compute with that.
struct Printed {
    double value = 0.0;
    std::string text = "0";
};

/// One line of arithmetic: `expression` = `result`.
struct Step {
    std::string expression;
    Printed result;
    std::string unit;  ///< of the result, may be empty
};

/// What the ledger holds of one device.
struct WindowCount {
    std::size_t windows = 0;
    std::size_t readings = 0;
    std::vector<std::pair<Quality, std::size_t>> qualities;  ///< best first
    double job_cpu_s = 0.0;
    double busy_cpu_s = 0.0;
};

struct ExplainedDevice {
    const Part* part = nullptr;
    std::optional<WindowCount> windows;  ///< absent: the ledger is not at hand
    bool split_known = true;             ///< the result holds the energy of the whole device
    Step split;                          ///< job + others + unassigned = device, J
    std::string rule;                    ///< by which the split was made
    Step energy;                         ///< J / joules of a kWh = kWh
    // Where the interval is known:
    Step share, sigma, weight;  ///< of the energy; relative standard uncertainty; share x sigma
    std::string sigma_from;
};

/// A group of devices whose errors are correlated, or one device alone.
struct ExplainedGroup {
    std::string name;
    std::vector<std::size_t> devices;  ///< indexes into the explained devices
    std::string correlation;           ///< in words
    Step variance;
    double share_pct = 0.0;  ///< of the variance of ln(operational)
};

/// The interval, step by step. Natural logarithms; k1 to k4 are cumulants (docs/method/uncertainty.md#sum).
struct ExplainedInterval {
    std::vector<ExplainedGroup> groups;
    Step first_order;
    std::optional<Step> next_order;  ///< k2 where the sum is no lognormal
    bool skewed = false;             ///< k1, k3, k4 count
    Printed k1, k3, k4;
    Step variance, sigma;
    std::optional<Step> skewness, excess, low_point, high_point;
    Step low_factor, high_factor, low, high;
    double pue_pct = 0.0;
    double intensity_pct = 0.0;
    Step energy_sigma;     ///< of the energy alone
    Estimate energy_kwh;   ///< its interval
    Estimate drawn_g;      ///< by Monte Carlo
    double low_pct = 0.0;  ///< closed form over drawn, minus 1
    double high_pct = 0.0;
    bool agrees = false;  ///< within estimate::kCheckTolerance

    /// sigma^2 of the energy alone.
    [[nodiscard]] const Printed& energy_variance() const {
        return next_order ? next_order->result : first_order.result;
    }
};

struct ExplainedEquivalence {
    const Equivalence* equivalence = nullptr;
    Step count;
    std::string scope;  ///< what the figure of one unit counts; empty where the table has another figure now
};

/// The unmeasured rest of the machine, where it was asked for and its inputs are known.
struct ExplainedRemainder {
    Step base;  ///< board, fans, disks behind the power supply, J
    Step loss;  ///< of the power supply beside what is counted, kWh
    Step sum;   ///< kWh
    Step carbon;
};

struct Explanation {
    std::vector<ExplainedDevice> devices;
    std::optional<Step> sum;  ///< kWh; absent where no energy is known
    bool sum_of_parts = true;
    std::optional<Step> facility;
    std::optional<Step> operational;
    std::optional<ExplainedInterval> interval;  ///< absent where something is missing
    std::vector<ExplainedEquivalence> equivalences;
    std::optional<ExplainedRemainder> remainder;
    std::vector<ExplainedSource> sources;
    std::vector<std::string> disagreements;  ///< where the result does not follow from its own numbers
};

[[nodiscard]] Explanation explanation_of(const ExplainInput& input, const refdata::Tables& tables);

}  // namespace gramme::present
