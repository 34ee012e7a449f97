#include "present/report.hpp"
#include "present/report_escape.hpp"
#include "present/report_parts.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

/// With the 2 of CO2e lowered.
std::string latex_units(std::string_view text) {
    std::string out = latex_text(text);
    for (std::size_t at = out.find("CO2e"); at != std::string::npos; at = out.find("CO2e", at)) {
        out.replace(at, 4, "CO$_2$e");
    }
    return out;
}

/// "0.60~kWh", "0.56 to 0.64~kWh": a number stays beside its unit.
std::string latex_value(std::string_view text) {
    std::string out;
    for (const char c : latex_units(text)) {
        if (c == ' ') {
            out += '~';
        } else {
            out += c;
        }
    }
    const std::size_t at = out.find("~to~");
    return at == std::string::npos ? out : out.replace(at, 4, " to ");
}

std::string latex_range(const ReportFigure& one) {
    const std::string range = range_text(one.number, one.dimension);
    return range.empty() ? "" : " (95~\\% interval " + latex_value(range) + ")";
}

/// \cite of a source that has an entry.
std::string cite(const std::vector<ExplainedSource>& sources, const std::string& id) {
    for (const ExplainedSource& one : sources) {
        if (one.id == id && is_published(one)) {
            return "~\\cite{" + bib_key(id) + "}";
        }
    }
    return "";
}

/// "The training on 8 x h100 for 120 h"; a given energy is told by what comes next.
std::string subject_of(const ReportInput& input) {
    const std::string title = latex_text(title_of(input));
    if (input.job == nullptr) {
        return "The training of \\emph{" + title + "}";
    }
    switch (given_of(*input.job)) {
        case Given::kEnergy: return "The training";
        case Given::kPower: return "The training at " + title;
        case Given::kHardware: return "The training on " + title;
    }
    return "The training";
}

std::string paragraph(const ReportInput& input, const std::vector<ReportFigure>& figures,
                      const std::vector<ExplainedSource>& sources) {
    const Factors& factors = input.footprint.factors;
    std::string out = subject_of(input);
    const std::string hardware = input.job == nullptr ? hardware_text(input) : "";
    out += hardware.empty() ? "" : " on " + latex_text(hardware);
    for (const ReportFigure& one : figures) {
        const std::string value =
            latex_value(value_text(one.number, one.dimension, one.whole)) + latex_range(one);
        if (!one.in_total) {
            out += " " + latex_text(one.label) + ": " + value + ".";
        } else if (&one == &figures.front()) {
            out += "\nused " + value + " of energy";
        } else if (one.dimension == Dimension::kEnergy) {
            out += ",\n" + value + " with the overhead of the site (PUE " +
                   significant(factors.pue.value, 4) + ")" + cite(sources, factors.pue.from.source);
        } else {
            out += ",\nand emitted " + value + " at " + latex_units(grid_text(factors.intensity)) +
                   cite(sources, factors.intensity.from.source) + ".\n";
            out += "The energy was " + latex_text(how_known(input)) + " (gramme " +
                   latex_text(input.version) + ").";
        }
    }
    if (const std::string uncounted = uncounted_text(input.footprint); !uncounted.empty()) {
        out += " These figures are " + latex_text(uncounted) + ".";
    }
    if (!factors.intensity.region_known) {
        out += " The place is not known: the world average stands for its grid.";
    }
    return out + "\n";
}

std::string table_of(const ReportInput& input, const std::vector<ReportFigure>& figures) {
    std::string out = "\n\\begin{table}[ht]\n  \\centering\n  \\caption{Energy and carbon of \\emph{" +
                      latex_text(title_of(input)) +
                      "}}\n  \\begin{tabular}{lrl}\n    \\hline\n    & value & 95~\\% interval \\\\\n"
                      "    \\hline\n";
    const auto row = [&](const std::string& label, const std::string& value, const std::string& range) {
        out +=
            "    " + latex_text(label) + " & " + latex_value(value) + " & " + latex_value(range) + " \\\\\n";
    };
    for (const Part& part : input.footprint.parts) {
        if (part.energy_kwh) {
            const Shown number = shown(*part.energy_kwh, Dimension::kEnergy);
            row(part.device.id + ", " + std::string{name_of(part.device.quality)},
                value_text(number, Dimension::kEnergy, part.gap_s <= 0.0),
                range_text(number, Dimension::kEnergy));
        } else {
            row(part.device.id, "not known", "");
        }
    }
    out += "    \\hline\n";
    for (const ReportFigure& one : figures) {
        row(one.label, value_text(one.number, one.dimension, one.whole),
            range_text(one.number, one.dimension));
    }
    return out + "    \\hline\n  \\end{tabular}\n\\end{table}\n";
}

}  // namespace

std::string report_latex(const ReportInput& input, const refdata::Tables& tables) {
    const std::vector<ReportFigure> figures = report_figures(input);
    if (figures.empty()) {
        return "The energy of the training of \\emph{" + latex_text(title_of(input)) + "} is not known.\n";
    }
    const std::vector<ExplainedSource> sources = report_sources(input, tables);
    const std::string entries = bibtex_of(sources);
    std::string out =
        "% Needs \\usepackage[T1]{fontenc} and \\usepackage{url}. TeX skips what stands between \\iffalse "
        "and \\fi, and\n"
        "% BibTeX reads nothing else: copy this file to NAME.bib and name it in \\bibliography{NAME}.\n";
    out += paragraph(input, figures, sources) + table_of(input, figures);
    return entries.empty() ? out : out + "\n\\iffalse\n" + entries + "\\fi\n";
}

}  // namespace gramme::present
