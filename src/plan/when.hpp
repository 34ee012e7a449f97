// When to run a job that may wait: the start with the least carbon before a deadline, and what pauses add.
// Pure. Method: docs/method/plan-when.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/intensity_series.hpp"

namespace gramme::plan {

/// A job of constant power. Times in seconds.
struct WaitingJob {
    std::int64_t work_s = 0;       ///< at least 1: running time, without what pauses cost
    std::int64_t lost_s = 0;       ///< running time that each resume takes again: loading, steps done twice
    std::int64_t least_run_s = 0;  ///< of each stretch but the last, which ends when the work does
    double resume_s = 0.0;         ///< energy of each resume beside `lost_s`, in seconds of the job's power
    double paused_share = 0.0;     ///< power while it is paused over that of the job, 0 to 1
};

/// From `from_s` up to, not including, `until_s`: seconds since 1970, UTC.
struct Stretch {
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
};

struct Schedule {
    std::vector<Stretch> runs;  ///< by time; pauses lie between them
    /// Carbon of all of it, resumes and pauses too, over the energy of the work alone: what the job's energy
    /// x PUE is multiplied by.
    double gco2e_per_kwh = 0.0;
    std::int64_t running_s = 0;
    std::int64_t paused_s = 0;
};

/// The time in which the job may run, and what the forecast says of it.
struct Window {
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
    std::vector<IntensityPeriod> periods;  ///< from end to end without a hole
    double least = 0.0;                    ///< g/kWh
    double most = 0.0;
    double mean = 0.0;                ///< over time
    std::int64_t filled_s = 0;        ///< of it, in holes: the higher of the values before and behind
    bool waits_for_forecast = false;  ///< the forecast begins after the earliest start
    bool forecast_is_short = false;   ///< it ends before the deadline
};

/// A hole up to this long takes the higher of its neighbours; a longer one is an error. As long as a value is
/// held elsewhere (docs/method/intensity-in-time.md); the higher one, since a plan would choose an hour
/// because its value is missing.
inline constexpr std::int64_t kMostHoleS = std::int64_t{2} * 3600;

/// Without a deadline the window ends with the forecast. kUsage: a deadline before the earliest start, or
/// less time until it than the work takes. kOutOfRange: a forecast that has ended, is too short for the work,
/// or has a long hole. kMalformed: periods that are not in order.
[[nodiscard]] Result<Window> window_of(const IntensitySeries& forecast, std::int64_t earliest_s,
                                       std::optional<std::int64_t> deadline_s, std::int64_t work_s);

struct When {
    Window window;
    Schedule now;   ///< as early as the window allows, without pauses
    Schedule best;  ///< the start with the least carbon, without pauses; of equal ones the earliest
    /// The least carbon that pauses allow: `best` where no pause helps. Absent: more values than can be
    /// searched.
    std::optional<Schedule> paused;
    double mean_start = 0.0;   ///< g/kWh, the mean over all starts in the window
    double worst_start = 0.0;  ///< g/kWh
};

/// How many partial schedules the search for pauses keeps, of 32 bytes each: some days of minutes, some weeks
/// of hours.
inline constexpr std::size_t kMostStates = 1'000'000;

/// Exact for a forecast that is constant within each of its periods: no schedule within the window has less
/// carbon. `job` fits the window.
[[nodiscard]] When when(Window window, const WaitingJob& job, std::size_t most_states = kMostStates);

}  // namespace gramme::plan
