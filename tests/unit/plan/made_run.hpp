// A made-up run for tests of forecasts: start-up, steps, evaluations, checkpoints and stalls, with a fixed
// generator, and what it came to in the end.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "plan/progress.hpp"

namespace gramme::plan::testing {

/// splitmix64 (Steele, Lea, Flood 2014).
class Draws {
public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}
    double uniform() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return (static_cast<double>((z ^ (z >> 31U)) >> 11U) + 0.5) * 0x1.0p-53;
    }
    double normal() {
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        return radius * std::cos(6.283185307179586 * uniform());
    }

private:
    std::uint64_t state_;
};

struct Recipe {
    int steps = 1000;
    double start_up_s = 20.0;
    double step_s = 0.5;
    double noise = 0.0;  ///< relative, of each step
    double drift = 0.0;  ///< relative, per step: a random walk of the pace
    int evaluate_every = 0;
    double evaluation_s = 0.0;
    int checkpoint_every = 0;
    double checkpoint_s = 0.0;
    double straggler_share = 0.0;  ///< of the steps that take `straggler_s` longer
    double straggler_s = 0.0;
    bool says_phases = true;  ///< else they are only in the times of the steps
    int report_every = 1;
    double step_w = 200.0;
    double evaluation_w = 100.0;
    double checkpoint_w = 50.0;
    double start_w = 80.0;
    std::uint64_t seed = 1;
};

struct Made {
    Progress seen;  ///< up to the given step
    double duration_s = 0.0;
    double energy_j = 0.0;
};

/// Of the first `until` steps what a watcher would see, with the energy in windows of 1 s.
inline Made make(const Recipe& recipe, int until) {
    Draws draws{recipe.seed};
    ProgressKeeper keeper;
    double now = 0.0;
    double joules = 0.0;
    double next_window = 0.0;
    bool watching = true;
    const auto pass = [&](double seconds, double watts) {
        const double end = now + seconds;
        while (watching && next_window <= end) {
            keeper.energy(next_window, joules + watts * (next_window - now));
            next_window += 1.0;
        }
        joules += watts * seconds;
        now = end;
    };
    const auto phase = [&](const std::string& name, double seconds, double watts) {
        const auto at_ns = [&] { return static_cast<std::int64_t>(now * 1e9); };
        if (watching && recipe.says_phases) {
            (void)keeper.hear({Marker::Kind::kSpanBegin, at_ns(), name, ""});
        }
        pass(seconds, watts);
        if (watching && recipe.says_phases) {
            (void)keeper.hear({Marker::Kind::kSpanEnd, at_ns(), name, ""});
        }
    };
    Made out;
    pass(recipe.start_up_s, recipe.start_w);
    double pace = 1.0;
    for (int step = 1; step <= recipe.steps; ++step) {
        pace *= std::exp(recipe.drift * draws.normal());
        double seconds = recipe.step_s * pace * std::exp(recipe.noise * draws.normal());
        if (draws.uniform() < recipe.straggler_share) {
            seconds += recipe.straggler_s;
        }
        pass(seconds, recipe.step_w);
        if (watching && step % recipe.report_every == 0) {
            keeper.step(now, step, recipe.steps);
        }
        if (recipe.evaluate_every > 0 && step % recipe.evaluate_every == 0) {
            phase("evaluate", recipe.evaluation_s * std::exp(recipe.noise * draws.normal()),
                  recipe.evaluation_w);
        }
        if (recipe.checkpoint_every > 0 && step % recipe.checkpoint_every == 0) {
            phase("checkpoint", recipe.checkpoint_s * std::exp(recipe.noise * draws.normal()),
                  recipe.checkpoint_w);
        }
        if (step == until) {
            out.seen = keeper.at(now);
            watching = false;
        }
    }
    out.duration_s = now;
    out.energy_j = joules;
    return out;
}

}  // namespace gramme::plan::testing
