// Forecasts and budgets as JSON. Schema: docs/schema/forecast.md.
#include <utility>

#include "present/footprint_json.hpp"
#include "present/forecast.hpp"

namespace gramme::present {
namespace {

Json from_to(double value, double low, double high) {
    Json json = object_of(3);
    json["value"] = number(value);
    json["low"] = number(low);
    json["high"] = number(high);
    return json;
}

Json of_estimate(const Estimate& estimate) {
    return from_to(estimate.value, estimate.low, estimate.high);
}

double kwh(double joules) {
    return KilowattHours{Joules{joules}}.value();
}

Estimate in_kwh(const Estimate& joules) {
    return {kwh(joules.value), kwh(joules.low), kwh(joules.high)};
}

constexpr double kPercent = 100.0;

}  // namespace

Json forecast_parts_json(const plan::Forecast& forecast) {
    Json json = Json::object();
    json["start_up_s"] = number(forecast.start_up_s);
    json["step_s"] = number(forecast.step_s);
    json["step_j"] = number_or_null(forecast.step_j);
    json["reports"] = forecast.gaps;
    json["recurring"] = list_json(forecast.recurring, [](const plan::Recurring& one) {
        Json item = Json::object();
        item["what"] = one.what;
        item["seen"] = one.seen;
        item["every_steps"] = one.every_steps > 0.0 ? number(one.every_steps) : Json(nullptr);
        item["each_s"] = number(one.each_s);
        item["each_j"] = number_or_null(one.each_j);
        item["ahead"] = number(one.ahead);
        return item;
    });
    json["notes"] = forecast.notes;
    return json;
}

Json forecast_json(const plan::Progress& progress, const Footprint& so_far) {
    if (progress.steps.empty()) {
        return nullptr;
    }
    const auto forecast = plan::forecast(progress, std::nullopt, plan::Of::kThisRun);
    Json json = Json::object();
    json["ready"] = static_cast<bool>(forecast);
    json["step"] = number(progress.steps.back().step);
    json["steps_total"] = number_or_null(progress.total);
    if (!forecast) {
        json["reason"] = forecast.error().what;
        return json;
    }
    json["left_s"] = of_estimate(forecast->left_s);
    json["duration_s"] = of_estimate(forecast->duration_s);
    std::optional<Estimate> energy;
    std::optional<Estimate> carbon;
    if (forecast->energy_j && so_far.energy_kwh) {
        const double joules = Joules{KilowattHours{so_far.energy_kwh->value}}.value();
        energy = plan::grown(*so_far.energy_kwh, joules, *forecast->energy_j);
        if (so_far.operational_kgco2e) {
            carbon = plan::grown(*so_far.operational_kgco2e, joules, *forecast->energy_j);
        }
    }
    json["energy_kwh"] = estimate_json(energy);
    json["as_metered_kwh"] = forecast->energy_j ? of_estimate(in_kwh(*forecast->energy_j)) : Json(nullptr);
    json["operational_kgco2e"] = estimate_json(carbon);
    json.update(forecast_parts_json(*forecast));
    return json;
}

Json forecast_record_json(const RunRecord& run, const std::optional<double>& energy_kwh) {
    const ForecastRecord& forecast = *run.forecast;
    Json json = Json::object();
    json["from"] = forecast.from;
    json["steps_total"] = number_or_null(forecast.steps_total);
    json["first_step"] = number(forecast.first_step);
    json["last_step"] = number(forecast.last_step);
    // Of a run that ended before its last step nobody can say how right it was.
    const bool came = forecast.steps_total && forecast.last_step >= *forecast.steps_total &&
                      run.state == RunState::kFinished;
    json["said"] = list_json(forecast.said, [&](const ForecastSaid& said) {
        Json item = Json::object();
        item["at_s"] = number(said.at_s);
        item["step"] = number(said.step);
        item["duration_s"] = from_to(said.duration_s, said.duration_low_s, said.duration_high_s);
        item["energy_kwh"] =
            said.energy_j ? from_to(kwh(*said.energy_j), kwh(said.energy_low_j), kwh(said.energy_high_j))
                          : Json(nullptr);
        if (came && run.duration_s > 0.0) {
            item["duration_error_pct"] = number(kPercent * (said.duration_s / run.duration_s - 1.0));
            if (said.energy_j && energy_kwh && *energy_kwh > 0.0) {
                item["energy_error_pct"] = number(kPercent * (kwh(*said.energy_j) / *energy_kwh - 1.0));
            }
        }
        return item;
    });
    return json;
}

Json budget_record_json(const BudgetRecord& budget) {
    Json json = Json::object();
    json["limits"] = list_json(budget.limits, [](const BudgetLimit& limit) {
        Json item = Json::object();
        item["limit"] = limit.typed;
        item["of"] = limit.resource;
        item["amount"] = number(limit.amount);
        item["spent"] = number_or_null(limit.spent);
        return item;
    });
    json["on"] = budget.on;
    json["action"] = budget.action;
    json["grace_s"] = number(budget.grace_s);
    json["events"] = list_json(budget.events, [](const BudgetEvent& event) {
        Json item = Json::object();
        item["at_s"] = number(event.at_s);
        item["what"] = event.what;
        item["limit"] = text_or_null(event.limit);
        item["detail"] = event.detail;
        return item;
    });
    json["ended_run"] = budget.ended_run;
    return json;
}

Result<void> read_forecast(const Json& object, std::optional<ForecastRecord>& out) {
    GRAMME_TRY(const Json* json, object_member(object, "forecast"));
    if (json == nullptr) {
        return {};
    }
    ForecastRecord forecast;
    GRAMME_CHECK(read_value(*json, "from", forecast.from));
    GRAMME_CHECK(read_value(*json, "steps_total", forecast.steps_total));
    GRAMME_CHECK(read_value(*json, "first_step", forecast.first_step));
    GRAMME_CHECK(read_value(*json, "last_step", forecast.last_step));
    const auto said = json->find("said");
    if (said != json->end() && said->is_array()) {
        for (const Json& item : *said) {
            if (!item.is_object()) {
                return wrong_key("forecast.said", "a list of objects");
            }
            ForecastSaid one;
            GRAMME_CHECK(read_value(item, "at_s", one.at_s));
            GRAMME_CHECK(read_value(item, "step", one.step));
            GRAMME_TRY(const Json* duration, object_member(item, "duration_s"));
            if (duration != nullptr) {
                GRAMME_CHECK(read_value(*duration, "value", one.duration_s));
                GRAMME_CHECK(read_value(*duration, "low", one.duration_low_s));
                GRAMME_CHECK(read_value(*duration, "high", one.duration_high_s));
            }
            const auto energy = item.find("energy_kwh");
            if (energy != item.end() && energy->is_object()) {
                double value = 0.0;
                double low = 0.0;
                double high = 0.0;
                GRAMME_CHECK(read_value(*energy, "value", value));
                GRAMME_CHECK(read_value(*energy, "low", low));
                GRAMME_CHECK(read_value(*energy, "high", high));
                one.energy_j = Joules{KilowattHours{value}}.value();
                one.energy_low_j = Joules{KilowattHours{low}}.value();
                one.energy_high_j = Joules{KilowattHours{high}}.value();
            }
            forecast.said.push_back(one);
        }
    }
    out = std::move(forecast);
    return {};
}

Result<void> read_budget(const Json& object, std::optional<BudgetRecord>& out) {
    GRAMME_TRY(const Json* json, object_member(object, "budget"));
    if (json == nullptr) {
        return {};
    }
    BudgetRecord budget;
    GRAMME_CHECK(read_value(*json, "on", budget.on));
    GRAMME_CHECK(read_value(*json, "action", budget.action));
    GRAMME_CHECK(read_value(*json, "grace_s", budget.grace_s));
    GRAMME_CHECK(read_value(*json, "ended_run", budget.ended_run));
    for (const char* key : {"limits", "events"}) {
        const auto list = json->find(key);
        if (list == json->end()) {
            continue;
        }
        if (!list->is_array()) {
            return wrong_key(std::string{"budget."} + key, "a list");
        }
        for (const Json& item : *list) {
            if (!item.is_object()) {
                return wrong_key(std::string{"budget."} + key, "a list of objects");
            }
            BudgetLimit limit;
            BudgetEvent event;
            const bool is_limit = std::string_view{key} == "limits";
            GRAMME_CHECK(read_value(item, "limit", is_limit ? limit.typed : event.limit));
            if (is_limit) {
                GRAMME_CHECK(read_value(item, "of", limit.resource));
                GRAMME_CHECK(read_value(item, "amount", limit.amount));
                GRAMME_CHECK(read_value(item, "spent", limit.spent));
                budget.limits.push_back(std::move(limit));
            } else {
                GRAMME_CHECK(read_value(item, "at_s", event.at_s));
                GRAMME_CHECK(read_value(item, "what", event.what));
                GRAMME_CHECK(read_value(item, "detail", event.detail));
                budget.events.push_back(std::move(event));
            }
        }
    }
    out = std::move(budget);
    return {};
}

}  // namespace gramme::present
