// A report for programs: the figures as they are, as CSV or as the one JSON shape of a result.
#include "base/utc.hpp"
#include "present/estimate.hpp"
#include "present/numbers.hpp"
#include "present/report.hpp"
#include "present/report_escape.hpp"

namespace gramme::present {
namespace {

/// One line. What a spreadsheet would run as a formula begins with an apostrophe, which makes it a text.
/// Source: https://owasp.org/www-community/attacks/CSV_Injection
std::string cell_of(std::string_view text) {
    std::string cell = one_line(text);
    if (!cell.empty() && std::string_view{"=+-@"}.find(cell.front()) != std::string_view::npos) {
        cell.insert(cell.begin(), '\'');
    }
    return cell;
}

bool is_text(std::string_view column) {
    return column.ends_with("source") || column == "zone" || column == "basis";
}

}  // namespace

std::string report_csv(const ReportInput& input) {
    CsvRow header{"id", "project", "name", "started_at", "duration_s", "scope", "quality"};
    const RunRecord& run = input.run;
    const bool known = input.footprint.energy_kwh.has_value();
    CsvRow row{run.id,
               cell_of(run.project),
               cell_of(run.name),
               run.started_wall_ns == 0 ? "" : utc_text(run.started_wall_ns),
               shortest(run.duration_s),
               std::string{name_of(run.scope)},
               known ? std::string{name_of(input.footprint.quality)} : ""};
    const CsvRow names = figures_header();
    const CsvRow figures = figures_row(input.footprint);
    for (std::size_t i = 0; i < names.size(); ++i) {
        header.push_back(names[i]);
        row.push_back(is_text(names[i]) ? cell_of(figures[i]) : figures[i]);
    }
    return csv_line(header) + "\n" + csv_line(row) + "\n";
}

std::string report_json(const ReportInput& input) {
    RunRecord run = input.run;
    run.command.clear();
    run.host.hostname.clear();
    run.survivors.clear();
    return input.job != nullptr
               ? estimate_json(input.job->asked, {run, input.footprint, input.job->assumptions})
               : footprint_json(run, input.footprint, false);
}

}  // namespace gramme::present
