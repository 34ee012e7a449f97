// The one JSON shape of a result. Schema: docs/schema/footprint.md.
#include "present/footprint_json.hpp"

#include <utility>

#include "base/utc.hpp"
#include "present/host_json.hpp"
#include "present/intensity_json.hpp"
#include "present/json.hpp"
#include "present/markers.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"
#include "present/waiting_view.hpp"

namespace gramme::present {
namespace {

Json run_json(const RunRecord& run, bool with_command) {
    Json json = object_of(32);
    json["id"] = run.id;
    set_text(json, "part_of", run.part_of);
    json["project"] = run.project;
    json["name"] = text_or_null(run.name);
    Json tags = Json::object();
    for (const auto& [key, value] : run.tags) {
        tags[key] = value;
    }
    json["tags"] = tags;
    if (with_command && !run.command.empty()) {
        json["command"] = run.command;
    }
    json["scope"] = name_of(run.scope);
    set_text(json, "cpu_time_from", run.cpu_time_from);
    if (run.reserved) {
        json["reserved"] = reserved_to_json(*run.reserved);
    }
    set_text(json, "idle_power_from", run.idle_power_from);
    set_text(json, "calibrated_at", run.calibrated_at);
    json["state"] = name_of(run.state);
    json["started_at"] = utc_text(run.started_wall_ns);
    json["duration_s"] = number(run.duration_s);
    if (run.paused_s > 0.0) {
        json["paused_s"] = number(run.paused_s);
    }
    json["exit_status"] = number_or_null(run.exit_status);
    json["signal"] = number_or_null(run.signal);
    json["host"] = host_to_json(run.host);
    json["gramme_version"] = run.gramme_version;
    json["interval_s"] = run.interval_s > 0.0 ? number(run.interval_s) : Json(nullptr);
    json["samples"] = run.samples;
    json["failed_reads"] = run.failed_reads;
    json["own_cpu_s"] = number(run.own_cpu_s);
    if (run.own_energy_j) {
        json["own_energy_j"] = number(*run.own_energy_j);
        json["own_energy_from"] = run.own_energy_from;
    }
    json["warnings"] = run.warnings;
    json["survivors"] = run.survivors;
    if (run.imported) {
        json["imported"] = imported_to_json(*run.imported);
    }
    return json;
}

Json device_json(const Device& device) {
    Json json = object_of(18);
    json["device"] = device.id;
    json["kind"] = name_of(device.kind);
    json["name"] = device.name;
    return json;
}

double kwh(Joules energy) {
    return KilowattHours{energy}.value();
}

Json part_json(const Part& part) {
    Json json = device_json(part.device);
    const auto& energy = part.energy_kwh;
    json["energy_kwh"] = energy ? number(energy->value) : Json(nullptr);
    json["low"] = energy ? number(energy->low) : Json(nullptr);
    json["high"] = energy ? number(energy->high) : Json(nullptr);
    json["device_energy_kwh"] = energy ? number(kwh(part.device_energy)) : Json(nullptr);
    json["others_kwh"] = energy ? number(kwh(part.others)) : Json(nullptr);
    json["unassigned_kwh"] = energy ? number(kwh(part.unassigned)) : Json(nullptr);
    json["quality"] = name_of(part.device.quality);
    json["method"] = part.device.method;
    json["sigma"] = number(part.device.gain_sigma);
    json["sigma_source"] = text_or_null(part.device.gain_source);
    json["group"] = part.device.group;
    json["covered_s"] = number(part.covered_s);
    json["gap_s"] = number(part.gap_s);
    json["utilization_pct"] =
        part.utilization ? number(utilization_percent(*part.utilization)) : Json(nullptr);
    if (part.idle) {
        json["idle_energy_kwh"] = number(kwh(*part.idle));
    }
    return json;
}

Json left_out_json(const Part& part) {
    Json json = device_json(part.device);
    json["device_energy_kwh"] = part.covered_s > 0.0 ? number(kwh(part.device_energy)) : Json(nullptr);
    json["membership"] = name_of(part.device.membership);
    json["reason"] = text_or_null(part.device.membership_reason);
    return json;
}

Json pue_json(const PueFactor& pue) {
    Json json = object_of(5);
    json["value"] = number(pue.value);
    json["sigma_ln"] = number(pue.sigma_ln);
    json["year"] = year_json(pue.year);
    json["source"] = pue.from.source;
    json["chosen"] = pue.from.chosen;
    return json;
}

Json intensity_json(const IntensityFactor& intensity) {
    Json json = object_of(24);
    json["value"] = number(intensity.value.value());
    json["sigma_ln"] = number(intensity.sigma_ln);
    json["zone"] = text_or_null(intensity.zone);
    json["zone_name"] = text_or_null(intensity.zone_name);
    json["region"] = text_or_null(intensity.region);
    json["region_known"] = intensity.region_known;
    json["place"] = text_or_null(intensity.place);
    json["country"] = text_or_null(intensity.country_iso3);
    json["year"] = year_json(intensity.year);
    json["basis"] = text_or_null(intensity.basis);
    json["fell_back_to_country"] = intensity.fell_back_to_country;
    json["source"] = intensity.from.source;
    json["chosen"] = intensity.from.chosen;
    set_country_lifecycle(json, intensity);
    set_in_time(json, intensity);
    return json;
}

Json equivalences_json(const std::vector<Equivalence>& equivalences) {
    return list_json(equivalences, [](const Equivalence& one) {
        Json json = object_of(4);
        json["key"] = one.key;
        json["label"] = one.label;
        json["value"] = number(one.value);
        json["source"] = one.source;
        return json;
    });
}

Json gaps_json(const std::vector<DeviceGap>& gaps) {
    Json list = Json::array();
    for (const DeviceGap& gap : gaps) {
        Json json = Json::object();
        json["device"] = gap.device;
        json["from_s"] = number(gap.from_s);
        json["to_s"] = number(gap.to_s);
        json["reason"] = gap.reason;
        list.push_back(json);
    }
    return list;
}

/// What is not known is null, with the reason beside it.
Json remainder_json(const Remainder& remainder, const std::optional<Estimate>& estimate) {
    Json json = object_of(5);
    json["value"] = estimate ? number(estimate->value) : Json(nullptr);
    json["low"] = estimate ? number(estimate->low) : Json(nullptr);
    json["high"] = estimate ? number(estimate->high) : Json(nullptr);
    json["source"] = remainder.from.source;
    json["chosen"] = remainder.from.chosen;
    return json;
}

Json side_json(const SideFigure& figure) {
    Json json = estimate_json(figure.value);
    json["source"] = figure.from.source;
    json["chosen"] = figure.from.chosen;
    return json;
}

Json remainder_inputs_json(const Remainder& remainder) {
    Json json = Json::object();
    json["base_w"] = number(remainder.base.value());
    json["base_sigma"] = number(remainder.base_sigma);
    json["psu_efficiency"] = number(remainder.efficiency);
    json["psu_loss_sigma"] = number(remainder.loss_sigma);
    json["machine_share"] = number(remainder.share);
    json["duration_s"] = number(remainder.duration_s);
    return json;
}

/// What one of each took, on the headline's terms.
Json work_json(const WorkDone& work, const Footprint& footprint) {
    Json json = Json::object();
    json["name"] = work.name;
    json["count"] = number(work.count);
    json["per"] = work.one;
    json["of"] = number(work.of);
    const double joules_per_kwh = Joules{KilowattHours{1.0}}.value();
    const double grams_per_kilogram = GramsCO2e{KilogramsCO2e{1.0}}.value();
    json["energy_j"] = estimate_json(for_one(work, footprint.energy_kwh, joules_per_kwh));
    json["operational_gco2e"] =
        estimate_json(for_one(work, footprint.operational_kgco2e, grams_per_kilogram));
    return json;
}

}  // namespace

Json estimate_json(const std::optional<Estimate>& estimate) {
    if (!estimate) {
        return nullptr;
    }
    Json json = object_of(3);
    json["value"] = number(estimate->value);
    json["low"] = number(estimate->low);
    json["high"] = number(estimate->high);
    return json;
}

Json footprint_to_json(Json run, const Footprint& footprint, const std::vector<Marker>* markers) {
    Json json = object_of(24);
    json["schema"] = "gramme/footprint/1";
    json["run"] = std::move(run);
    json["energy_kwh"] = estimate_json(footprint.energy_kwh);
    json["facility_energy_kwh"] = estimate_json(footprint.facility_energy_kwh);
    json["operational_kgco2e"] = estimate_json(footprint.operational_kgco2e);
    json["quality"] = footprint.energy_kwh ? Json(name_of(footprint.quality)) : Json(nullptr);
    json["parts"] = list_json(footprint.parts, part_json);
    json["factors"]["pue"] = pue_json(footprint.factors.pue);
    json["factors"]["intensity_gco2e_per_kwh"] = intensity_json(footprint.factors.intensity);
    json["notes"] = footprint.factors.notes;
    if (footprint.dominant) {
        Json& dominant = json["dominant_uncertainty"] = Json::object();
        dominant["factor"] = footprint.dominant->factor;
        dominant["share_pct"] = number(footprint.dominant->share_pct);
        dominant["remedy"] = footprint.dominant->remedy;
    } else {
        json["dominant_uncertainty"] = nullptr;
    }
    json["equivalences"] = equivalences_json(footprint.equivalences);
    json["gaps"] = gaps_json(footprint.gaps);
    json["left_out"] = list_json(footprint.left_out, left_out_json);
    json["not_covered"] = footprint.not_covered;
    if (!footprint.work.empty()) {
        Json& list = json["work"] = Json::array();
        for (const WorkDone& work : footprint.work) {
            list.push_back(work_json(work, footprint));
        }
    }
    if (footprint.waiting) {
        json["waiting"] = waiting_json(*footprint.waiting);
    }
    if (footprint.remainder) {
        json["remainder_kwh"] = remainder_json(*footprint.remainder, footprint.remainder->energy_kwh);
        json["remainder_kgco2e"] = remainder_json(*footprint.remainder, footprint.remainder->kgco2e);
        if (footprint.remainder->energy_kwh) {
            json["remainder_inputs"] = remainder_inputs_json(*footprint.remainder);
        }
    }
    if (footprint.embodied) {
        json["embodied_kgco2e"] = side_json(*footprint.embodied);
    }
    if (footprint.water) {
        json["water_l"] = side_json(*footprint.water);
    }
    if (markers != nullptr) {
        json["markers"] = markers_json(*markers);
    }
    return json;
}

Json footprint_to_json(const RunRecord& run, const Footprint& footprint, bool with_command,
                       const std::vector<Marker>* markers) {
    return footprint_to_json(run_json(run, with_command), footprint, markers);
}

std::string footprint_json(const RunRecord& run, const Footprint& footprint, bool with_command,
                           const std::vector<Marker>* markers) {
    return dumped(footprint_to_json(run, footprint, with_command, markers));
}

}  // namespace gramme::present
