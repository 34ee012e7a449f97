// The one JSON shape of a result. Schema: docs/schema/footprint.md.
#include "present/footprint_json.hpp"

#include <utility>

#include "base/utc.hpp"
#include "present/forecast.hpp"
#include "present/host_json.hpp"
#include "present/intensity_json.hpp"
#include "present/json_writer.hpp"
#include "present/markers.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"
#include "present/waiting_view.hpp"

namespace gramme::present {
namespace {

double kwh(Joules energy) {
    return KilowattHours{energy}.value();
}

Json tags_json(const RunRecord& run) {
    Json tags = Json::object();
    for (const auto& [key, value] : run.tags) {
        tags[key] = value;
    }
    return tags;
}

void write_run(JsonWriter& json, const RunRecord& run, const Footprint& footprint, bool with_command) {
    json.open_object();
    json.member("id", run.id);
    json.text_if_any("part_of", run.part_of);
    if (run.lineage) {
        json.member("lineage", lineage_to_json(*run.lineage));
    }
    json.member("project", run.project);
    json.text_or_null("name", run.name);
    json.member("tags", tags_json(run));
    if (with_command && !run.command.empty()) {
        json.member("command", run.command);
    }
    json.member("scope", name_of(run.scope));
    json.text_if_any("cpu_time_from", run.cpu_time_from);
    if (run.reserved) {
        json.member("reserved", reserved_to_json(*run.reserved));
    }
    json.text_if_any("idle_power_from", run.idle_power_from);
    json.text_if_any("calibrated_at", run.calibrated_at);
    json.member("state", name_of(run.state));
    json.member("started_at", utc_text(run.started_wall_ns));
    json.member("duration_s", run.duration_s);
    if (run.paused_s > 0.0) {
        json.member("paused_s", run.paused_s);
    }
    json.member("exit_status", run.exit_status);
    json.member("signal", run.signal);
    json.member("host", host_to_json(run.host));
    json.member("gramme_version", run.gramme_version);
    json.member("interval_s", run.interval_s > 0.0 ? std::optional{run.interval_s} : std::nullopt);
    json.member("samples", run.samples);
    json.member("failed_reads", run.failed_reads);
    json.member("own_cpu_s", run.own_cpu_s);
    if (run.own_energy_j) {
        json.member("own_energy_j", *run.own_energy_j);
        json.member("own_energy_from", run.own_energy_from);
    }
    json.member("warnings", run.warnings);
    json.member("survivors", run.survivors);
    if (run.imported) {
        json.member("imported", imported_to_json(*run.imported));
    }
    if (run.forecast) {
        const auto& energy = footprint.energy_kwh;
        json.member("forecast",
                    forecast_record_json(run, energy ? std::optional{energy->value} : std::nullopt));
    }
    if (run.budget) {
        json.member("budget", budget_record_json(*run.budget));
    }
    json.close_object();
}

/// An object that the caller closes.
void open_device(JsonWriter& json, const Device& device) {
    json.open_object();
    json.member("device", device.id);
    json.member("kind", name_of(device.kind));
    json.member("name", device.name);
}

void write_part(JsonWriter& json, const Part& part) {
    open_device(json, part.device);
    const auto& energy = part.energy_kwh;
    const auto if_known = [&](double value) { return energy ? std::optional{value} : std::nullopt; };
    json.member("energy_kwh", energy ? std::optional{energy->value} : std::nullopt);
    json.member("low", energy ? std::optional{energy->low} : std::nullopt);
    json.member("high", energy ? std::optional{energy->high} : std::nullopt);
    json.member("device_energy_kwh", if_known(kwh(part.device_energy)));
    json.member("others_kwh", if_known(kwh(part.others)));
    json.member("unassigned_kwh", if_known(kwh(part.unassigned)));
    json.member("quality", name_of(part.device.quality));
    json.member("method", part.device.method);
    json.member("sigma", part.device.gain_sigma);
    json.text_or_null("sigma_source", part.device.gain_source);
    json.member("group", part.device.group);
    json.member("covered_s", part.covered_s);
    json.member("gap_s", part.gap_s);
    json.member("utilization_pct",
                part.utilization ? std::optional{utilization_percent(*part.utilization)} : std::nullopt);
    if (part.idle) {
        json.member("idle_energy_kwh", kwh(*part.idle));
    }
    json.close_object();
}

void write_left_out(JsonWriter& json, const Part& part) {
    open_device(json, part.device);
    json.member("device_energy_kwh",
                part.covered_s > 0.0 ? std::optional{kwh(part.device_energy)} : std::nullopt);
    json.member("membership", name_of(part.device.membership));
    json.text_or_null("reason", part.device.membership_reason);
    json.close_object();
}

void write_pue(JsonWriter& json, const PueFactor& pue) {
    json.open_object();
    json.member("value", pue.value);
    json.member("sigma_ln", pue.sigma_ln);
    json.member("year", known_year(pue.year));
    json.member("source", pue.from.source);
    json.member("chosen", pue.from.chosen);
    json.close_object();
}

void write_intensity(JsonWriter& json, const IntensityFactor& intensity) {
    json.open_object();
    json.member("value", intensity.value.value());
    json.member("sigma_ln", intensity.sigma_ln);
    json.text_or_null("zone", intensity.zone);
    json.text_or_null("zone_name", intensity.zone_name);
    json.text_or_null("region", intensity.region);
    json.member("region_known", intensity.region_known);
    json.text_or_null("place", intensity.place);
    json.text_or_null("country", intensity.country_iso3);
    json.member("year", known_year(intensity.year));
    json.text_or_null("basis", intensity.basis);
    json.member("fell_back_to_country", intensity.fell_back_to_country);
    json.member("source", intensity.from.source);
    json.member("chosen", intensity.from.chosen);
    if (intensity.country_lifecycle) {
        json.member("country_lifecycle", country_lifecycle_json(intensity));
    }
    if (intensity.in_time) {
        json.member("in_time", in_time_json(*intensity.in_time));
    }
    json.close_object();
}

void write_dominant(JsonWriter& json, const DominantUncertainty& dominant) {
    json.open_object();
    json.member("factor", dominant.factor);
    json.member("share_pct", dominant.share_pct);
    json.member("remedy", dominant.remedy);
    json.close_object();
}

void write_equivalence(JsonWriter& json, const Equivalence& one) {
    json.open_object();
    json.member("key", one.key);
    json.member("label", one.label);
    json.member("value", one.value);
    json.member("source", one.source);
    json.close_object();
}

void write_gap(JsonWriter& json, const DeviceGap& gap) {
    json.open_object();
    json.member("device", gap.device);
    json.member("from_s", gap.from_s);
    json.member("to_s", gap.to_s);
    json.member("reason", gap.reason);
    json.close_object();
}

/// What is not known is null, with the reason beside it.
void write_figure(JsonWriter& json, const std::optional<Estimate>& estimate, const Provenance& from) {
    json.open_object();
    json.member("value", estimate ? std::optional{estimate->value} : std::nullopt);
    json.member("low", estimate ? std::optional{estimate->low} : std::nullopt);
    json.member("high", estimate ? std::optional{estimate->high} : std::nullopt);
    json.member("source", from.source);
    json.member("chosen", from.chosen);
    json.close_object();
}

void write_remainder(JsonWriter& json, const Remainder& remainder) {
    json.key("remainder_kwh");
    write_figure(json, remainder.energy_kwh, remainder.from);
    json.key("remainder_kgco2e");
    write_figure(json, remainder.kgco2e, remainder.from);
    if (!remainder.energy_kwh) {
        return;
    }
    json.key("remainder_inputs");
    json.open_object();
    json.member("base_w", remainder.base.value());
    json.member("base_sigma", remainder.base_sigma);
    json.member("psu_efficiency", remainder.efficiency);
    json.member("psu_loss_sigma", remainder.loss_sigma);
    json.member("machine_share", remainder.share);
    json.member("duration_s", remainder.duration_s);
    json.close_object();
}

/// What one of each took, on the headline's terms.
void write_work(JsonWriter& json, const WorkDone& work, const Footprint& footprint) {
    json.open_object();
    json.member("name", work.name);
    json.member("count", work.count);
    json.member("per", work.one);
    json.member("of", work.of);
    const double joules_per_kwh = Joules{KilowattHours{1.0}}.value();
    const double grams_per_kilogram = GramsCO2e{KilogramsCO2e{1.0}}.value();
    json.member("energy_j", for_one(work, footprint.energy_kwh, joules_per_kwh));
    json.member("operational_gco2e", for_one(work, footprint.operational_kgco2e, grams_per_kilogram));
    json.close_object();
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

void write_result_members(JsonWriter& json, const Footprint& footprint, const std::vector<Marker>* markers) {
    json.member("energy_kwh", footprint.energy_kwh);
    json.member("facility_energy_kwh", footprint.facility_energy_kwh);
    json.member("operational_kgco2e", footprint.operational_kgco2e);
    json.member("quality", footprint.energy_kwh ? std::optional{name_of(footprint.quality)} : std::nullopt);
    json.list("parts", footprint.parts, write_part);
    json.key("factors");
    json.open_object();
    json.key("pue");
    write_pue(json, footprint.factors.pue);
    json.key("intensity_gco2e_per_kwh");
    write_intensity(json, footprint.factors.intensity);
    json.close_object();
    json.member("notes", footprint.factors.notes);
    json.key("dominant_uncertainty");
    footprint.dominant ? write_dominant(json, *footprint.dominant) : json.value(nullptr);
    json.list("equivalences", footprint.equivalences, write_equivalence);
    json.list("gaps", footprint.gaps, write_gap);
    json.list("left_out", footprint.left_out, write_left_out);
    json.member("not_covered", footprint.not_covered);
    if (!footprint.work.empty()) {
        json.list("work", footprint.work,
                  [&](JsonWriter& out, const WorkDone& work) { write_work(out, work, footprint); });
    }
    if (footprint.waiting) {
        json.member("waiting", waiting_json(*footprint.waiting));
    }
    if (footprint.remainder) {
        write_remainder(json, *footprint.remainder);
    }
    if (footprint.embodied) {
        json.key("embodied_kgco2e");
        write_figure(json, footprint.embodied->value, footprint.embodied->from);
    }
    if (footprint.water) {
        json.key("water_l");
        write_figure(json, footprint.water->value, footprint.water->from);
    }
    if (markers != nullptr) {
        json.member("markers", markers_json(*markers));
    }
}

std::string footprint_json(const RunRecord& run, const Footprint& footprint, bool with_command,
                           const std::vector<Marker>* markers) {
    JsonWriter json;
    json.open_object();
    json.member("schema", kFootprintSchema);
    json.key("run");
    write_run(json, run, footprint, with_command);
    write_result_members(json, footprint, markers);
    json.close_object();
    return std::move(json).take();
}

}  // namespace gramme::present
