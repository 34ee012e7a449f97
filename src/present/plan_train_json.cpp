#include "present/plan_train_json.hpp"

#include <utility>

#include "present/estimate_json.hpp"
#include "present/footprint_json.hpp"
#include "present/json_writer.hpp"
#include "present/plan_train.hpp"

namespace gramme::present {
namespace {

std::optional<double> if_positive(double value) {
    return value > 0.0 ? std::optional{value} : std::nullopt;
}

void write_range(JsonWriter& json, std::string_view key, const std::optional<plan::Range>& range) {
    json.member(key, range ? std::optional{range->estimate()} : std::nullopt);
}

void write_asked(JsonWriter& json, const plan::TrainRequest& asked) {
    const plan::Shape& shape = asked.shape;
    json.member("parameters", asked.all_parameters > 0.0 ? asked.all_parameters : shape.parameters);
    json.member("active_parameters", shape.parameters);
    json.member("tokens", shape.tokens);
    json.member("layers", shape.layers);
    json.member("hidden", shape.width);
    json.member("sequence_length", shape.sequence_length);
    json.member("method", plan::name_of(asked.method));
    json.member("head_parameters", if_positive(shape.head_parameters));
    json.member("recompute", shape.recompute);
    json.member("precision_bits", plan::name_of(asked.precision));
}

void write_speed(JsonWriter& json, const plan::TrainRequest& asked, const plan::TrainPlan& plan) {
    const plan::Speed& speed = asked.speed;
    json.member("peak_flops_per_s", plan.peak ? std::optional{plan.peak->flops_per_s} : std::nullopt);
    json.member("mfu", if_positive(plan.utilisation));
    json.text_or_null("mfu_from", speed.tokens_per_second ? "tokens per second"
                                  : plan.band             ? "published trainings"
                                                          : "user");
    if (plan.band) {
        json.key("mfu_band");
        json.open_object();
        json.member("value", plan.band->centre);
        json.member("sigma_ln", plan.band->sigma_ln);
        json.text_or_null("family", plan.band->family);
        json.member("projects", plan.band->projects);
        json.member("runs", plan.band->runs);
        json.close_object();
    } else {
        json.member("mfu_band", nullptr);
    }
    const auto& rate = speed.tokens_per_second;
    write_range(json, "tokens_per_second", speed.of_one_device ? std::nullopt : rate);
    write_range(json, "device_tokens_per_second", speed.of_one_device ? rate : std::nullopt);
}

}  // namespace

void write_plan_train_members(JsonWriter& json, const plan::TrainRequest& asked,
                              const plan::TrainPlan& plan) {
    write_result_members(json, plan.footprint, nullptr);
    json.key("plan");
    json.open_object();
    write_asked(json, asked);
    json.member("device", plan.device);
    json.member("devices", plan.wall_hours ? std::optional{plan.devices} : std::nullopt);
    json.member("flops", plan.compute.model);
    json.member("executed_flops", plan.compute.hardware);
    json.member("flops_per_token", plan.compute.weights_per_token + plan.compute.attention_per_token);
    json.member("attention_flops_per_token", if_positive(plan.compute.attention_per_token));
    write_speed(json, asked, plan);
    json.member("device_hours", plan.device_hours);
    json.member("wall_hours", plan.wall_hours);
    write_range(json, "times", asked.times);
    json.member("project_energy_kwh", plan.project_energy_kwh);
    json.member("project_kgco2e", plan.project_kgco2e);
    json.member("notes", plan.notes);
    json.list("assumptions", plan.assumptions, write_assumption);
    json.close_object();
}

std::string plan_train_json(const plan::TrainRequest& asked, const plan::TrainPlan& plan) {
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/plan-train/1");
    write_plan_train_members(json, asked, plan);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
