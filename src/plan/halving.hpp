// Successive halving and Hyperband: who trains how long. Pure. Method: docs/method/search.md#halving
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace gramme::plan {

/// `configs` are trained with `budget`, a share of a full training in (0, 1].
struct Rung {
    std::size_t configs = 0;
    double budget = 1.0;
};

/// Source: Jamieson and Talwalkar, AISTATS 2016: s = floor(log_eta n); rung i: floor(n eta^-i) configurations
/// with R eta^(i-s), i = 0..s. `first`: the smallest budget that is worth anything, a share in (0, 1]: rungs
/// below it are left out, and n configurations start at the first that remains.
[[nodiscard]] std::vector<Rung> halving_rungs(std::size_t configs, double eta, double first = 0.0);

/// In full trainings, where each rung starts anew.
[[nodiscard]] double cost_restarting(std::span<const Rung> rungs);
/// In full trainings, where each rung goes on from what the one before it kept.
[[nodiscard]] double cost_resuming(std::span<const Rung> rungs);

/// One bracket of Hyperband. Source: Li et al., JMLR 18 (2018), Algorithm 1: s_max = floor(log_eta R); for s
/// = s_max..0: n = ceil((s_max + 1) eta^s / (s + 1)), r = R eta^-s, rung i: floor(n eta^-i) with r eta^i.
using Bracket = std::vector<Rung>;
/// `resource`: R, how many of the smallest budgets a full training is; 1 or more.
[[nodiscard]] std::vector<Bracket> hyperband_brackets(double resource, double eta);

/// Draws until one is in the best fraction `best` of the space with probability `confidence`, whatever the
/// number of parameters: ceil(ln(1 - p) / ln(1 - q)). Both in (0, 1).
[[nodiscard]] std::size_t draws_needed(double confidence, double best);

/// A trial that came to its end: its place in the list, and its score, absent where it has none.
struct Scored {
    std::size_t config = 0;
    std::optional<double> objective;
};
/// The best `most`, the better first, of two alike the earlier; one without a score never goes on.
[[nodiscard]] std::vector<std::size_t> best_of(std::vector<Scored> trials, std::size_t most, bool minimize);

}  // namespace gramme::plan
