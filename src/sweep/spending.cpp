#include "sweep/spending.hpp"

#include <algorithm>

#include "sweep/attempt.hpp"
#include "units/quantity.hpp"

namespace gramme::sweep {
namespace {

double amount_of(const plan::Spent& spent, plan::Resource resource) {
    constexpr double kGramsPerKilogram = 1000.0;
    return resource == plan::Resource::kCarbon ? spent.operational_kgco2e.value * kGramsPerKilogram
                                               : Joules{KilowattHours{spent.energy_kwh}}.value();
}

double mean_of(double sum, double full_trainings) {
    return full_trainings > 0.0 ? sum / full_trainings : 0.0;
}

}  // namespace

std::vector<plan::Trial> cut_short_among(const std::vector<store::RunSummary>& runs, const std::string& id,
                                         const std::vector<plan::Trial>& ended) {
    std::vector<plan::Trial> out;
    for (const store::RunSummary& run : runs) {
        const bool is_other = !run.run.lineage || run.run.lineage->id != id || !run.run.part_of.empty();
        if (is_other || std::any_of(ended.begin(), ended.end(),
                                    [&](const plan::Trial& trial) { return trial.run_id == run.run.id; })) {
            continue;
        }
        const Ran ran = ran_of(run);
        plan::Trial cut;
        cut.run_id = ran.id;
        cut.energy_kwh = ran.energy_kwh;
        cut.operational_kgco2e = ran.operational_kgco2e;
        cut.duration_s = ran.duration_s;
        cut.ended_wall_ns = ended_at(run.run.started_wall_ns, ran.duration_s);
        cut.outcome = plan::Outcome::kFailed;
        cut.note = tag_of(run.run, "trial");
        out.push_back(std::move(cut));
    }
    return out;
}

std::string Spending::no_room(const plan::Limit& limit, double next, double running, double elapsed_s) const {
    const std::string none = "the limit of " + limit.typed + " leaves no room for another trial";
    if (limit.of == plan::Resource::kTime) {
        const double mean = mean_of(ended_.duration_s, ended_.all_trainings);
        return elapsed_s < limit.amount && elapsed_s + mean * next <= limit.amount ? "" : none;
    }
    const double used = amount_of(ended_, limit.of) + amount_of(cut_, limit.of);
    if (used >= limit.amount) {
        return none;
    }
    if (ended_.trials == 0) {
        return "";  // the first trial tells what one takes
    }
    if (ended_.not_known == ended_.trials) {
        return "the limit of " + limit.typed + " cannot be kept: what the trials use is not known";
    }
    const double mean = mean_of(amount_of(ended_, limit.of), ended_.full_trainings);
    // Unknown is not zero. How far an attempt without a figure came is not known either: a whole one at most.
    const double unknown = ended_.all_trainings - ended_.full_trainings + static_cast<double>(cut_.not_known);
    return used + mean * (unknown + running + next) <= limit.amount ? "" : none;
}

}  // namespace gramme::sweep
