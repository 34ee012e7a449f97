#include "present/json_writer.hpp"
#include "present/plan_search.hpp"

namespace gramme::present {
namespace {

using plan::Rung;
using plan::SearchPlan;

void write_rung(JsonWriter& json, const Rung& rung) {
    json.open_object();
    json.member("configs", rung.configs);
    json.member("budget", rung.budget);
    json.close_object();
}

void write_narrowed(JsonWriter& json, std::string_view key, const std::optional<plan::Narrowed>& narrowed) {
    json.key(key);
    if (!narrowed) {
        json.value(nullptr);
        return;
    }
    json.open_object();
    json.member("kept", narrowed->kept);
    json.member("grid", narrowed->grid);
    json.member("random", narrowed->random);
    json.close_object();
}

void write_parameter(JsonWriter& json, const plan::Parameter& parameter) {
    json.open_object();
    json.member("name", parameter.name);
    json.member("grid_values", plan::grid_count(parameter));
    json.member("assumed", plan::grid_is_assumed(parameter));
    json.member("conditional", !parameter.when.empty());
    json.close_object();
}

}  // namespace

std::string plan_search_json(const SearchPlan& plan) {
    const plan::SearchRequest& asked = plan.asked;
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/plan-search/1");
    json.key("asked");
    json.open_object();
    json.text_or_null("space", asked.space.name);
    json.member("best", asked.best);
    json.member("confidence", asked.confidence);
    json.member("eta", asked.eta);
    json.member("resource", asked.resource);
    json.member("seeds", asked.space.seeds);
    json.member("folds", asked.space.folds);
    json.close_object();
    json.list("parameters", asked.space.parameters, write_parameter);
    json.key("training");
    json.open_object();
    json.member("energy_kwh", asked.trial.energy_kwh);
    json.member("operational_kgco2e", asked.trial.operational_kgco2e);
    json.member("hours", asked.trial.hours);
    json.text_or_null("from", asked.trial.from);
    json.close_object();
    json.list("ways", plan.ways, [](JsonWriter& to, const plan::SearchWay& way) {
        to.open_object();
        to.member("way", way.name);
        to.member("configs", way.configs);
        to.member("trainings", way.trainings);
        to.member("full_trainings", way.full_trainings);
        to.member("energy_kwh", way.energy_kwh);
        to.member("operational_kgco2e", way.operational_kgco2e);
        to.member("hours", way.hours);
        to.member("saved", way.saved);
        to.close_object();
    });
    json.list("halving", plan.rungs, write_rung);
    json.list("hyperband", plan.brackets, [](JsonWriter& to, const plan::Bracket& bracket) {
        to.open_list();
        for (const Rung& rung : bracket) {
            write_rung(to, rung);
        }
        to.close_list();
    });
    write_narrowed(json, "narrowed", plan.narrowed);
    write_narrowed(json, "half", plan.half);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
