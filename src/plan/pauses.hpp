// The search for pauses. Internal to plan. Method: docs/method/plan-when.md#pauses.
#pragma once

#include <optional>

#include "plan/when.hpp"

namespace gramme::plan {

/// Integral of the intensity of a window over time, g/kWh x s.
class Area {
public:
    explicit Area(const Window& window);
    /// From the beginning of the window until `at_s`, which lies in it.
    [[nodiscard]] double until(std::int64_t at_s) const;
    [[nodiscard]] double between(std::int64_t from_s, std::int64_t until_s) const {
        return until(until_s) - until(from_s);
    }

private:
    const Window& window_;
    std::vector<double> before_;  ///< of each period
};

/// A schedule with less than `bound` (g/kWh x s), the least there is; nullopt where there is none.
/// `too_many`: nothing is known, the search would keep more than `most` partial schedules.
struct Search {
    std::optional<std::vector<Stretch>> runs;
    bool too_many = false;
};
[[nodiscard]] Search search_pauses(const Window& window, const Area& area, const WaitingJob& job,
                                   double bound, std::size_t most);

/// What each pause adds, whenever it is, g/kWh x s: the time of a resume within its hour is not known, so its
/// energy beside the lost time is costed with the mean of the window.
[[nodiscard]] double cost_of_pause(const Window& window, const WaitingJob& job);

}  // namespace gramme::plan
