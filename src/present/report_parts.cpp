#include "present/report_parts.hpp"

#include <algorithm>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "present/estimate.hpp"
#include "present/gpu_names.hpp"
#include "present/report_escape.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

/// Accelerators, processors and instances by the names that they were resolved to; a machine that was only
/// assumed around them is nobody's hardware, and watts or kWh are none.
std::string hardware_of_estimate(const Footprint& footprint) {
    std::string text;
    for (const Part& part : footprint.parts) {
        const bool of_job = part.device.kind == DeviceKind::kGpu || part.device.kind == DeviceKind::kCpu;
        if (of_job && part.device.name.find(", share of ") == std::string::npos) {
            text += (text.empty() ? "" : ", ") + part.device.name;
        }
    }
    return text;
}

std::string dated(int year) {
    return year == 0 ? "" : " " + std::to_string(year);
}

}  // namespace

Given given_of(const DescribedJob& job) {
    const auto all_are = [&](JobGroup::Kind kind) {
        return !job.asked.groups.empty() &&
               std::all_of(job.asked.groups.begin(), job.asked.groups.end(),
                           [kind](const JobGroup& group) { return group.kind == kind; });
    };
    return all_are(JobGroup::Kind::kEnergy)  ? Given::kEnergy
           : all_are(JobGroup::Kind::kPower) ? Given::kPower
                                             : Given::kHardware;
}

std::string title_of(const ReportInput& input) {
    if (input.job != nullptr) {
        return groups_text(input.job->asked);
    }
    std::string text = input.run.project;
    if (!input.run.name.empty()) {
        text += (text.empty() ? "" : ", ") + input.run.name;
    }
    return text.empty() ? "a training run" : text;
}

std::string place_text(const IntensityFactor& grid) {
    if (!grid.region_known) {
        return "";
    }
    // A mix and a given number have no grid: only the region says where.
    const bool of_a_grid = !grid.zone.empty() && grid.zone != "mix";
    const std::string& country = grid.country_name.empty() ? grid.country_iso3 : grid.country_name;
    const std::string& area = of_a_grid ? grid.zone_name : country;
    std::string text = grid.place == area ? "" : grid.place;
    text += (text.empty() || area.empty() ? "" : ", ") + area;
    text += text.empty() && of_a_grid ? grid.zone : "";
    if (text.empty()) {
        return grid.region;
    }
    return grid.region.empty() ? text : text + " (" + grid.region + ")";
}

std::string hardware_text(const ReportInput& input) {
    if (input.job != nullptr) {
        return hardware_of_estimate(input.footprint);
    }
    std::string text = counted_names(gpu_names(input.run, input.footprint));
    if (!input.run.host.cpu_model.empty()) {
        const int sockets = std::max(input.run.host.cpu_sockets, 1);
        text += (text.empty() ? "" : ", ") + std::to_string(sockets) + " x " + input.run.host.cpu_model;
    }
    return text;
}

std::string how_known(const ReportInput& input) {
    if (input.job != nullptr) {
        switch (given_of(*input.job)) {
            case Given::kEnergy: return "taken from a given energy, not measured";
            case Given::kPower: return "estimated from power and hours, not measured";
            case Given::kHardware: return "estimated from hardware and hours, not measured";
        }
    }
    if (input.run.imported) {
        return "imported from a record of " + input.run.imported->program;
    }
    switch (input.footprint.quality) {
        case Quality::kMeasured: return "measured by energy counters";
        case Quality::kIntegrated: return "measured by power sensors";
        case Quality::kModelled: return "modelled from the load of the machine";
        case Quality::kAssumed: return "partly assumed";
    }
    return "";
}

std::string grid_text(const IntensityFactor& grid) {
    std::string text = significant(grid.value.value(), 4) + " g CO2e/kWh";
    const std::string& where = grid.zone_name.empty() ? grid.zone : grid.zone_name;
    text += where.empty() ? "" : ", " + where + dated(grid.year);
    text += grid.basis.empty() ? "" : ", " + grid.basis;
    return text + (grid.in_time ? ", hour by hour" : "");
}

std::string value_text(const Shown& number, Dimension dimension, bool whole) {
    return number.value + " " + number.unit + (dimension == Dimension::kCarbon ? " CO2e" : "") +
           (whole ? "" : " + unknown");
}

std::string range_text(const Shown& number, Dimension dimension) {
    return number.exact ? ""
                        : number.low + " to " + number.high + " " + number.unit +
                              (dimension == Dimension::kCarbon ? " CO2e" : "");
}

std::vector<ReportFigure> report_figures(const ReportInput& input) {
    const Footprint& footprint = input.footprint;
    const bool whole = uncounted_text(footprint).empty();
    std::vector<ReportFigure> out;
    const auto add = [&](std::string label, Dimension dimension, const Estimate& one, bool in_total) {
        out.push_back({std::move(label), dimension, shown(one, dimension), in_total, whole || !in_total});
    };
    if (!footprint.energy_kwh || !footprint.operational_kgco2e) {
        return out;
    }
    add("Energy of the hardware", Dimension::kEnergy, *footprint.energy_kwh, true);
    if (footprint.facility_energy_kwh) {
        add("Energy of the site (PUE " + significant(footprint.factors.pue.value, 4) + ")",
            Dimension::kEnergy, *footprint.facility_energy_kwh, true);
    }
    add("Operational carbon", Dimension::kCarbon, *footprint.operational_kgco2e, true);
    if (footprint.embodied) {
        add("Embodied carbon, not in the above", Dimension::kCarbon, footprint.embodied->value, false);
    }
    if (footprint.water) {
        add("Water evaporated, on the site and by power stations", Dimension::kWater, footprint.water->value,
            false);
    }
    if (footprint.remainder && footprint.remainder->kgco2e) {
        add("Unmeasured rest of the machine, not in the above", Dimension::kCarbon,
            *footprint.remainder->kgco2e, false);
    }
    return out;
}

std::vector<ExplainedSource> report_sources(const ReportInput& input, const refdata::Tables& tables) {
    const Footprint& footprint = input.footprint;
    std::vector<ExplainedSource> out;
    if (!footprint.energy_kwh) {
        return out;
    }
    add_factor_sources(out, footprint.factors, tables);
    for (const Part& part : footprint.parts) {
        add_source(out, part.device.gain_source, "uncertainty of " + part.device.id, tables);
    }
    if (input.job != nullptr) {
        for (const Assumption& one : input.job->assumptions) {
            add_source(out, one.source, one.what, tables);
        }
    }
    add_side_sources(out, footprint, tables);
    if (footprint.remainder) {
        add_source(out, footprint.remainder->from.source, "rest of the machine", tables);
    }
    for (const Equivalence& one : footprint.equivalences) {
        add_source(out, one.source, "comparison", tables);
    }
    return out;
}

double grams(double kgco2e) {
    return GramsCO2e{KilogramsCO2e{kgco2e}}.value();
}

std::string bib_key(const std::string& source_id) {
    std::string key = "gramme-";
    for (const char c : source_id) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        key += plain ? c : '-';
    }
    return key;
}

bool is_published(const ExplainedSource& source) {
    return !source.title.empty();
}

std::string bibtex_of(const std::vector<ExplainedSource>& sources) {
    std::string out;
    for (const ExplainedSource& one : sources) {
        if (!is_published(one)) {
            continue;
        }
        out += (out.empty() ? "@misc{" : "\n@misc{") + bib_key(one.id) + ",\n";
        out += "  title = {{" + latex_text(one.title) + "}},\n";
        if (!one.publisher.empty()) {
            out += "  author = {{" + latex_text(one.publisher) + "}},\n";
        }
        if (one.year != 0) {
            out += "  year = {" + std::to_string(one.year) + "},\n";
        }
        if (!one.url.empty()) {
            out += "  howpublished = {\\url{" + latex_url(one.url) + "}},\n";
        }
        out += "  note = {Licence: " + latex_text(one.licence) + "}\n}\n";
    }
    return out;
}

}  // namespace gramme::present
