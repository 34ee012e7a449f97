// A search that was really run: its trials as they ended, what they took, and what the grid would have taken.
// Pure. Method: docs/method/search.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/footprint.hpp"
#include "plan/halving.hpp"
#include "plan/space.hpp"

namespace gramme::plan {

enum class SearchMethod : std::uint8_t { kRandom, kHalving, kGrid };

[[nodiscard]] constexpr std::string_view name_of(SearchMethod method) {
    switch (method) {
        case SearchMethod::kRandom: return "random";
        case SearchMethod::kHalving: return "halving";
        case SearchMethod::kGrid: return "grid";
    }
    return "";
}

/// How a trial came to its end.
enum class Outcome : std::uint8_t {
    kFinished,     ///< with an objective
    kFailed,       ///< its command ended with another status than 0, or by a signal
    kTimedOut,     ///< it was ended after --trial-timeout
    kNotANumber,   ///< its objective is NaN or infinite
    kNoObjective,  ///< it ended well and told no objective
};
inline constexpr Outcome kOutcomes[] = {Outcome::kFinished, Outcome::kFailed, Outcome::kTimedOut,
                                        Outcome::kNotANumber, Outcome::kNoObjective};

[[nodiscard]] constexpr std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::kFinished: return "finished";
        case Outcome::kFailed: return "failed";
        case Outcome::kTimedOut: return "timed_out";
        case Outcome::kNotANumber: return "not_a_number";
        case Outcome::kNoObjective: return "no_objective";
    }
    return "";
}

/// What is to be run: point number `config` of the list with a share of a full training.
struct Task {
    std::size_t config = 0;
    std::size_t rung = 0;
    double budget = 1.0;  ///< (0, 1]
};

struct Trial {
    Task task;
    Point point;
    std::size_t attempt = 1;  ///< 2 and more: an earlier one was killed together with the sweep
    Outcome outcome = Outcome::kFinished;
    std::optional<double> objective;
    std::optional<int> exit_status;
    std::string note;    ///< why, where it has no objective
    std::string run_id;  ///< empty: no run was recorded
    std::optional<double> energy_kwh;
    std::optional<Estimate> operational_kgco2e;
    double duration_s = 0.0;
    std::int64_t ended_wall_ns = 0;
};

/// Sum over trials; `low` and `high` are sums of their own, as in plan/family.hpp.
struct Spent {
    std::size_t trials = 0;
    double duration_s = 0.0;
    double energy_kwh = 0.0;
    Estimate operational_kgco2e;
    std::size_t not_known = 0;    ///< trials of whose energy or carbon nothing is known
    double full_trainings = 0.0;  ///< of those that are known
    double all_trainings = 0.0;   ///< of the others too
};
void add_to(Spent& spent, const Trial& trial);

struct SweepResult {
    std::string id;  ///< what the trials are trials of (`gramme runs tree`)
    std::string name;
    std::string folder;
    SearchMethod method = SearchMethod::kRandom;
    std::uint64_t seed = 0;
    bool minimize = false;
    std::string objective;      ///< "regex accuracy=(.*)", "json metrics.json:accuracy"
    std::size_t planned = 0;    ///< tasks of the whole search, as far as is known
    std::vector<Trial> trials;  ///< in the order in which they ended
    std::vector<Trial> lost;    ///< attempts that were killed with the sweep, as far as the store has them
    std::string stopped;        ///< why it ended before its plan; empty: it did not
    int stopped_by = 0;         ///< the signal that ended it
    double grid_points = 0.0;
};

[[nodiscard]] Spent spent_of(const std::vector<Trial>& trials);
/// The best of those with the largest budget that any trial with an objective had; absent: none has one.
[[nodiscard]] std::optional<std::size_t> best_trial(const SweepResult& sweep);
/// The mean full training times the points of the grid; absent where nothing is known.
struct GridCost {
    double energy_kwh = 0.0;
    Estimate operational_kgco2e;
    double hours = 0.0;
};
[[nodiscard]] std::optional<GridCost> grid_cost(const SweepResult& sweep);

/// Who is to run: a list of points, in rungs for successive halving (one rung otherwise).
struct TrialOrder {
    std::size_t configs = 0;
    std::vector<Rung> rungs;
    bool minimize = false;

    [[nodiscard]] std::size_t planned() const;
    /// Tasks that may run now and of which `trials` has none, in order. A rung begins when the one before it
    /// has ended; it takes the best that have an objective.
    [[nodiscard]] std::vector<Task> ready(const std::vector<Trial>& trials) const;
};

}  // namespace gramme::plan
