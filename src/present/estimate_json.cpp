#include "present/estimate_json.hpp"

#include <utility>

#include "base/utc.hpp"
#include "present/estimate.hpp"
#include "present/footprint_json.hpp"

namespace gramme::present {
namespace {

std::string_view name_of(JobGroup::Kind kind) {
    switch (kind) {
        case JobGroup::Kind::kDevice: return "device";
        case JobGroup::Kind::kInstance: return "instance";
        case JobGroup::Kind::kPower: return "power_w";
        case JobGroup::Kind::kEnergy: return "energy_kwh";
    }
    return "";
}

void write_group(JsonWriter& json, const JobGroup& group) {
    json.open_object();
    json.key(name_of(group.kind));
    const bool named = group.kind == JobGroup::Kind::kDevice || group.kind == JobGroup::Kind::kInstance;
    named ? json.value(group.name) : json.value(group.amount);
    json.member("count", group.count);
    json.close_object();
}

/// Nothing ran: who, when and where it ended are not there to tell.
void write_job(JsonWriter& json, const RunRecord& run) {
    json.open_object();
    json.member("scope", name_of(run.scope));
    if (run.started_wall_ns != 0) {
        json.member("started_at", utc_text(run.started_wall_ns));
    }
    json.member("duration_s", run.duration_s);
    json.close_object();
}

void write_asked(JsonWriter& json, const JobRequest& asked, const std::vector<Assumption>& assumptions) {
    json.open_object();
    json.list("groups", asked.groups, write_group);
    json.member("hours", asked.hours > 0.0 ? std::optional{asked.hours} : std::nullopt);
    json.member("utilisation", asked.utilisation);
    json.member("host", asked.host);
    json.member("power_model", asked.power_model == PowerModel::kTdp ? "tdp" : "typical");
    json.member("lifetime_years", asked.lifetime_years);
    json.list("assumptions", assumptions, write_assumption);
    json.close_object();
}

}  // namespace

void write_assumption(JsonWriter& json, const Assumption& one) {
    json.open_object();
    json.member("what", one.what);
    json.member("value", one.value);
    json.member("source", one.source);
    json.member("change", one.change);
    json.close_object();
}

void write_estimate_members(JsonWriter& json, const JobRequest& asked,
                            const estimate::JobEstimate& estimate) {
    json.member("schema", kFootprintSchema);
    json.key("run");
    write_job(json, estimate.run);
    write_result_members(json, estimate.footprint, nullptr);
    json.key("estimate");
    write_asked(json, asked, estimate.assumptions);
}

std::string estimate_json(const JobRequest& asked, const estimate::JobEstimate& estimate) {
    JsonWriter json;
    json.open_object();
    write_estimate_members(json, asked, estimate);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
