#include <algorithm>

#include "base/csv.hpp"
#include "present/compare.hpp"
#include "present/footprint_json.hpp"
#include "present/json.hpp"
#include "present/numbers.hpp"

namespace gramme::present {
namespace {

using estimate::ComparedRow;
using estimate::Comparison;

Json or_null(const std::optional<double>& value) {
    return value ? number(*value) : Json(nullptr);
}

Json saving_json(const CompareView& view) {
    const auto saving = saving_of(view);
    if (!saving) {
        return nullptr;
    }
    Json json = Json::object();
    json["from"] = saving->from;
    json["to"] = saving->to;
    json["kgco2e"] = number(saving->kgco2e);
    json["percent"] = number(saving->percent);
    return json;
}

Json row_json(const ComparedRow& row) {
    const IntensityFactor& grid = row.footprint.factors.intensity;
    const PueFactor& pue = row.footprint.factors.pue;
    Json json = Json::object();
    json["label"] = row.label;
    json["operational_kgco2e"] = estimate_json(*row.footprint.operational_kgco2e);
    json["energy_kwh"] = estimate_json(*row.footprint.energy_kwh);
    json["times_best"] = or_null(row.times_best);
    json["like_best"] = row.like_best;
    json["gco2e_per_kwh"] = number(grid.value.value());
    json["zone"] = text_or_null(grid.zone);
    json["year"] = grid.year == 0 ? Json(nullptr) : Json(grid.year);
    json["older_figure"] = row.older_figure;
    json["from_country"] = row.from_country;
    json["source"] = grid.from.source;
    json["pue"] = number(pue.value);
    json["pue_source"] = pue.from.source;
    return json;
}

}  // namespace

std::optional<Saving> saving_of(const CompareView& view) {
    const Comparison& all = view.comparison;
    const auto carbon = [](const ComparedRow& row) { return row.footprint.operational_kgco2e->value; };
    const auto current = std::find_if(all.rows.begin(), all.rows.end(), [&](const ComparedRow& row) {
        return view.current && row.label == *view.current;
    });
    const ComparedRow& from = current == all.rows.end() ? all.rows.back() : *current;
    const double saved = carbon(from) - carbon(all.rows.front());
    if (!(saved > 0.0) || all.axis == estimate::Axis::kYear) {
        return std::nullopt;
    }
    constexpr double kPercent = 100.0;
    return Saving{from.label, all.rows.front().label, saved, kPercent * saved / carbon(from)};
}

std::string compare_json(const CompareView& view) {
    const Comparison& all = view.comparison;
    Json json = Json::object();
    json["schema"] = "gramme/compare/1";
    json["job"] = view.job;
    json["axis"] = name_of(all.axis);
    json["basis"] = text_or_null(all.basis);
    json["best"] = all.rows.front().label;
    json["worst"] = all.rows.back().label;
    json["ratio"] = or_null(all.ratio);
    json["grid_ratio"] = or_null(all.grid_ratio);
    json["pue_ratio"] = or_null(all.pue_ratio);
    json["energy_ratio"] = or_null(all.energy_ratio);
    json["saving"] = saving_json(view);
    Json& rows = json["rows"] = Json::array();
    for (const ComparedRow& row : all.rows) {
        rows.push_back(row_json(row));
    }
    Json& unranked = json["unranked"] = Json::array();
    for (const estimate::Unranked& one : all.unranked) {
        Json left = Json::object();
        left["label"] = one.label;
        left["why"] = one.why;
        unranked.push_back(left);
    }
    return dumped(json);
}

std::string compare_csv(const CompareView& view) {
    std::string out =
        csv_line({"label", "kgco2e", "low", "high", "energy_kwh", "times_best", "like_best", "gco2e_per_kwh",
                  "basis", "zone", "year", "older_figure", "from_country", "source", "pue", "pue_source"}) +
        "\n";
    for (const ComparedRow& row : view.comparison.rows) {
        const IntensityFactor& grid = row.footprint.factors.intensity;
        const Estimate& carbon = *row.footprint.operational_kgco2e;
        out += csv_line({row.label, shortest(carbon.value), shortest(carbon.low), shortest(carbon.high),
                         shortest(row.footprint.energy_kwh->value),
                         row.times_best ? shortest(*row.times_best) : "", row.like_best ? "yes" : "no",
                         shortest(grid.value.value()), grid.basis, grid.zone,
                         grid.year == 0 ? "" : std::to_string(grid.year), row.older_figure ? "yes" : "no",
                         row.from_country ? "yes" : "no", grid.from.source,
                         shortest(row.footprint.factors.pue.value), row.footprint.factors.pue.from.source}) +
               "\n";
    }
    return out;
}

}  // namespace gramme::present
