// What a search costs by grid, at random, by successive halving and by Hyperband. Pure. Method:
// docs/method/search.md
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/footprint.hpp"
#include "plan/halving.hpp"
#include "plan/space.hpp"

namespace gramme::plan {

/// What one full training of one point takes; absent is unknown. One cause moves all trials alike (grid, PUE,
/// meter), so n of them have n times its interval; how trials differ from each other is not in it.
struct TrialCost {
    std::optional<Estimate> energy_kwh;
    std::optional<Estimate> operational_kgco2e;
    std::optional<double> hours;
    std::string from;  ///< "run 019ab...", "--trial-energy-kwh"; empty: none was given
};

/// A parameter with less room: a range inside its own, or some of its values.
struct Narrowing {
    std::string parameter;
    double low = 0.0, high = 0.0;
    std::vector<std::string> values;  ///< empty: a range
};

struct SearchRequest {
    Space space;               ///< checked
    double best = 0.05;        ///< q: the best fraction of the space that is aimed at, in (0, 1)
    double confidence = 0.95;  ///< p, in (0, 1)
    double eta = 3.0;          ///< of halving and Hyperband, 2 to 10
    double resource = 81.0;    ///< of Hyperband: smallest budgets in a full training, 1 to 1e6
    TrialCost trial;           ///< of one training: seeds and folds multiply it
    std::vector<Narrowing> narrow;
};

struct SearchWay {
    std::string name;           ///< "grid", "random", "halving", "halving_resuming", "hyperband"
    double configs = 0;         ///< points that are tried
    double trainings = 0;       ///< started, seeds and folds counted, short ones as well
    double full_trainings = 0;  ///< what they cost together, in full trainings
    std::optional<Estimate> energy_kwh;
    std::optional<Estimate> operational_kgco2e;
    std::optional<double> hours;  ///< of one machine, one after the other
    std::optional<double> saved;  ///< 1 - cost / cost of the grid; negative: more than the grid
};

/// What narrowing saves where the good part of the space stays inside.
struct Narrowed {
    double kept = 1.0;       ///< share of the space that remains, on its own scale
    double grid = 0;         ///< points of the grid at the same distances
    std::size_t random = 0;  ///< draws for the same part of the old space with the same confidence
};

struct SearchPlan {
    SearchRequest asked;
    std::vector<SearchWay> ways;
    std::vector<Rung> rungs;                  ///< of halving
    std::vector<Bracket> brackets;            ///< of Hyperband
    double repeats = 1.0;                     ///< seeds x folds
    std::vector<std::string> assumed_points;  ///< ranges whose grid is our assumption
    std::optional<Narrowed> narrowed;         ///< by what was asked
    Narrowed half;                            ///< by halving one range or list
};

/// kUsage: a narrowing that is none.
[[nodiscard]] Result<SearchPlan> plan_search(const SearchRequest& request);

/// "lr=0.001:0.01" or "optimizer=adam,sgd". kUsage.
[[nodiscard]] Result<Narrowing> parse_narrowing(std::string_view text, const Space& space);

}  // namespace gramme::plan
