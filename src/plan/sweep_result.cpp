#include "plan/sweep_result.hpp"

#include <algorithm>
#include <set>

namespace gramme::plan {
namespace {

constexpr double kSecondsPerHour = 3600.0;

}  // namespace

void add_to(Spent& spent, const Trial& trial) {
    spent.trials += 1;
    spent.duration_s += trial.duration_s;
    spent.all_trainings += trial.task.budget;
    if (!trial.energy_kwh || !trial.operational_kgco2e) {
        spent.not_known += 1;
        return;
    }
    spent.energy_kwh += *trial.energy_kwh;
    spent.operational_kgco2e.value += trial.operational_kgco2e->value;
    spent.operational_kgco2e.low += trial.operational_kgco2e->low;
    spent.operational_kgco2e.high += trial.operational_kgco2e->high;
    spent.full_trainings += trial.task.budget;
}

Spent spent_of(const std::vector<Trial>& trials) {
    Spent spent;
    for (const Trial& trial : trials) {
        add_to(spent, trial);
    }
    return spent;
}

std::optional<std::size_t> best_trial(const SweepResult& sweep) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < sweep.trials.size(); ++i) {
        const Trial& one = sweep.trials[i];
        if (!one.objective) {
            continue;
        }
        if (!best) {
            best = i;
            continue;
        }
        const Trial& so_far = sweep.trials[*best];
        if (one.task.budget != so_far.task.budget) {
            best = one.task.budget > so_far.task.budget ? i : *best;
            continue;
        }
        const bool equal = *one.objective == *so_far.objective;
        const bool better =
            sweep.minimize ? *one.objective < *so_far.objective : *one.objective > *so_far.objective;
        if (better || (equal && one.task.config < so_far.task.config)) {
            best = i;
        }
    }
    return best;
}

std::optional<GridCost> grid_cost(const SweepResult& sweep) {
    // Trials that broke off or hung tell nothing about what a training takes.
    Spent spent;
    for (const Trial& trial : sweep.trials) {
        if (trial.outcome == Outcome::kFinished && trial.energy_kwh && trial.operational_kgco2e) {
            add_to(spent, trial);
        }
    }
    if (!(spent.full_trainings > 0.0)) {
        return std::nullopt;
    }
    const double times = sweep.grid_points / spent.full_trainings;
    const Estimate& carbon = spent.operational_kgco2e;
    return GridCost{spent.energy_kwh * times,
                    {carbon.value * times, carbon.low * times, carbon.high * times},
                    spent.duration_s * times / kSecondsPerHour};
}

std::size_t TrialOrder::planned() const {
    std::size_t sum = 0;
    for (const Rung& rung : rungs) {
        sum += std::min(rung.configs, configs);
    }
    return sum;
}

std::vector<Task> TrialOrder::ready(const std::vector<Trial>& trials) const {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < configs; ++i) {
        members.push_back(i);
    }
    for (std::size_t r = 0; r < rungs.size(); ++r) {
        std::vector<Scored> ended;
        std::set<std::size_t> seen;
        for (const Trial& trial : trials) {
            if (trial.task.rung == r && seen.insert(trial.task.config).second) {
                ended.push_back({trial.task.config, trial.objective});
            }
        }
        std::vector<Task> missing;
        for (const std::size_t config : members) {
            if (!seen.contains(config)) {
                missing.push_back({config, r, rungs[r].budget});
            }
        }
        if (!missing.empty()) {
            return missing;
        }
        if (r + 1 < rungs.size()) {
            members = best_of(std::move(ended), rungs[r + 1].configs, minimize);
        }
    }
    return {};
}

}  // namespace gramme::plan
