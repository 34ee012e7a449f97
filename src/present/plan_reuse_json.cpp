#include <utility>

#include "present/estimate_json.hpp"
#include "present/json_writer.hpp"
#include "present/plan_reuse.hpp"
#include "present/plan_train_json.hpp"

namespace gramme::present {
namespace {

void write_way(JsonWriter& json, const plan::ReuseWay& way) {
    json.open_object();
    json.member("way", way.name);
    json.member("operations_per_token", way.what);
    json.member("tokens", way.tokens.estimate());
    json.member("flops", way.flops);
    json.member("device_hours", way.device_hours);
    json.member("energy_kwh", way.energy_kwh);
    json.member("operational_kgco2e", way.kgco2e);
    json.member("ratio", way.ratio);
    json.member("of_one_from_scratch", way.of_one_first);
    json.member("even_uses", way.even_uses);
    json.member("with_uses_kgco2e", way.with_uses_kgco2e);
    json.close_object();
}

}  // namespace

std::string plan_reuse_json(const plan::ReuseRequest& asked, const plan::ReusePlan& plan) {
    JsonWriter json;
    json.open_object();
    json.member("schema", "gramme/plan-reuse/1");
    json.list("ways", plan.ways, write_way);
    json.key("hosted");
    json.open_object();
    json.member("wh_per_use", plan.hosted_wh.estimate());
    json.member("own_wh_per_use", plan.own_wh.estimate());
    json.member("kgco2e_per_use", plan.hosted_use_kgco2e);
    json.member("kgco2e", plan.hosted_kgco2e);
    json.close_object();
    json.member("uses", asked.uses);
    json.member("shared_by", asked.shared_by);
    json.list("assumptions", plan.assumptions, write_assumption);
    json.key("from_scratch");
    json.open_object();
    plan::TrainRequest scratch = asked.scratch;
    scratch.shape.tokens = plan.tokens;
    write_plan_train_members(json, scratch, plan.scratch);
    json.close_object();
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
