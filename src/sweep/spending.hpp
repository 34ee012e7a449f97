// What the trials of a sweep have used so far, those that were cut short as well, and whether its limit
// leaves room for another one. No IO. Method: docs/method/search.md#limit
#pragma once

#include <string>
#include <vector>

#include "plan/limit.hpp"
#include "plan/sweep_result.hpp"
#include "store/store.hpp"

namespace gramme::sweep {

/// Attempts of the sweep `id` that are among `runs` and are none of `ended`: they were killed, or ended
/// together with the sweep, and their points were or will be tried again.
[[nodiscard]] std::vector<plan::Trial> cut_short_among(const std::vector<store::RunSummary>& runs,
                                                       const std::string& id,
                                                       const std::vector<plan::Trial>& ended);

class Spending {
public:
    void add_ended(const plan::Trial& trial) { plan::add_to(ended_, trial); }
    /// All of them, instead of those that were known before.
    void set_cut_short(const std::vector<plan::Trial>& attempts) { cut_ = plan::spent_of(attempts); }

    /// Empty: there is room for `next` (in full trainings) beside the `running` ones. Else why there is none.
    /// A trial is taken to need what those before it took on average; so is one of which nothing is known.
    [[nodiscard]] std::string no_room(const plan::Limit& limit, double next, double running,
                                      double elapsed_s) const;

private:
    plan::Spent ended_, cut_;
};

}  // namespace gramme::sweep
