#include "present/estimate.hpp"
#include "present/layout.hpp"
#include "present/numbers.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

constexpr std::size_t kLabelWidth = 8;

std::string group_text(const JobGroup& group) {
    const std::string count = group.count == 1.0 ? "" : readable(significant(group.count, 6)) + " x ";
    switch (group.kind) {
        case JobGroup::Kind::kDevice:
        case JobGroup::Kind::kInstance: return count + printable(group.name);
        case JobGroup::Kind::kPower: return count + readable(significant(group.amount, 6)) + " W";
        case JobGroup::Kind::kEnergy: return count + readable(significant(group.amount, 6)) + " kWh";
    }
    return "";
}

void add_answer(const Footprint& footprint, Lines& lines) {
    if (!footprint.energy_kwh || !footprint.operational_kgco2e) {
        lines.add("energy", "not known", Ink::kWarning);
        return;
    }
    lines.add("energy", total_text(*footprint.energy_kwh, Dimension::kEnergy, ""), Ink::kStrong);
    lines.add("carbon", total_text(*footprint.operational_kgco2e, Dimension::kCarbon, ""), Ink::kStrong);
    lines.add("", "= energy x PUE " + significant(footprint.factors.pue.value, 4) + " x " +
                      significant(footprint.factors.intensity.value.value(), 4) +
                      " g/kWh; in brackets the range that holds 19 times in 20");
    add_beside(footprint, lines);
    for (const std::string& note : footprint.factors.notes) {
        lines.add("note", printable(note), Ink::kWarning);
    }
}

}  // namespace

void add_beside(const Footprint& footprint, Lines& lines) {
    const auto add = [&](const char* label, const std::optional<SideFigure>& figure, Dimension dimension) {
        if (figure) {
            lines.add(label, total_text(figure->value, dimension, "") + ", " +
                                 printable(figure->from.chosen) + "; not in the total");
        }
    };
    add("making", footprint.embodied, Dimension::kCarbon);
    add("water", footprint.water, Dimension::kWater);
}

void add_assumptions(const std::vector<Assumption>& assumptions, Lines& lines) {
    bool first = true;
    for (const Assumption& one : assumptions) {
        lines.add(first ? "assumed" : "", printable(one.what) + ": " + printable(one.value) + " (" +
                                              printable(one.source) + "); else " + printable(one.change));
        first = false;
    }
}

std::string groups_text(const JobRequest& asked) {
    std::string text;
    for (const JobGroup& group : asked.groups) {
        text += (text.empty() ? "" : " + ") + group_text(group);
    }
    if (asked.hours > 0.0) {
        text += " for " + significant(asked.hours, 6) + " h";
    }
    return text;
}

std::string job_text(const JobRequest& asked, const Footprint& footprint) {
    std::string text = groups_text(asked);
    const IntensityFactor& grid = footprint.factors.intensity;
    const std::string where = !grid.region.empty() ? grid.region : grid.zone_name;
    return where.empty() || !grid.region_known ? text : text + ", " + printable(where);
}

std::string estimate_text(const JobRequest& asked, const estimate::JobEstimate& estimate,
                          const TextStyle& style) {
    const Footprint& footprint = estimate.footprint;
    Lines lines{style, kLabelWidth};
    lines.head("estimate: " + job_text(asked, footprint), Ink::kStrong);
    add_answer(footprint, lines);
    add_parts(footprint, lines);
    add_factors(footprint.factors, lines);
    add_assumptions(estimate.assumptions, lines);
    add_meaning(footprint, lines);
    return std::move(lines).text();
}

CsvRow figures_header() {
    return {"energy_kwh",
            "energy_low",
            "energy_high",
            "facility_energy_kwh",
            "facility_energy_low",
            "facility_energy_high",
            "operational_kgco2e",
            "operational_low",
            "operational_high",
            "embodied_kgco2e",
            "embodied_low",
            "embodied_high",
            "water_l",
            "water_low",
            "water_high",
            "pue",
            "pue_source",
            "gco2e_per_kwh",
            "zone",
            "basis",
            "year",
            "intensity_source"};
}

CsvRow figures_row(const Footprint& footprint) {
    CsvRow row;
    const auto add = [&](const std::optional<Estimate>& one) {
        row.push_back(one ? shortest(one->value) : "");
        row.push_back(one ? shortest(one->low) : "");
        row.push_back(one ? shortest(one->high) : "");
    };
    add(footprint.energy_kwh);
    add(footprint.facility_energy_kwh);
    add(footprint.operational_kgco2e);
    add(footprint.embodied ? std::optional{footprint.embodied->value} : std::nullopt);
    add(footprint.water ? std::optional{footprint.water->value} : std::nullopt);
    const IntensityFactor& grid = footprint.factors.intensity;
    const CsvRow factors{shortest(footprint.factors.pue.value),
                         footprint.factors.pue.from.source,
                         shortest(grid.value.value()),
                         grid.zone,
                         grid.basis,
                         grid.year == 0 ? "" : std::to_string(grid.year),
                         grid.from.source};
    row.insert(row.end(), factors.begin(), factors.end());
    return row;
}

std::string estimate_csv(const estimate::JobEstimate& estimate) {
    return csv_line(figures_header()) + "\n" + csv_line(figures_row(estimate.footprint)) + "\n";
}

}  // namespace gramme::present
