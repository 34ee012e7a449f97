#include "present/footprint_json.hpp"
#include "present/forecast.hpp"
#include "present/json_writer.hpp"
#include "present/plan_pilot.hpp"

namespace gramme::present {

std::string plan_pilot_json(const PilotPlan& plan) {
    const plan::Forecast& forecast = plan.forecast;
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/plan-pilot/1");
    json.member("steps_total", forecast.steps_total);
    json.member("duration_s", forecast.duration_s);
    json.member("energy_kwh", plan.energy_kwh);
    json.member("operational_kgco2e", plan.operational_kgco2e);
    std::optional<Estimate> metered;
    if (forecast.energy_j) {
        const auto kwh = [](double joules) { return KilowattHours{Joules{joules}}.value(); };
        metered = Estimate{kwh(forecast.energy_j->value), kwh(forecast.energy_j->low),
                           kwh(forecast.energy_j->high)};
    }
    json.member("as_metered_kwh", metered);
    json.member("energy_is_modelled", plan.modelled);
    const Json parts = forecast_parts_json(forecast);
    for (const auto& [key, value] : parts.items()) {
        json.key(key);
        json.value(value);
    }
    json.key("pilot");
    json.open_object();
    json.member("run", plan.run.id);
    json.text_or_null("name", plan.run.name);
    json.member("steps", forecast.step);
    json.member("duration_s", plan.run.duration_s);
    json.member("energy_kwh", plan.pilot.energy_kwh);
    json.close_object();
    const IntensityFactor& grid = plan.pilot.factors.intensity;
    json.key("factors");
    json.open_object();
    json.member("pue", plan.pilot.factors.pue.value);
    json.member("pue_source", plan.pilot.factors.pue.from.source);
    json.member("intensity_gco2e_per_kwh", grid.value.value());
    json.text_or_null("zone", grid.zone);
    json.member("region_known", grid.region_known);
    json.member("intensity_source", grid.from.source);
    json.close_object();
    json.member("factor_notes", plan.pilot.factors.notes);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
