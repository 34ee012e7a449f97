#include "present/report.hpp"
#include "present/report_escape.hpp"
#include "present/report_parts.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

std::string cells(const std::vector<std::string>& row) {
    std::string out = "|";
    for (const std::string& cell : row) {
        out += " " + markdown_text(cell) + " |";
    }
    return out + "\n";
}

void add_figures(const ReportInput& input, std::string& out) {
    out += "| | value | 95 % interval |\n| --- | ---: | --- |\n";
    for (const ReportFigure& one : report_figures(input)) {
        out += cells({one.label, value_text(one.number, one.dimension, one.whole),
                      range_text(one.number, one.dimension)});
    }
    out += "\n| part | energy | quality | method |\n| --- | ---: | --- | --- |\n";
    for (const Part& part : input.footprint.parts) {
        out += cells({part.device.id + (part.device.name.empty() ? "" : ", " + part.device.name),
                      part.energy_kwh ? value_text(shown(*part.energy_kwh, Dimension::kEnergy),
                                                   Dimension::kEnergy, part.gap_s <= 0.0)
                                      : "not known",
                      std::string{name_of(part.device.quality)}, part.device.method});
    }
}

void add_factors_and_notes(const ReportInput& input, std::string& out) {
    const Factors& factors = input.footprint.factors;
    const auto item = [&](const std::string& text) { out += "- " + markdown_text(text) + "\n"; };
    out += "\n";
    item("Grid: " + grid_text(factors.intensity) + " (" + factors.intensity.from.source + "); " +
         factors.intensity.from.chosen);
    item("PUE: " + significant(factors.pue.value, 4) + " (" + factors.pue.from.source + "); " +
         factors.pue.from.chosen);
    for (const std::string& note : factors.notes) {
        item("Note: " + note);
    }
    if (const std::string uncounted = uncounted_text(input.footprint); !uncounted.empty()) {
        item("Gap: " + uncounted);
    }
    std::string outside;
    for (const std::string& one : input.footprint.not_covered) {
        outside += (outside.empty() ? "" : ", ") + one;
    }
    if (!outside.empty()) {
        item("Not covered: " + outside);
    }
    if (input.job != nullptr) {
        for (const Assumption& one : input.job->assumptions) {
            item("Assumed: " + one.what + ": " + one.value + " (" + one.source + ")");
        }
    }
    for (const Equivalence& one : input.footprint.equivalences) {
        item("As much as " + significant(one.value, 2) + " " + one.label + " (" + one.source + ")");
    }
}

}  // namespace

std::string report_markdown(const ReportInput& input, const refdata::Tables& tables) {
    std::string out = "## Energy and carbon of " + markdown_text(title_of(input)) + "\n\n";
    const auto figures = report_figures(input);
    if (figures.empty()) {
        return out + "The energy is not known: " + unknown_because(input.footprint) + ".\n";
    }
    std::string hardware = hardware_text(input);
    hardware = hardware.empty() ? "" : " Hardware: " + markdown_text(hardware) + ".";
    std::string duration =
        input.run.duration_s > 0.0 ? " Duration: " + duration_text(input.run.duration_s) + "." : "";
    out += "Energy " + how_known(input) + ", with gramme " + markdown_text(input.version) + "." + hardware +
           duration + "\n\n";
    add_figures(input, out);
    add_factors_and_notes(input, out);
    const std::vector<ExplainedSource> sources = report_sources(input, tables);
    out += "\n### Sources\n\n";
    for (const ExplainedSource& one : sources) {
        std::string about = one.id + ": ";
        about += is_published(one) ? one.title + ", " + one.publisher : one.note;
        about += one.year == 0 ? "" : ", " + std::to_string(one.year);
        about += one.licence.empty() ? "" : ", " + one.licence;
        out += "- " + markdown_text(about + " (" + one.used_for + ")");
        out += one.url.empty() ? "\n" : " <" + latex_url(one.url) + ">\n";
    }
    const std::string entries = bibtex_of(sources);
    return entries.empty() ? out : out + "\n```bibtex\n" + entries + "```\n";
}

}  // namespace gramme::present
