// Steps of a forecast: times between steps, what recurs, energy by time. Only for src/plan.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "plan/progress.hpp"

namespace gramme::plan {

/// Between two steps that were seen, less the phases in it.
struct Between {
    double from_step = 0.0;
    double to_step = 0.0;
    double from_s = 0.0;
    double to_s = 0.0;
    double seconds = 0.0;
    double excess_s = 0.0;  ///< beyond the pace, where it is an event
    [[nodiscard]] double steps() const { return to_step - from_step; }
    [[nodiscard]] double pace() const { return seconds / steps(); }
};

/// An event: an evaluation, a checkpoint, a stall.
struct Event {
    double step = 0.0;   ///< at which it came
    double slack = 0.0;  ///< how exactly that is known, in steps
    double seconds = 0.0;
};

/// Which of the events come at one period, and what is left without one.
struct Period {
    double every = 0.0;
    double last = 0.0;  ///< step of the last one
    std::vector<std::size_t> members;
};

/// How many events make a period: of those that came as far behind step 0 as they are apart, and of others.
struct Enough {
    std::size_t from_zero = 2;
    std::size_t from_anywhere = 3;
};
/// The period that explains most of the seconds, in what was seen up to the step `seen_to`. nullopt: none.
[[nodiscard]] std::optional<Period> period_of(std::span<const Event> events, Enough enough, double seen_to);

/// Cumulative energy at an instant, straight between two points. The curve is not empty.
[[nodiscard]] double joules_at(std::span<const EnergyAt> curve, double at_s);

struct Spread {
    double mean = 0.0;
    double relative = 0.0;  ///< standard uncertainty of the mean of what is ahead, relative
};
/// `values` weighted, in their order, in at most ten blocks of equal weight; `ahead`: the weight of what is
/// to come. Method: docs/method/forecast.md#interval
[[nodiscard]] Spread spread_ahead(std::span<const double> values, std::span<const double> weights,
                                  double ahead, double least_drift);

[[nodiscard]] double median_of(std::vector<double> values);
/// The value that a quarter of them do not exceed.
[[nodiscard]] double low_quarter_of(std::vector<double> values);

}  // namespace gramme::plan
