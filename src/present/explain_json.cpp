// The explanation for a program. Schema: docs/schema/explain.md.
#include "base/utc.hpp"
#include "estimate/monte_carlo.hpp"
#include "present/explanation.hpp"
#include "present/footprint_json.hpp"
#include "present/intensity_json.hpp"
#include "present/json.hpp"
#include "present/waiting_view.hpp"

namespace gramme::present {
namespace {

Json step_json(const Step& step) {
    Json json = Json::object();
    json["expression"] = text_or_null(step.expression);
    json["result"] = number(step.result.value);
    if (!step.unit.empty()) {
        json["unit"] = step.unit;
    }
    return json;
}

Json step_json(const std::optional<Step>& step) {
    return step ? step_json(*step) : Json(nullptr);
}

Json windows_json(const std::optional<WindowCount>& windows) {
    if (!windows) {
        return nullptr;
    }
    Json json = Json::object();
    json["count"] = windows->windows;
    json["readings"] = windows->readings;
    Json& qualities = json["qualities"] = Json::object();
    for (const auto& [quality, count] : windows->qualities) {
        qualities[std::string{name_of(quality)}] = count;
    }
    json["job_cpu_s"] = number(windows->job_cpu_s);
    json["busy_cpu_s"] = number(windows->busy_cpu_s);
    return json;
}

Json device_json(const ExplainedDevice& device, bool with_interval) {
    const Part& part = *device.part;
    Json json = Json::object();
    json["device"] = part.device.id;
    json["kind"] = name_of(part.device.kind);
    json["name"] = part.device.name;
    json["quality"] = name_of(part.device.quality);
    json["method"] = text_or_null(part.device.method);
    json["windows"] = windows_json(device.windows);
    json["covered_s"] = part.covered_s > 0.0 ? number(part.covered_s) : Json(nullptr);
    json["gap_s"] = number(part.gap_s);
    const bool split = part.energy_kwh && device.split_known;
    json["device_energy_j"] = split ? number(part.device_energy.value()) : Json(nullptr);
    json["job_j"] = split ? number(estimate::job_energy(part).value()) : Json(nullptr);
    json["others_j"] = split ? number(part.others.value()) : Json(nullptr);
    json["unassigned_j"] = split ? number(part.unassigned.value()) : Json(nullptr);
    json["rule"] = device.rule;
    json["energy_kwh"] = part.energy_kwh ? step_json(device.energy) : Json(nullptr);
    if (with_interval && part.energy_kwh) {
        json["share"] = step_json(device.share);
        json["sigma"] = step_json(device.sigma);
        json["sigma_from"] = device.sigma_from;
        json["share_x_sigma"] = step_json(device.weight);
    }
    return json;
}

Json interval_json(const Explanation& explained, std::size_t draws) {
    if (!explained.interval) {
        return nullptr;
    }
    const ExplainedInterval& interval = *explained.interval;
    Json json = Json::object();
    Json& groups = json["groups"] = Json::array();
    for (const ExplainedGroup& group : interval.groups) {
        Json one = Json::object();
        one["group"] = group.name;
        Json& devices = one["devices"] = Json::array();
        for (const std::size_t index : group.devices) {
            devices.push_back(explained.devices[index].part->device.id);
        }
        one["correlation"] = group.correlation;
        one["variance"] = step_json(group.variance);
        one["share_pct"] = number(group.share_pct);
        groups.push_back(one);
    }
    json["energy_first_order"] = step_json(interval.first_order);
    json["energy_next_order"] = step_json(interval.next_order);
    json["energy_sigma"] = step_json(interval.energy_sigma);
    json["variance"] = step_json(interval.variance);
    json["sigma"] = step_json(interval.sigma);
    if (interval.skewed) {
        json["k1"] = number(interval.k1.value);
        json["k3"] = number(interval.k3.value);
        json["k4"] = number(interval.k4.value);
        json["skewness"] = step_json(interval.skewness);
        json["excess"] = step_json(interval.excess);
        json["low_point"] = step_json(interval.low_point);
        json["high_point"] = step_json(interval.high_point);
    }
    json["low_factor"] = step_json(interval.low_factor);
    json["high_factor"] = step_json(interval.high_factor);
    json["low_gco2e"] = step_json(interval.low);
    json["high_gco2e"] = step_json(interval.high);
    json["pue_share_pct"] = number(interval.pue_pct);
    json["intensity_share_pct"] = number(interval.intensity_pct);
    Json& check = json["monte_carlo"] = Json::object();
    check["draws"] = draws;
    check["seed"] = estimate::kCheckSeed;
    check["low_gco2e"] = number(interval.drawn_g.low);
    check["high_gco2e"] = number(interval.drawn_g.high);
    check["low_difference_pct"] = number(interval.low_pct);
    check["high_difference_pct"] = number(interval.high_pct);
    check["within_tolerance"] = interval.agrees;
    return json;
}

Json factors_json(const Factors& factors) {
    Json json = Json::object();
    Json& pue = json["pue"] = Json::object();
    pue["value"] = number(factors.pue.value);
    pue["sigma_ln"] = number(factors.pue.sigma_ln);
    pue["year"] = year_json(factors.pue.year);
    pue["source"] = text_or_null(factors.pue.from.source);
    pue["chosen"] = text_or_null(factors.pue.from.chosen);
    const IntensityFactor& intensity = factors.intensity;
    Json& grid = json["intensity_gco2e_per_kwh"] = Json::object();
    grid["value"] = number(intensity.value.value());
    grid["sigma_ln"] = number(intensity.sigma_ln);
    grid["zone"] = text_or_null(intensity.zone);
    grid["zone_name"] = text_or_null(intensity.zone_name);
    grid["year"] = year_json(intensity.year);
    grid["basis"] = text_or_null(intensity.basis);
    grid["source"] = text_or_null(intensity.from.source);
    grid["chosen"] = text_or_null(intensity.from.chosen);
    if (intensity.country_lifecycle) {
        grid["country_lifecycle"] = country_lifecycle_json(intensity);
    }
    if (intensity.in_time) {
        grid["in_time"] = in_time_json(*intensity.in_time);
    }
    return json;
}

Json sources_json(const std::vector<ExplainedSource>& sources) {
    Json list = Json::array();
    for (const ExplainedSource& source : sources) {
        Json json = Json::object();
        json["id"] = source.id;
        json["used_for"] = source.used_for;
        json["title"] = text_or_null(source.title);
        json["publisher"] = text_or_null(source.publisher);
        json["year"] = source.year == 0 ? Json(nullptr) : Json(source.year);
        json["licence"] = text_or_null(source.licence);
        json["url"] = text_or_null(source.url);
        json["note"] = text_or_null(source.note);
        list.push_back(json);
    }
    return list;
}

}  // namespace

std::string explain_json(const ExplainInput& input, const refdata::Tables& tables) {
    const Explanation explained = explanation_of(input, tables);
    const Footprint& footprint = input.footprint;
    Json json = Json::object();
    json["schema"] = "gramme/explain/1";
    json["origin"] = input.origin;
    Json& run = json["run"] = Json::object();
    run["id"] = text_or_null(input.run.id);
    run["project"] = text_or_null(input.run.project);
    run["scope"] = name_of(input.run.scope);
    run["started_at"] =
        input.run.started_wall_ns == 0 ? Json(nullptr) : Json(utc_text(input.run.started_wall_ns));
    run["duration_s"] = input.run.duration_s > 0.0 ? number(input.run.duration_s) : Json(nullptr);
    run["gramme_version"] = text_or_null(input.run.gramme_version);
    json["energy_kwh"] = estimate_json(footprint.energy_kwh);
    json["operational_kgco2e"] = estimate_json(footprint.operational_kgco2e);
    Json& devices = json["devices"] = Json::array();
    for (const ExplainedDevice& device : explained.devices) {
        devices.push_back(device_json(device, explained.interval.has_value()));
    }
    Json& gaps = json["gaps"] = Json::array();
    for (const DeviceGap& gap : footprint.gaps) {
        gaps.push_back({{"device", gap.device},
                        {"from_s", number(gap.from_s)},
                        {"to_s", number(gap.to_s)},
                        {"reason", gap.reason}});
    }
    Json& steps = json["steps"] = Json::object();
    steps["energy_kwh"] = step_json(explained.sum);
    steps["facility_energy_kwh"] = step_json(explained.facility);
    steps["operational_gco2e"] = step_json(explained.operational);
    json["factors"] = footprint.energy_kwh ? factors_json(footprint.factors) : Json(nullptr);
    json["interval"] = interval_json(explained, input.draws);
    if (footprint.dominant) {
        json["dominant_uncertainty"] = {{"factor", footprint.dominant->factor},
                                        {"share_pct", number(footprint.dominant->share_pct)},
                                        {"remedy", footprint.dominant->remedy}};
    } else {
        json["dominant_uncertainty"] = nullptr;
    }
    Json& equivalences = json["equivalences"] = Json::array();
    for (const ExplainedEquivalence& one : explained.equivalences) {
        Json item = step_json(one.count);
        item["key"] = one.equivalence->key;
        item["source"] = one.equivalence->source;
        item["counts"] = text_or_null(one.scope);
        equivalences.push_back(item);
    }
    json["not_covered"] = footprint.not_covered;
    if (footprint.remainder) {
        Json& remainder = json["remainder"] = Json::object();
        remainder["kwh"] = estimate_json(footprint.remainder->energy_kwh);
        remainder["kgco2e"] = estimate_json(footprint.remainder->kgco2e);
        remainder["chosen"] = footprint.remainder->from.chosen;
        remainder["source"] = text_or_null(footprint.remainder->from.source);
        if (explained.remainder) {
            remainder["base"] = step_json(explained.remainder->base);
            remainder["loss"] = step_json(explained.remainder->loss);
            remainder["sum"] = step_json(explained.remainder->sum);
            remainder["carbon"] = step_json(explained.remainder->carbon);
        }
    }
    Json& own = json["own"] = Json::object();
    own["cpu_s"] = input.run.own_cpu_s > 0.0 ? number(input.run.own_cpu_s) : Json(nullptr);
    own["energy_j"] = number_or_null(input.run.own_energy_j);
    own["energy_from"] = text_or_null(input.run.own_energy_from);
    if (footprint.waiting) {
        json["waiting"] = explain_waiting_json(*footprint.waiting);
    }
    json["missing"] = input.missing;
    json["disagreements"] = explained.disagreements;
    json["sources"] = sources_json(explained.sources);
    return dumped(json);
}

}  // namespace gramme::present
