// One page that can be opened from a disk, printed and kept: everything is in it, and it runs nothing.
#include "base/utc.hpp"
#include "present/report.hpp"
#include "present/report_escape.hpp"
#include "present/report_parts.hpp"
#include "present/report_svg.hpp"
#include "present/summary_lines.hpp"

namespace gramme::present {
namespace {

// The policy forbids the page to load or to run anything, whatever a name in it may try.
constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<style>
:root { --ink: #1c2328; --paper: #fff; --quiet: #5d6a73; --line: #d5dce0; --measured: #1b7f5c; --modelled: #b06f00;
  --assumed: #a83a3a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ec; --paper: #14191c; --quiet: #9aa7b0; --line: #37424a; --measured: #4cc598; --modelled: #e0a63c;
    --assumed: #e57f7f; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --quiet: #444; --line: #bbb; --measured: #1b7f5c; --modelled: #b06f00;
    --assumed: #a83a3a; }
  section, table, figure { break-inside: avoid; }
}
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.4rem; margin: 0 0 .2rem; }
h2 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
.answer { font-size: 2.2rem; font-weight: 650; margin: 1rem 0 0; font-variant-numeric: tabular-nums; }
.quiet, figcaption { color: var(--quiet); font-size: .9rem; margin: 0; }
.warn { border-left: .25rem solid var(--modelled); padding-left: .7rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); }
th.n, td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: .8rem 0; overflow-x: auto; }
svg { width: 100%; min-width: 30rem; height: auto; display: block; }
svg text { font: 13px system-ui, sans-serif; fill: var(--ink); }
svg .axis { stroke: var(--line); }
svg .power { fill: none; stroke: var(--measured); stroke-width: 1.5; }
rect { fill: var(--measured); }
rect.modelled { fill: var(--modelled); }
rect.assumed { fill: var(--assumed); }
a { color: inherit; }
</style>
)";

std::string cell(const std::string& text, bool is_number = false) {
    return (is_number ? "<td class=\"n\">" : "<td>") + html_text(text) + "</td>";
}

std::string head_row(const std::vector<std::string>& names) {
    std::string out = "<div class=\"wide\"><table>\n<thead><tr>";
    for (const std::string& name : names) {
        const bool is_number = name == "energy" || name == "amount";
        out +=
            (is_number ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">") + html_text(name) + "</th>";
    }
    return out + "</tr></thead>\n<tbody>\n";
}

constexpr const char* kTableEnd = "</tbody></table></div>\n";

/// Only addresses of the web become links.
std::string link(const std::string& url) {
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    return web ? "<a href=\"" + html_text(latex_url(url)) + "\">" + html_text(url) + "</a>" : html_text(url);
}

std::string answer_html(const ReportInput& input, const std::vector<ReportFigure>& figures) {
    std::string out;
    for (const ReportFigure& one : figures) {
        if (one.in_total && one.dimension == Dimension::kCarbon) {
            out += "<p class=\"answer\">" + html_text(value_text(one.number, one.dimension, one.whole)) +
                   "</p>\n";
            const std::string range = range_text(one.number, one.dimension);
            out += "<p class=\"quiet\">" +
                   (range.empty() ? "" : "19 times in 20 within " + html_text(range) + "; ") +
                   html_text("energy " + how_known(input)) + "</p>\n";
        }
    }
    return out;
}

std::string warnings_html(const ReportInput& input) {
    std::string out;
    const auto add = [&](const std::string& text) {
        out += "<p class=\"warn\">" + html_text(text) + "</p>\n";
    };
    if (const std::string uncounted = uncounted_text(input.footprint); !uncounted.empty()) {
        add("The total is " + uncounted + ".");
    }
    for (const std::string& note : input.footprint.factors.notes) {
        add(note);
    }
    return out;
}

std::string figures_html(const std::vector<ReportFigure>& figures) {
    std::string out = "<section>\n<h2>Figures</h2>\n" + head_row({"", "amount", "95 % interval"});
    for (const ReportFigure& one : figures) {
        out += "<tr>" + cell(one.label) + cell(value_text(one.number, one.dimension, one.whole), true) +
               cell(range_text(one.number, one.dimension)) + "</tr>\n";
    }
    return out + kTableEnd + "</section>\n";
}

std::string parts_html(const ReportInput& input) {
    std::string out = "<section>\n<h2>Parts</h2>\n";
    if (const std::string plot = parts_svg(input.footprint); !plot.empty()) {
        out += "<figure>\n" + plot +
               "<figcaption>Energy of each part; the colour says how it is known.</figcaption>\n"
               "</figure>\n";
    }
    out += head_row({"part", "energy", "quality", "method", "device"});
    for (const Part& part : input.footprint.parts) {
        const std::string energy = part.energy_kwh ? value_text(shown(*part.energy_kwh, Dimension::kEnergy),
                                                                Dimension::kEnergy, part.gap_s <= 0.0)
                                                   : "not known";
        out += "<tr>" + cell(part.device.id) + cell(energy, true) +
               cell(std::string{name_of(part.device.quality)}) + cell(part.device.method) +
               cell(part.device.name) + "</tr>\n";
    }
    out += kTableEnd;
    if (input.ledger != nullptr) {
        if (const std::string plot = power_svg(input.run, input.footprint, *input.ledger); !plot.empty()) {
            out += "<figure>\n" + plot +
                   "<figcaption>Power over time, before PUE; a hole is time that nobody "
                   "measured.</figcaption>\n</figure>\n";
        }
    }
    return out + "</section>\n";
}

std::string factors_html(const ReportInput& input) {
    const Factors& factors = input.footprint.factors;
    std::string out = "<section>\n<h2>Factors</h2>\n" + head_row({"factor", "value", "source", "why"});
    out += "<tr>" + cell("grid") + cell(grid_text(factors.intensity)) + cell(factors.intensity.from.source) +
           cell(factors.intensity.from.chosen) + "</tr>\n";
    out += "<tr>" + cell("PUE") + cell(significant(factors.pue.value, 4)) + cell(factors.pue.from.source) +
           cell(factors.pue.from.chosen) + "</tr>\n";
    if (input.job != nullptr) {
        for (const Assumption& one : input.job->assumptions) {
            out += "<tr>" + cell(one.what) + cell(one.value) + cell(one.source) + cell("else " + one.change) +
                   "</tr>\n";
        }
    }
    out += kTableEnd;
    std::string outside;
    for (const std::string& one : input.footprint.not_covered) {
        outside += (outside.empty() ? "" : ", ") + one;
    }
    out += outside.empty() ? "" : "<p class=\"quiet\">Not covered: " + html_text(outside) + ".</p>\n";
    std::string like;
    for (const Equivalence& one : input.footprint.equivalences) {
        like += "<li>" + html_text(significant(one.value, 2) + " " + one.label + " (" + one.source + ")") +
                "</li>\n";
    }
    return out + (like.empty() ? "" : "<h2>As much as</h2>\n<ul>\n" + like + "</ul>\n") + "</section>\n";
}

std::string sources_html(const ReportInput& input, const refdata::Tables& tables) {
    std::string out = "<section>\n<h2>Sources</h2>\n" + head_row({"id", "what", "licence", "for"});
    for (const ExplainedSource& one : report_sources(input, tables)) {
        std::string what = html_text(is_published(one) ? one.title + ", " + one.publisher : one.note);
        what += one.year == 0 ? "" : ", " + std::to_string(one.year);
        what += one.url.empty() ? "" : "<br/>" + link(one.url);
        out += "<tr>" + cell(one.id) + "<td>" + what + "</td>" + cell(one.licence) + cell(one.used_for) +
               "</tr>\n";
    }
    return out + kTableEnd + "</section>\n";
}

std::string about_html(const ReportInput& input) {
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : " · ") + what; };
    if (input.run.started_wall_ns != 0) {
        add(utc_text(input.run.started_wall_ns));
    }
    if (input.run.duration_s > 0.0 && input.job == nullptr) {
        add(duration_text(input.run.duration_s));
    }
    if (const std::string hardware = hardware_text(input); !hardware.empty() && input.job == nullptr) {
        add(hardware);
    }
    if (const std::string place = place_text(input.footprint.factors.intensity); !place.empty()) {
        add(place);
    }
    return text.empty() ? "" : "<p class=\"quiet\">" + html_text(text) + "</p>\n";
}

}  // namespace

std::string report_html(const ReportInput& input, const refdata::Tables& tables) {
    const std::string title = html_text("Energy and carbon of " + title_of(input));
    std::string out = kHead;
    out += "<title>" + title + "</title>\n</head>\n<body>\n<h1>" + title + "</h1>\n" + about_html(input);
    const std::vector<ReportFigure> figures = report_figures(input);
    if (figures.empty()) {
        out +=
            "<p class=\"answer\">not known</p>\n<p class=\"quiet\">No device could be read or "
            "modelled.</p>\n";
    } else {
        out += answer_html(input, figures) + warnings_html(input) + figures_html(figures) +
               parts_html(input) + factors_html(input) + sources_html(input, tables);
    }
    out += "<p class=\"quiet\">Written by gramme " + html_text(input.version) +
           (input.run.id.empty() ? "" : ", run " + html_text(input.run.id)) + ".</p>\n</body>\n</html>\n";
    return out;
}

}  // namespace gramme::present
