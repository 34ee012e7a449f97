#include "calculate/elsewhere.hpp"

#include <algorithm>
#include <cmath>

#include "calculate/compare_labels.hpp"
#include "estimate/budget.hpp"
#include "estimate/compare.hpp"
#include "present/footprint_json.hpp"

namespace gramme::calculate {
namespace {

using present::Json;
using present::number;
using present::text_or_null;

/// What was said of the place where the job is does not hold of another.
FactorRequest asked_in(const FactorRequest& asked, const std::string& label, refdata::Basis basis) {
    FactorRequest there;
    there.region = label;
    there.region_from = "region";
    there.year = asked.year;
    // Lifecycle is what is meant where nothing is said; factors_on() then keeps to one basis.
    there.basis = basis == refdata::Basis::kDirect ? name_of(basis) : "";
    return there;
}

bool same(double a, double b) {
    constexpr double kRounding = 1e-9;  // a stored result has been through JSON
    return std::abs(a - b) <= kRounding * std::max(std::abs(a), std::abs(b));
}

OwnFigure own_figure(const Footprint& footprint, const ElsewhereRow* here) {
    OwnFigure own{footprint.factors, footprint.operational_kgco2e, {}, {}};
    if (here == nullptr) {
        return own;
    }
    own.ranked_kgco2e = here->operational_kgco2e;
    const Factors& ranked = here->factors;
    if (own.factors.intensity.basis != ranked.intensity.basis) {
        own.differs_in.emplace_back("basis");
    } else if (!same(own.factors.intensity.value.value(), ranked.intensity.value.value())) {
        own.differs_in.emplace_back("intensity");
    }
    if (!same(own.factors.pue.value, ranked.pue.value)) {
        own.differs_in.emplace_back("pue");
    }
    return own;
}

Json own_json(const OwnFigure& own) {
    const IntensityFactor& grid = own.factors.intensity;
    Json json = Json::object();
    json["basis"] = text_or_null(grid.basis);
    json["zone"] = text_or_null(grid.zone);
    json["gco2e_per_kwh"] = number(grid.value.value());
    json["year"] = grid.year > 0 ? Json(grid.year) : Json(nullptr);
    json["source"] = text_or_null(grid.from.source);
    json["pue"] = number(own.factors.pue.value);
    json["pue_source"] = text_or_null(own.factors.pue.from.source);
    json["operational_kgco2e"] = present::estimate_json(own.operational_kgco2e);
    json["ranked_kgco2e"] = present::estimate_json(own.ranked_kgco2e);
    json["differs_in"] = own.differs_in;
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
    const auto& at = row.place.at;
    json["latitude"] = at ? number(at->latitude) : Json(nullptr);
    json["longitude"] = at ? number(at->longitude) : Json(nullptr);
    json["operational_kgco2e"] = present::estimate_json(row.operational_kgco2e);
    return json;
}

}  // namespace

Result<Elsewhere> elsewhere(const JobThere& job, const std::vector<std::string>& names,
                            const refdata::Tables& tables, std::optional<refdata::Basis> wanted) {
    if (!job.footprint.energy_kwh) {
        return Error{Code::kMalformed, "no energy is known, so there is nothing to work out elsewhere", ""};
    }
    Elsewhere out;
    const refdata::Basis basis = wanted ? *wanted
                                 : job.asked.basis == name_of(refdata::Basis::kDirect)
                                     ? refdata::Basis::kDirect
                                     : refdata::Basis::kLifecycle;
    out.basis = name_of(basis);
    if (!job.asked.region.empty() && !job.asked.intensity_gco2e_per_kwh && job.asked.mix.empty()) {
        out.here = key_of_place(tables, job.asked.region);
    }
    GRAMME_TRY(const CompareLabels labels, compare_labels(tables, estimate::Axis::kRegion, names));
    bool has_here = false;
    const auto add = [&](const std::string& label) -> Result<void> {
        GRAMME_TRY(refdata::Place place, tables.find_place(label));
        const std::string key = place.region.empty() ? place.zone : place.region;
        FactorRequest there = asked_in(job.asked, label, basis);
        if (key == out.here) {  // this is the building that was asked for
            has_here = true;
            there.pue = job.asked.pue;
            there.pue_from = job.asked.pue_from;
        }
        auto factors = estimate::factors_on(basis, there, job.host, tables);
        if (factors) {  // else it has no figure on this basis
            const estimate::Budget budget = estimate::budget_of(job.footprint.parts, job.scope, *factors);
            out.rows.push_back(
                {key, std::move(place), *std::move(factors), estimate::interval_of(budget.operational)});
        }
        return {};
    };
    for (const std::string& label : labels.labels) {
        if (auto added = add(label); !added && labels.typed.contains(label)) {
            return added.error();
        }
    }
    if (out.here && !has_here) {
        (void)add(*out.here);  // a region of before that is not known any more has no row
    }
    std::sort(out.rows.begin(), out.rows.end(), [](const ElsewhereRow& a, const ElsewhereRow& b) {
        const double left = a.operational_kgco2e.value;
        const double right = b.operational_kgco2e.value;
        return left != right ? left < right : a.label < b.label;
    });
    const auto here = std::find_if(out.rows.begin(), out.rows.end(),
                                   [&](const ElsewhereRow& row) { return row.label == out.here; });
    out.own = own_figure(job.footprint, here == out.rows.end() ? nullptr : &*here);
    return out;
}

std::string elsewhere_json(const Elsewhere& rows, const std::optional<Estimate>& energy_kwh,
                           const std::string& id) {
    Json json = Json::object();
    json["schema"] = "gramme/elsewhere/1";
    json["id"] = text_or_null(id);
    json["energy_kwh"] = present::estimate_json(energy_kwh);
    json["here"] = rows.here ? Json(*rows.here) : Json(nullptr);
    json["basis"] = rows.basis;
    json["own"] = own_json(rows.own);
    json["rows"] = present::list_json(rows.rows, row_json);
    return json.dump() + "\n";
}

}  // namespace gramme::calculate
