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

Json groups_json(const std::vector<JobGroup>& groups) {
    return list_json(groups, [](const JobGroup& group) {
        Json json = object_of(2);
        const bool named = group.kind == JobGroup::Kind::kDevice || group.kind == JobGroup::Kind::kInstance;
        json[std::string{name_of(group.kind)}] = named ? Json(group.name) : number(group.amount);
        json["count"] = number(group.count);
        return json;
    });
}

Json assumptions_json(const std::vector<Assumption>& assumptions) {
    return list_json(assumptions, [](const Assumption& one) {
        Json json = object_of(4);
        json["what"] = one.what;
        json["value"] = one.value;
        json["source"] = one.source;
        json["change"] = one.change;
        return json;
    });
}

}  // namespace

Json estimate_to_json(const JobRequest& asked, const estimate::JobEstimate& estimate) {
    // Nothing ran: who, when and where it ended are not there to tell.
    Json run = object_of(3);
    run["scope"] = name_of(estimate.run.scope);
    if (estimate.run.started_wall_ns != 0) {
        run["started_at"] = utc_text(estimate.run.started_wall_ns);
    }
    run["duration_s"] = number(estimate.run.duration_s);
    Json json = footprint_to_json(std::move(run), estimate.footprint, nullptr);
    Json& described = json["estimate"] = object_of(7);
    described["groups"] = groups_json(asked.groups);
    described["hours"] = asked.hours > 0.0 ? number(asked.hours) : Json(nullptr);
    described["utilisation"] = number_or_null(asked.utilisation);
    described["host"] = asked.host;
    described["power_model"] = asked.power_model == PowerModel::kTdp ? "tdp" : "typical";
    described["lifetime_years"] = number_or_null(asked.lifetime_years);
    described["assumptions"] = assumptions_json(estimate.assumptions);
    return json;
}

std::string estimate_json(const JobRequest& asked, const estimate::JobEstimate& estimate) {
    return dumped(estimate_to_json(asked, estimate));
}

}  // namespace gramme::present
