#include "base/utc.hpp"
#include "present/json_writer.hpp"
#include "present/sweep.hpp"

namespace gramme::present {
namespace {

using plan::SweepResult;
using plan::Trial;

void write_trial(JsonWriter& json, const Trial& trial) {
    json.open_object();
    json.member("trial", trial.task.config + 1);
    json.member("rung", trial.task.rung);
    json.member("budget", trial.task.budget);
    json.member("attempt", trial.attempt);
    Json point = Json::object();
    for (const auto& [name, value] : trial.point) {
        point[name] = value;
    }
    json.member("point", point);
    json.member("outcome", name_of(trial.outcome));
    json.member("objective", trial.objective);
    json.member("exit_status", trial.exit_status);
    json.text_or_null("note", trial.note);
    json.text_or_null("run_id", trial.run_id);
    json.member("energy_kwh", trial.energy_kwh);
    json.member("operational_kgco2e", trial.operational_kgco2e);
    json.member("duration_s", trial.duration_s);
    json.member("ended_at", utc_text(trial.ended_wall_ns));
    json.close_object();
}

}  // namespace

std::string sweep_json(const SweepResult& sweep) {
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/sweep/1");
    json.member("id", sweep.id);
    json.member("name", sweep.name);
    json.member("folder", sweep.folder);
    json.member("method", name_of(sweep.method));
    json.member("seed", sweep.seed);
    json.member("objective", sweep.objective);
    json.member("minimize", sweep.minimize);
    json.member("planned", sweep.planned);
    json.text_or_null("stopped", sweep.stopped);
    const auto best = plan::best_trial(sweep);
    json.key("best");
    best ? write_trial(json, sweep.trials[*best]) : json.value(nullptr);
    std::vector<Trial> all = sweep.trials;
    all.insert(all.end(), sweep.lost.begin(), sweep.lost.end());
    const plan::Spent spent = plan::spent_of(all);
    json.key("spent");
    json.open_object();
    json.member("trials", sweep.trials.size());
    json.member("cut_short", sweep.lost.size());
    const bool known = spent.not_known < spent.trials;
    json.member("energy_kwh", known ? std::optional{spent.energy_kwh} : std::nullopt);
    json.member("operational_kgco2e", known ? std::optional{spent.operational_kgco2e} : std::nullopt);
    json.member("duration_s", spent.duration_s);
    json.member("not_known", spent.not_known);
    json.close_object();
    json.key("grid");
    json.open_object();
    const auto grid = plan::grid_cost(sweep);
    json.member("points", sweep.grid_points);
    json.member("energy_kwh", grid ? std::optional{grid->energy_kwh} : std::nullopt);
    json.member("operational_kgco2e", grid ? std::optional{grid->operational_kgco2e} : std::nullopt);
    json.member("hours", grid ? std::optional{grid->hours} : std::nullopt);
    json.close_object();
    json.list("trials", sweep.trials, write_trial);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
