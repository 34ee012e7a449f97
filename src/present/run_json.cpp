// A run record as JSON and back: what the journal and the store keep. Schema: docs/schema/runs.md.
#include <algorithm>
#include <array>

#include "present/forecast.hpp"
#include "present/host_json.hpp"
#include "present/json.hpp"
#include "present/present.hpp"

namespace gramme::present {
namespace {

constexpr std::string_view kSchema = "gramme/run/1";

Json tags_to_json(const std::vector<std::pair<std::string, std::string>>& tags) {
    Json json = Json::object();
    for (const auto& [key, value] : tags) {
        json[key] = value;
    }
    return json;
}

Result<void> read_tags(const Json& object, RunRecord& run) {
    GRAMME_TRY(const Json* tags, object_member(object, "tags"));
    if (tags == nullptr) {
        return {};
    }
    for (const auto& [key, value] : tags->items()) {
        if (!value.is_string()) {
            return wrong_key("tags." + key, "a text");
        }
        run.tags.emplace_back(key, value.get_ref<const std::string&>());
    }
    std::sort(run.tags.begin(), run.tags.end());
    return {};
}

/// Reads an enumerator by its name; absent leaves `out` as it is.
template <class Enum, std::size_t N>
Result<void> read_name(const Json& object, const char* key, const std::array<Enum, N>& all, Enum& out) {
    std::string name;
    GRAMME_CHECK(read_value(object, key, name));
    if (name.empty()) {
        return {};
    }
    std::string known;
    for (const Enum one : all) {
        if (name_of(one) == name) {
            out = one;
            return {};
        }
        known += (known.empty() ? "" : ", ") + std::string{name_of(one)};
    }
    return wrong_key(key, "one of " + known);
}

Result<void> read_asked(const Json& object, FactorRequest& asked, bool& with_remainder) {
    GRAMME_TRY(const Json* json, object_member(object, "asked"));
    if (json == nullptr) {
        return {};
    }
    GRAMME_CHECK(read_value(*json, "region", asked.region));
    GRAMME_CHECK(read_value(*json, "region_from", asked.region_from));
    GRAMME_CHECK(read_value(*json, "intensity_gco2e_per_kwh", asked.intensity_gco2e_per_kwh));
    GRAMME_CHECK(read_value(*json, "remainder", with_remainder));
    GRAMME_CHECK(read_value(*json, "intensity_from", asked.intensity_from));
    GRAMME_CHECK(read_value(*json, "pue", asked.pue));
    GRAMME_CHECK(read_value(*json, "pue_from", asked.pue_from));
    GRAMME_CHECK(read_value(*json, "mix_from", asked.mix_from));
    GRAMME_CHECK(read_value(*json, "year", asked.year));
    GRAMME_CHECK(read_value(*json, "basis", asked.basis));
    GRAMME_TRY(const Json* mix, object_member(*json, "mix"));
    if (mix != nullptr) {
        for (const auto& [source, share] : mix->items()) {
            if (!share.is_number()) {
                return wrong_key("asked.mix." + source, "a number");
            }
            asked.mix.emplace_back(source, share.get<double>());
        }
    }
    return {};
}

}  // namespace

std::string run_to_json(const RunRecord& run) {
    Json json = Json::object();
    json["schema"] = kSchema;
    json["id"] = run.id;
    set_text(json, "part_of", run.part_of);
    if (run.lineage) {
        json["lineage"] = lineage_to_json(*run.lineage);
    }
    json["project"] = run.project;
    json["name"] = run.name;
    json["command"] = run.command;
    json["tags"] = tags_to_json(run.tags);
    json["scope"] = name_of(run.scope);
    json["state"] = name_of(run.state);
    json["started_wall_ns"] = run.started_wall_ns;
    json["duration_s"] = number(run.duration_s);
    if (run.paused_s > 0.0) {
        json["paused_s"] = number(run.paused_s);
    }
    if (run.suspended_s > 0.0) {
        json["suspended_s"] = number(run.suspended_s);
    }
    json["exit_status"] = number_or_null(run.exit_status);
    json["signal"] = number_or_null(run.signal);
    json["host"] = host_to_json(run.host);
    Json& asked = json["asked"] = Json::object();
    set_text(asked, "region", run.asked.region);
    set_text(asked, "region_from", run.asked.region_from);
    asked["intensity_gco2e_per_kwh"] = number_or_null(run.asked.intensity_gco2e_per_kwh);
    set_text(asked, "intensity_from", run.asked.intensity_from);
    asked["pue"] = number_or_null(run.asked.pue);
    set_text(asked, "pue_from", run.asked.pue_from);
    for (const auto& [source, share] : run.asked.mix) {
        asked["mix"][source] = number(share);
    }
    set_text(asked, "mix_from", run.asked.mix_from);
    if (run.asked.year) {
        asked["year"] = *run.asked.year;
    }
    set_text(asked, "basis", run.asked.basis);
    if (run.with_remainder) {
        asked["remainder"] = true;
    }
    if (const auto& rest = run.measured_rest) {
        Json& measured = json["measured_rest"] = Json::object();
        measured["base_w"] = number(rest->base_w);
        measured["efficiency"] = number(rest->efficiency);
        measured["sigma"] = number(rest->sigma);
        measured["date"] = rest->date;
    }
    set_text(json, "store_url", run.store_url);
    set_text(json, "cpu_time_from", run.cpu_time_from);
    if (run.reserved) {
        json["reserved"] = reserved_to_json(*run.reserved);
    }
    set_text(json, "idle_power_from", run.idle_power_from);
    set_text(json, "calibrated_at", run.calibrated_at);
    json["interval_s"] = number(run.interval_s);
    json["gramme_version"] = run.gramme_version;
    json["own_cpu_s"] = number(run.own_cpu_s);
    if (run.own_energy_j) {
        json["own_energy_j"] = number(*run.own_energy_j);
        json["own_energy_from"] = run.own_energy_from;
    }
    json["samples"] = run.samples;
    json["failed_reads"] = run.failed_reads;
    json["warnings"] = run.warnings;
    json["survivors"] = run.survivors;
    if (run.imported) {
        json["imported"] = imported_to_json(*run.imported);
    }
    if (run.forecast) {
        json["forecast"] = forecast_record_json(run, std::nullopt);
    }
    if (run.budget) {
        json["budget"] = budget_record_json(*run.budget);
    }
    return dumped(json);
}

Result<RunRecord> run_from_json(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object()) {
        return Error{Code::kMalformed, "the run record is not a JSON object", ""};
    }
    std::string schema;
    GRAMME_CHECK(read_value(json, "schema", schema));
    if (schema != kSchema) {
        return Error{Code::kMalformed, "key 'schema' is '" + schema + "', not '" + std::string{kSchema} + "'",
                     "a newer gramme may have written it"};
    }
    RunRecord run;
    GRAMME_CHECK(read_value(json, "id", run.id));
    if (run.id.empty()) {
        return wrong_key("id", "a text of at least one character");
    }
    GRAMME_CHECK(read_value(json, "project", run.project));
    GRAMME_CHECK(read_value(json, "name", run.name));
    GRAMME_CHECK(read_value(json, "command", run.command));
    GRAMME_CHECK(read_tags(json, run));
    GRAMME_CHECK(
        read_name(json, "scope", std::array{Scope::kJob, Scope::kAllocation, Scope::kMachine}, run.scope));
    GRAMME_CHECK(read_name(json, "state",
                           std::array{RunState::kRunning, RunState::kFinished, RunState::kInterrupted},
                           run.state));
    GRAMME_CHECK(read_value(json, "started_wall_ns", run.started_wall_ns));
    GRAMME_CHECK(read_value(json, "duration_s", run.duration_s));
    GRAMME_CHECK(read_value(json, "suspended_s", run.suspended_s));
    GRAMME_CHECK(read_value(json, "paused_s", run.paused_s));
    GRAMME_CHECK(read_value(json, "part_of", run.part_of));
    GRAMME_CHECK(read_lineage(json, run.lineage));
    GRAMME_CHECK(read_value(json, "exit_status", run.exit_status));
    GRAMME_CHECK(read_value(json, "signal", run.signal));
    GRAMME_TRY(const Json* host, object_member(json, "host"));
    if (host != nullptr) {
        GRAMME_TRY(run.host, host_from_json(*host));
    }
    GRAMME_CHECK(read_asked(json, run.asked, run.with_remainder));
    GRAMME_TRY(const Json* rest, object_member(json, "measured_rest"));
    if (rest != nullptr) {
        run.measured_rest.emplace();
        GRAMME_CHECK(read_value(*rest, "base_w", run.measured_rest->base_w));
        GRAMME_CHECK(read_value(*rest, "efficiency", run.measured_rest->efficiency));
        GRAMME_CHECK(read_value(*rest, "sigma", run.measured_rest->sigma));
        GRAMME_CHECK(read_value(*rest, "date", run.measured_rest->date));
    }
    GRAMME_CHECK(read_value(json, "store_url", run.store_url));
    GRAMME_CHECK(read_value(json, "cpu_time_from", run.cpu_time_from));
    GRAMME_TRY(const Json* reserved, object_member(json, "reserved"));
    if (reserved != nullptr) {
        run.reserved.emplace();
        GRAMME_CHECK(read_value(*reserved, "cpus", run.reserved->cpus));
        GRAMME_CHECK(read_value(*reserved, "of_cpus", run.reserved->of_cpus));
        GRAMME_CHECK(read_value(*reserved, "source", run.reserved->source));
    }
    GRAMME_CHECK(read_value(json, "idle_power_from", run.idle_power_from));
    GRAMME_CHECK(read_value(json, "calibrated_at", run.calibrated_at));
    GRAMME_CHECK(read_value(json, "interval_s", run.interval_s));
    GRAMME_CHECK(read_value(json, "gramme_version", run.gramme_version));
    GRAMME_CHECK(read_value(json, "own_cpu_s", run.own_cpu_s));
    GRAMME_CHECK(read_value(json, "own_energy_j", run.own_energy_j));
    GRAMME_CHECK(read_value(json, "own_energy_from", run.own_energy_from));
    GRAMME_CHECK(read_value(json, "samples", run.samples));
    GRAMME_CHECK(read_value(json, "failed_reads", run.failed_reads));
    GRAMME_CHECK(read_value(json, "warnings", run.warnings));
    GRAMME_CHECK(read_value(json, "survivors", run.survivors));
    GRAMME_CHECK(read_imported(json, run.imported));
    GRAMME_CHECK(read_forecast(json, run.forecast));
    GRAMME_CHECK(read_budget(json, run.budget));
    return run;
}

}  // namespace gramme::present
