#include "calculate/stored_footprint.hpp"

#include <array>
#include <optional>
#include <string>

#include "base/utc.hpp"
#include "calculate/read_estimate.hpp"
#include "calculate/stored_waiting.hpp"
#include "present/forecast.hpp"
#include "present/host_json.hpp"
#include "present/json.hpp"

namespace gramme::calculate {
namespace {

using present::Json;
using present::member;
using present::object_member;
using present::read_value;

template <class Enum, std::size_t kSize>
Result<void> read_name(const Json& object, const char* key, const std::array<Enum, kSize>& values,
                       Enum& out) {
    std::string name;
    GRAMME_CHECK(read_value(object, key, name));
    for (const Enum value : values) {
        if (name_of(value) == name) {
            out = value;
            return {};
        }
    }
    if (name.empty()) {
        return {};
    }
    return present::wrong_key(key, "a name that this gramme knows");
}

constexpr std::array kQualities{Quality::kMeasured, Quality::kIntegrated, Quality::kModelled,
                                Quality::kAssumed};
constexpr std::array kKinds{DeviceKind::kCpu, DeviceKind::kMemory, DeviceKind::kGpu, DeviceKind::kPlatform};
constexpr std::array kMemberships{Membership::kIn, Membership::kOut, Membership::kUnknown};

/// A number of 0 or more; left as it is where the key is absent or null.
Result<void> read_amount(const Json& object, const char* key, double& out) {
    double value = out;
    GRAMME_CHECK(read_value(object, key, value));
    if (value < 0.0) {
        return present::wrong_key(key, "a number of 0 or more");
    }
    out = value;
    return {};
}

/// A value with its interval, under the name `whole` in an error. Without both ends it has no interval.
Result<void> read_estimate_of(const Json& from, const char* key, const char* whole, Estimate& out) {
    GRAMME_CHECK(read_value(from, key, out.value));
    out.low = out.high = out.value;
    GRAMME_CHECK(read_value(from, "low", out.low));
    GRAMME_CHECK(read_value(from, "high", out.high));
    if (!(out.low >= 0.0 && out.low <= out.value && out.value <= out.high)) {
        return present::wrong_key(whole, "an amount with 0 <= low <= value <= high");
    }
    return {};
}

/// An estimate that may hold null: not known, with the reason beside it.
Result<void> read_known(const Json& from, const char* whole, std::optional<Estimate>& out) {
    if (member(from, "value") == nullptr) {
        return {};
    }
    Estimate value;
    GRAMME_CHECK(read_estimate_of(from, "value", whole, value));
    out = value;
    return {};
}

Result<void> read_interval(const Json& object, const char* key, std::optional<Estimate>& out) {
    GRAMME_TRY(const Json* from, object_member(object, key));
    return from == nullptr ? Result<void>{} : read_known(*from, key, out);
}

Result<void> read_energy(const Json& object, const char* key, Joules& out) {
    double kwh = 0.0;
    GRAMME_CHECK(read_value(object, key, kwh));
    out = KilowattHours{kwh};
    return {};
}

Result<void> read_item(const Json& from, Part& out) {
    GRAMME_CHECK(read_value(from, "device", out.device.id));
    GRAMME_CHECK(read_name(from, "kind", kKinds, out.device.kind));
    GRAMME_CHECK(read_value(from, "name", out.device.name));
    GRAMME_CHECK(read_name(from, "quality", kQualities, out.device.quality));
    GRAMME_CHECK(read_value(from, "method", out.device.method));
    GRAMME_CHECK(read_amount(from, "sigma", out.device.gain_sigma));
    GRAMME_CHECK(read_value(from, "sigma_source", out.device.gain_source));
    GRAMME_CHECK(read_value(from, "group", out.device.group));
    GRAMME_CHECK(read_name(from, "membership", kMemberships, out.device.membership));
    GRAMME_CHECK(read_value(from, "reason", out.device.membership_reason));
    if (member(from, "energy_kwh") != nullptr) {
        Estimate energy;
        GRAMME_CHECK(read_estimate_of(from, "energy_kwh", "parts.energy_kwh", energy));
        out.energy_kwh = energy;
    }
    GRAMME_CHECK(read_energy(from, "device_energy_kwh", out.device_energy));
    GRAMME_CHECK(read_energy(from, "others_kwh", out.others));
    GRAMME_CHECK(read_energy(from, "unassigned_kwh", out.unassigned));
    GRAMME_CHECK(read_amount(from, "covered_s", out.covered_s));
    GRAMME_CHECK(read_amount(from, "gap_s", out.gap_s));
    constexpr double kPercent = 100.0;
    GRAMME_CHECK(read_value(from, "utilization_pct", out.utilization));
    if (out.utilization) {
        *out.utilization /= kPercent;
    }
    if (member(from, "idle_energy_kwh") != nullptr) {
        out.idle.emplace();
        GRAMME_CHECK(read_energy(from, "idle_energy_kwh", *out.idle));
    }
    // A device that was left out has no time of its own in the result; that its energy is known says the
    // same.
    const bool left_out = member(from, "membership") != nullptr;
    if (left_out && member(from, "covered_s") == nullptr && member(from, "device_energy_kwh") != nullptr) {
        out.covered_s = 1.0;
    }
    return {};
}

Result<void> read_item(const Json& from, Equivalence& out) {
    GRAMME_CHECK(read_value(from, "key", out.key));
    GRAMME_CHECK(read_value(from, "label", out.label));
    GRAMME_CHECK(read_value(from, "value", out.value));
    return read_value(from, "source", out.source);
}

Result<void> read_item(const Json& from, DeviceGap& out) {
    GRAMME_CHECK(read_value(from, "device", out.device));
    GRAMME_CHECK(read_value(from, "from_s", out.from_s));
    GRAMME_CHECK(read_value(from, "to_s", out.to_s));
    return read_value(from, "reason", out.reason);
}

Result<void> read_item(const Json& item, WorkDone& out) {
    GRAMME_CHECK(read_value(item, "name", out.name));
    GRAMME_CHECK(read_value(item, "per", out.one));
    GRAMME_CHECK(read_value(item, "of", out.of));
    GRAMME_CHECK(read_value(item, "count", out.count));
    return {};
}

template <class T>
Result<void> read_list(const Json& object, const char* key, std::vector<T>& out) {
    const Json* list = member(object, key);
    if (list == nullptr) {
        return {};
    }
    if (!list->is_array()) {
        return present::wrong_key(key, "a list");
    }
    for (const Json& item : *list) {
        if (!item.is_object()) {
            return present::wrong_key(key, "a list of objects");
        }
        T value;
        GRAMME_CHECK(read_item(item, value));
        out.push_back(std::move(value));
    }
    return {};
}

Result<void> read_pue(const Json& from, PueFactor& out) {
    GRAMME_CHECK(read_amount(from, "value", out.value));
    GRAMME_CHECK(read_amount(from, "sigma_ln", out.sigma_ln));
    GRAMME_CHECK(read_value(from, "year", out.year));
    GRAMME_CHECK(read_value(from, "source", out.from.source));
    return read_value(from, "chosen", out.from.chosen);
}

Result<void> read_in_time(const Json& from, IntensityInTime& out) {
    constexpr double kPercent = 100.0;
    double value = 0.0;
    GRAMME_CHECK(read_value(from, "zone", out.zone));
    GRAMME_CHECK(read_value(from, "periods", value));
    out.periods = value > 0.0 && value < 1e9 ? static_cast<std::size_t>(value) : 0;
    GRAMME_CHECK(read_value(from, "least", out.least));
    GRAMME_CHECK(read_value(from, "most", out.most));
    GRAMME_CHECK(read_value(from, "held_pct", out.held_share));
    GRAMME_CHECK(read_value(from, "otherwise_pct", out.otherwise_share));
    out.held_share /= kPercent;
    out.otherwise_share /= kPercent;
    value = 0.0;
    GRAMME_CHECK(read_value(from, "otherwise", value));
    out.otherwise = GramsPerKilowattHour{value};
    return read_value(from, "otherwise_source", out.otherwise_source);
}

Result<void> read_intensity(const Json& from, IntensityFactor& out) {
    double value = 0.0;
    GRAMME_CHECK(read_amount(from, "value", value));
    out.value = GramsPerKilowattHour{value};
    GRAMME_CHECK(read_amount(from, "sigma_ln", out.sigma_ln));
    GRAMME_CHECK(read_value(from, "zone", out.zone));
    GRAMME_CHECK(read_value(from, "zone_name", out.zone_name));
    GRAMME_CHECK(read_value(from, "region", out.region));
    GRAMME_CHECK(read_value(from, "region_known", out.region_known));
    GRAMME_CHECK(read_value(from, "place", out.place));
    GRAMME_CHECK(read_value(from, "country", out.country_iso3));
    GRAMME_CHECK(read_value(from, "year", out.year));
    GRAMME_CHECK(read_value(from, "basis", out.basis));
    GRAMME_CHECK(read_value(from, "fell_back_to_country", out.fell_back_to_country));
    GRAMME_CHECK(read_value(from, "source", out.from.source));
    GRAMME_CHECK(read_value(from, "chosen", out.from.chosen));
    GRAMME_TRY(const Json* beside, object_member(from, "country_lifecycle"));
    if (beside != nullptr) {
        GRAMME_CHECK(read_amount(*beside, "value", value));
        out.country_lifecycle = GramsPerKilowattHour{value};
        GRAMME_CHECK(read_value(*beside, "zone", out.country_lifecycle_zone));
        GRAMME_CHECK(read_value(*beside, "year", out.country_lifecycle_year));
        GRAMME_CHECK(read_value(*beside, "source", out.country_lifecycle_source));
    }
    GRAMME_TRY(const Json* in_time, object_member(from, "in_time"));
    if (in_time != nullptr) {
        GRAMME_CHECK(read_in_time(*in_time, out.in_time.emplace()));
    }
    return {};
}

Result<void> read_factors(const Json& object, Factors& out) {
    GRAMME_TRY(const Json* factors, object_member(object, "factors"));
    if (factors != nullptr) {
        GRAMME_TRY(const Json* pue, object_member(*factors, "pue"));
        if (pue != nullptr) {
            GRAMME_CHECK(read_pue(*pue, out.pue));
        }
        GRAMME_TRY(const Json* intensity, object_member(*factors, "intensity_gco2e_per_kwh"));
        if (intensity != nullptr) {
            GRAMME_CHECK(read_intensity(*intensity, out.intensity));
        }
    }
    return read_value(object, "notes", out.notes);
}

Result<void> read_dominant(const Json& object, std::optional<DominantUncertainty>& out) {
    GRAMME_TRY(const Json* from, object_member(object, "dominant_uncertainty"));
    if (from != nullptr) {
        DominantUncertainty dominant;
        GRAMME_CHECK(read_value(*from, "factor", dominant.factor));
        GRAMME_CHECK(read_value(*from, "share_pct", dominant.share_pct));
        GRAMME_CHECK(read_value(*from, "remedy", dominant.remedy));
        out = dominant;
    }
    return {};
}

Result<void> read_remainder(const Json& object, std::optional<Remainder>& out) {
    GRAMME_TRY(const Json* kwh, object_member(object, "remainder_kwh"));
    if (kwh == nullptr) {
        return {};
    }
    Remainder remainder;
    GRAMME_CHECK(read_known(*kwh, "remainder_kwh", remainder.energy_kwh));
    GRAMME_CHECK(read_value(*kwh, "source", remainder.from.source));
    GRAMME_CHECK(read_value(*kwh, "chosen", remainder.from.chosen));
    GRAMME_TRY(const Json* kg, object_member(object, "remainder_kgco2e"));
    if (kg != nullptr) {
        GRAMME_CHECK(read_known(*kg, "remainder_kgco2e", remainder.kgco2e));
    }
    GRAMME_TRY(const Json* inputs, object_member(object, "remainder_inputs"));
    if (inputs != nullptr) {
        double base_w = 0.0;
        GRAMME_CHECK(read_value(*inputs, "base_w", base_w));
        remainder.base = Watts{base_w};
        GRAMME_CHECK(read_value(*inputs, "base_sigma", remainder.base_sigma));
        GRAMME_CHECK(read_value(*inputs, "psu_efficiency", remainder.efficiency));
        GRAMME_CHECK(read_value(*inputs, "psu_loss_sigma", remainder.loss_sigma));
        GRAMME_CHECK(read_value(*inputs, "machine_share", remainder.share));
        GRAMME_CHECK(read_value(*inputs, "duration_s", remainder.duration_s));
    }
    out = remainder;
    return {};
}

Result<void> read_side_figure(const Json& object, const char* key, std::optional<SideFigure>& out) {
    GRAMME_TRY(const Json* from, object_member(object, key));
    std::optional<Estimate> value;
    if (from != nullptr) {
        GRAMME_CHECK(read_known(*from, key, value));
    }
    if (value) {
        SideFigure figure{*value, {}};
        GRAMME_CHECK(read_value(*from, "source", figure.from.source));
        GRAMME_CHECK(read_value(*from, "chosen", figure.from.chosen));
        out = figure;
    }
    return {};
}

constexpr std::array kScopes{Scope::kJob, Scope::kAllocation, Scope::kMachine};
constexpr std::array kStates{RunState::kRunning, RunState::kFinished, RunState::kInterrupted};

Result<void> read_run(const Json& json, RunRecord& out) {
    GRAMME_TRY(const Json* run, object_member(json, "run"));
    if (run == nullptr) {
        return {};
    }
    GRAMME_CHECK(read_value(*run, "id", out.id));
    GRAMME_CHECK(read_value(*run, "project", out.project));
    GRAMME_CHECK(read_value(*run, "name", out.name));
    GRAMME_CHECK(read_name(*run, "scope", kScopes, out.scope));
    GRAMME_CHECK(read_name(*run, "state", kStates, out.state));
    std::string started;
    GRAMME_CHECK(read_value(*run, "started_at", started));
    if (!started.empty()) {
        const auto wall_ns = parse_utc(started);
        if (!wall_ns) {
            return present::wrong_key("run.started_at", "a time such as 2026-11-23T09:00:00Z");
        }
        out.started_wall_ns = *wall_ns;
    }
    GRAMME_CHECK(read_amount(*run, "duration_s", out.duration_s));
    GRAMME_CHECK(read_value(*run, "exit_status", out.exit_status));
    GRAMME_CHECK(read_value(*run, "gramme_version", out.gramme_version));
    GRAMME_CHECK(read_value(*run, "own_cpu_s", out.own_cpu_s));
    GRAMME_CHECK(read_value(*run, "own_energy_j", out.own_energy_j));
    GRAMME_CHECK(read_value(*run, "own_energy_from", out.own_energy_from));
    GRAMME_CHECK(read_value(*run, "cpu_time_from", out.cpu_time_from));
    if (const auto reserved = run->find("reserved"); reserved != run->end() && reserved->is_object()) {
        out.reserved.emplace();
        GRAMME_CHECK(read_value(*reserved, "cpus", out.reserved->cpus));
        GRAMME_CHECK(read_value(*reserved, "of_cpus", out.reserved->of_cpus));
        GRAMME_CHECK(read_value(*reserved, "source", out.reserved->source));
    }
    GRAMME_CHECK(present::read_imported(*run, out.imported));
    GRAMME_CHECK(present::read_lineage(*run, out.lineage));
    GRAMME_CHECK(present::read_forecast(*run, out.forecast));
    GRAMME_CHECK(present::read_budget(*run, out.budget));
    GRAMME_CHECK(read_value(*run, "idle_power_from", out.idle_power_from));
    GRAMME_CHECK(read_value(*run, "calibrated_at", out.calibrated_at));
    return read_value(*run, "samples", out.samples);
}

/// What the interval needs and the result does not say.
std::vector<std::string> missing_keys(const Json& json) {
    std::vector<std::string> missing;
    const auto want = [&](const Json* object, const char* key, const std::string& path) {
        if (object == nullptr || member(*object, key) == nullptr) {
            missing.push_back(path + key);
        }
    };
    const Json* factors = member(json, "factors");
    const Json* pue = factors == nullptr ? nullptr : member(*factors, "pue");
    const Json* grid = factors == nullptr ? nullptr : member(*factors, "intensity_gco2e_per_kwh");
    want(pue, "value", "factors.pue.");
    want(pue, "sigma_ln", "factors.pue.");
    want(grid, "value", "factors.intensity_gco2e_per_kwh.");
    want(grid, "sigma_ln", "factors.intensity_gco2e_per_kwh.");
    if (const Json* parts = member(json, "parts"); parts != nullptr && parts->is_array()) {
        std::size_t known = 0;
        for (const Json& part : *parts) {
            known += part.is_object() && member(part, "energy_kwh") != nullptr ? 1 : 0;
        }
        for (const Json& part : *parts) {
            if (part.is_object() && member(part, "energy_kwh") != nullptr) {
                const Json* id = member(part, "device");
                const std::string path =
                    "parts[" + (id != nullptr && id->is_string() ? id->get<std::string>() : "?") + "].";
                want(&part, "sigma", path);
                want(&part, "device_energy_kwh", path);
                if (known > 1) {  // one device shares its error with nobody
                    want(&part, "group", path);
                }
            }
        }
    }
    return missing;
}

Result<Json> parse_result(std::string_view text) {
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return Error{Code::kMalformed, "this is no JSON object", ""};
    }
    constexpr std::string_view kFamily = "gramme/footprint/";
    std::string schema;
    GRAMME_CHECK(read_value(json, "schema", schema));
    if (schema != std::string{kFamily} + "1") {
        const std::string what = schema.empty() ? "no schema" : "the schema '" + schema + "'";
        return Error{Code::kMalformed,
                     "this is no result: it has " + what + ", not '" + std::string{kFamily} + "1'",
                     schema.starts_with(kFamily) ? "a newer gramme may have written it" : ""};
    }
    return json;
}

Result<Footprint> footprint_from(const Json& json) {
    Footprint out;
    GRAMME_CHECK(read_interval(json, "energy_kwh", out.energy_kwh));
    GRAMME_CHECK(read_interval(json, "facility_energy_kwh", out.facility_energy_kwh));
    GRAMME_CHECK(read_interval(json, "operational_kgco2e", out.operational_kgco2e));
    GRAMME_CHECK(read_name(json, "quality", kQualities, out.quality));
    GRAMME_CHECK(read_list(json, "parts", out.parts));
    GRAMME_CHECK(read_list(json, "left_out", out.left_out));
    GRAMME_CHECK(read_factors(json, out.factors));
    GRAMME_CHECK(read_dominant(json, out.dominant));
    GRAMME_CHECK(read_list(json, "equivalences", out.equivalences));
    GRAMME_CHECK(read_list(json, "gaps", out.gaps));
    GRAMME_CHECK(read_value(json, "not_covered", out.not_covered));
    GRAMME_CHECK(read_remainder(json, out.remainder));
    GRAMME_CHECK(read_list(json, "work", out.work));
    GRAMME_CHECK(read_waiting(json, out.waiting));
    GRAMME_CHECK(read_side_figure(json, "embodied_kgco2e", out.embodied));
    GRAMME_CHECK(read_side_figure(json, "water_l", out.water));
    return out;
}

}  // namespace

Result<Footprint> read_footprint(std::string_view text) {
    GRAMME_TRY(const Json json, parse_result(text));
    return footprint_from(json);
}

Result<ReadResult> read_result(std::string_view text) {
    GRAMME_TRY(const Json json, parse_result(text));
    ReadResult out;
    out.run.project.clear();  // not the built-in one: only what the result says
    GRAMME_TRY(out.footprint, footprint_from(json));
    constexpr std::size_t kMostParts = 512;  // the interval takes time with the square of their number
    if (out.footprint.parts.size() > kMostParts) {
        return Error{Code::kOutOfRange, "this has more than 512 parts", "is it the result of one run?"};
    }
    GRAMME_CHECK(read_run(json, out.run));
    GRAMME_TRY(out.estimate, read_estimate(json));
    out.missing = missing_keys(json);
    return out;
}

}  // namespace gramme::calculate
