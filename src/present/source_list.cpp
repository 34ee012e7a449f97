#include "present/source_list.hpp"

#include <algorithm>
#include <optional>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::present {

void add_source(std::vector<ExplainedSource>& out, const std::string& id, const std::string& used_for,
                const refdata::Tables& tables) {
    if (id.empty()) {
        return;
    }
    const auto known =
        std::find_if(out.begin(), out.end(), [&](const ExplainedSource& one) { return one.id == id; });
    if (known != out.end()) {
        if (known->used_for.find(used_for) == std::string::npos) {
            known->used_for += ", " + used_for;
        }
        return;
    }
    ExplainedSource source;
    source.id = id;
    source.used_for = used_for;
    if (const auto row = tables.source(id)) {
        source.title = row->title;
        source.publisher = row->publisher;
        source.licence = row->licence;
        source.url = row->url;
        source.year = row->year;
        source.note = row->note;
    } else if (id == "user") {
        source.note = "given by the person who started the run";
    } else if (id == "imported") {
        source.note = "as the imported file has it, not of this program";
    } else if (id == "gramme") {
        source.note = "a rule of this program: docs/method/factors.md";
    } else if (id.starts_with("docs/")) {
        source.note = "a page of this program, with its sources";
    } else {
        source.note = "not among the sources of this gramme";
    }
    out.push_back(source);
}

void add_factor_sources(std::vector<ExplainedSource>& out, const Factors& factors,
                        const refdata::Tables& tables) {
    add_source(out, factors.intensity.from.source, "grid", tables);
    if (factors.intensity.in_time) {
        add_source(out, factors.intensity.in_time->otherwise_source, "grid where the series says nothing",
                   tables);
    }
    add_source(out, factors.intensity.country_lifecycle_source, "country's lifecycle figure", tables);
    add_source(out, factors.pue.from.source, "PUE", tables);
}

void add_side_sources(std::vector<ExplainedSource>& out, const Footprint& footprint,
                      const refdata::Tables& tables) {
    const auto add = [&](const std::optional<SideFigure>& figure, const char* used_for) {
        if (figure) {
            for (const std::string_view one : split(figure->from.source, ',')) {
                add_source(out, std::string{trimmed(one)}, used_for, tables);
            }
        }
    };
    add(footprint.embodied, "embodied carbon");
    add(footprint.water, "water");
}

}  // namespace gramme::present
