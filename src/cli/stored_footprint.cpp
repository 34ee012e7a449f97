#include "cli/stored_footprint.hpp"

#include <array>
#include <optional>
#include <string>

#include "present/json.hpp"

namespace gramme::cli {
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

Result<void> read_interval(const Json& object, const char* key, std::optional<Estimate>& out) {
    GRAMME_TRY(const Json* from, object_member(object, key));
    if (from != nullptr) {
        Estimate value;
        GRAMME_CHECK(read_value(*from, "value", value.value));
        GRAMME_CHECK(read_value(*from, "low", value.low));
        GRAMME_CHECK(read_value(*from, "high", value.high));
        out = value;
    }
    return {};
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
    GRAMME_CHECK(read_value(from, "sigma", out.device.gain_sigma));
    GRAMME_CHECK(read_value(from, "sigma_source", out.device.gain_source));
    GRAMME_CHECK(read_name(from, "membership", kMemberships, out.device.membership));
    GRAMME_CHECK(read_value(from, "reason", out.device.membership_reason));
    if (member(from, "energy_kwh") != nullptr) {
        Estimate energy;
        GRAMME_CHECK(read_value(from, "energy_kwh", energy.value));
        GRAMME_CHECK(read_value(from, "low", energy.low));
        GRAMME_CHECK(read_value(from, "high", energy.high));
        out.energy_kwh = energy;
    }
    GRAMME_CHECK(read_energy(from, "device_energy_kwh", out.device_energy));
    GRAMME_CHECK(read_energy(from, "others_kwh", out.others));
    GRAMME_CHECK(read_energy(from, "unassigned_kwh", out.unassigned));
    GRAMME_CHECK(read_value(from, "covered_s", out.covered_s));
    GRAMME_CHECK(read_value(from, "gap_s", out.gap_s));
    // A device that was left out has no time of its own in the result; that its energy is known says the
    // same.
    if (member(from, "covered_s") == nullptr && member(from, "device_energy_kwh") != nullptr) {
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
    GRAMME_CHECK(read_value(from, "value", out.value));
    GRAMME_CHECK(read_value(from, "sigma_ln", out.sigma_ln));
    GRAMME_CHECK(read_value(from, "year", out.year));
    GRAMME_CHECK(read_value(from, "source", out.from.source));
    return read_value(from, "chosen", out.from.chosen);
}

Result<void> read_intensity(const Json& from, IntensityFactor& out) {
    double value = 0.0;
    GRAMME_CHECK(read_value(from, "value", value));
    out.value = GramsPerKilowattHour{value};
    GRAMME_CHECK(read_value(from, "sigma_ln", out.sigma_ln));
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
        GRAMME_CHECK(read_value(*beside, "value", value));
        out.country_lifecycle = GramsPerKilowattHour{value};
        GRAMME_CHECK(read_value(*beside, "zone", out.country_lifecycle_zone));
        GRAMME_CHECK(read_value(*beside, "year", out.country_lifecycle_year));
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

}  // namespace

Result<Footprint> read_footprint(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return Error{Code::kMalformed, "the stored result is no JSON object", ""};
    }
    std::string schema;
    GRAMME_CHECK(read_value(json, "schema", schema));
    if (schema != "gramme/footprint/1") {
        return Error{Code::kMalformed, "the stored result has the schema '" + schema + "'",
                     "a newer gramme may have written it"};
    }
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
    return out;
}

}  // namespace gramme::cli
