#include "calculate/elsewhere.hpp"

#include <algorithm>

#include "calculate/compare_labels.hpp"
#include "estimate/budget.hpp"
#include "estimate/compare.hpp"
#include "present/json.hpp"

namespace gramme::calculate {
namespace {

using present::Json;
using present::number;
using present::text_or_null;

/// What was said of the place where the job is does not hold of another.
FactorRequest asked_in(const FactorRequest& asked, const std::string& label) {
    FactorRequest there;
    there.region = label;
    there.region_from = "region";
    there.year = asked.year;
    there.basis = asked.basis;
    return there;
}

Json estimate_json(const Estimate& estimate) {
    Json json = Json::object();
    json["value"] = number(estimate.value);
    json["low"] = number(estimate.low);
    json["high"] = number(estimate.high);
    return json;
}

Json row_json(const ElsewhereRow& row) {
    const IntensityFactor& grid = row.factors.intensity;
    Json json = Json::object();
    json["region"] = text_or_null(row.place.region);
    json["zone"] = grid.zone;
    json["name"] = row.place.city.empty() ? row.place.zone_name : row.place.city;
    json["country"] = row.place.country_iso3;
    json["gco2e_per_kwh"] = number(grid.value.value());
    json["basis"] = grid.basis;
    json["year"] = grid.year > 0 ? Json(grid.year) : Json(nullptr);
    json["from_country"] = grid.fell_back_to_country;
    json["source"] = grid.from.source;
    json["pue"] = number(row.factors.pue.value);
    json["pue_source"] = text_or_null(row.factors.pue.from.source);
    json["operational_kgco2e"] = estimate_json(row.operational_kgco2e);
    return json;
}

}  // namespace

Result<Elsewhere> elsewhere(const JobThere& job, const std::vector<std::string>& names,
                            const refdata::Tables& tables) {
    if (!job.footprint.energy_kwh) {
        return Error{Code::kMalformed, "no energy is known, so there is nothing to work out elsewhere", ""};
    }
    Elsewhere out;
    const refdata::Basis basis = job.asked.basis == name_of(refdata::Basis::kDirect)
                                     ? refdata::Basis::kDirect
                                     : refdata::Basis::kLifecycle;
    out.basis = name_of(basis);
    GRAMME_TRY(CompareLabels labels, compare_labels(tables, estimate::Axis::kRegion, names));
    if (!job.asked.region.empty() && !job.asked.intensity_gco2e_per_kwh && job.asked.mix.empty()) {
        const std::string here = key_of_place(tables, job.asked.region);
        out.here = here;
        const bool there =
            std::any_of(labels.labels.begin(), labels.labels.end(),
                        [&](const std::string& label) { return key_of_place(tables, label) == here; });
        if (!there) {
            labels.labels.push_back(here);
        }
    }
    for (const std::string& label : labels.labels) {
        auto place = tables.find_place(label);
        if (!place) {
            if (labels.whole_table) {
                continue;
            }
            return place.error();
        }
        FactorRequest there = asked_in(job.asked, label);
        if (out.here && key_of_place(tables, label) == *out.here) {
            there.pue = job.asked.pue;  // this is the building that was asked for
            there.pue_from = job.asked.pue_from;
        }
        auto factors = estimate::factors_on(basis, there, job.host, tables);
        if (!factors) {
            continue;  // no figure on this basis
        }
        const estimate::Budget budget = estimate::budget_of(job.footprint.parts, job.scope, *factors);
        const std::string key = place->region.empty() ? place->zone : place->region;
        out.rows.push_back(
            {key, *std::move(place), *std::move(factors), estimate::interval_of(budget.operational)});
    }
    std::sort(out.rows.begin(), out.rows.end(), [](const ElsewhereRow& a, const ElsewhereRow& b) {
        const double left = a.operational_kgco2e.value;
        const double right = b.operational_kgco2e.value;
        return left != right ? left < right : a.label < b.label;
    });
    return out;
}

std::string elsewhere_json(const Elsewhere& rows, const std::optional<Estimate>& energy_kwh,
                           const std::string& id, const refdata::Tables& tables) {
    (void)tables;
    Json json = Json::object();
    json["schema"] = "gramme/elsewhere/1";
    json["id"] = text_or_null(id);
    json["energy_kwh"] = energy_kwh ? estimate_json(*energy_kwh) : Json(nullptr);
    json["here"] = rows.here ? Json(*rows.here) : Json(nullptr);
    json["basis"] = rows.basis;
    json["rows"] = present::list_json(rows.rows, row_json);
    return json.dump() + "\n";
}

}  // namespace gramme::calculate
