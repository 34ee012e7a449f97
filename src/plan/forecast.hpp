// What the whole of a job will take, from what was seen of it: start-up once, the steps at their own pace,
// and evaluations, checkpoints and stalls at theirs. Pure. Method: docs/method/forecast.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "plan/progress.hpp"

namespace gramme::plan {

/// Something that comes again beside the steps.
struct Recurring {
    std::string what;  ///< "evaluation", "checkpoint", "pause": the last was found in the times of the steps
    std::size_t seen = 0;
    double every_steps = 0.0;  ///< 0: at no period
    double each_s = 0.0;       ///< how much longer a run gets by one
    double ahead = 0.0;        ///< how many more are expected; not whole where they come at no period
    std::optional<double> each_j;
};

struct Forecast {
    double step = 0.0;  ///< that was seen last
    double steps_total = 0.0;
    Estimate duration_s;               ///< of the whole, by the clock of the run
    Estimate left_s;                   ///< of it from now on; the whole of a run that is yet to be
    std::optional<Estimate> energy_j;  ///< of the whole before PUE, as the same meters will count it: without
                                       ///< their own error. Absent: not known
    double start_up_s = 0.0;           ///< before the steps went at their pace
    std::optional<double> start_up_j;
    double step_s = 0.0;  ///< one step, without what recurs
    std::optional<double> step_j;
    double spread = 0.0;   ///< relative standard uncertainty of the mean step ahead
    std::size_t gaps = 0;  ///< times between steps that this rests on
    std::vector<Recurring> recurring;
    std::vector<std::string> notes;
};

enum class Of : std::uint8_t {
    kThisRun,  ///< it goes on from where it is
    kNewRun,   ///< a run like it, from its start
};

/// kUnavailable "not enough yet: ..." where a number would be a guess: fewer than kLeastGaps times between
/// steps, no total, an interval wider than a factor of kWidest. `steps_total` overrides the job's own.
/// kOutOfRange: it is not above 0.
inline constexpr std::size_t kLeastGaps = 4;
inline constexpr double kWidest = 4.0;
[[nodiscard]] Result<Forecast> forecast(const Progress& progress, std::optional<double> steps_total, Of of);

/// `so_far` in any unit, grown to the whole: its own interval (of meters, PUE and grid) and that of the
/// forecast are independent.
[[nodiscard]] Estimate grown(const Estimate& so_far, double joules_so_far, const Estimate& energy_j);

}  // namespace gramme::plan
