#include "calculate/report.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace gramme::calculate {
namespace {

constexpr std::array<std::string_view, 8> kReportFormats{"model-card", "latex", "markdown", "boamps",
                                                         "sci",        "html",  "json",     "csv"};

/// "--intensity-csv /home/ada/job/grid.csv" with the name of the file alone: a report is there to be passed
/// on.
void leave_folders_out(std::string& chosen) {
    constexpr std::string_view kOption = "--intensity-csv ";
    const std::size_t start = chosen.starts_with(kOption)         ? kOption.size()
                              : chosen.starts_with(kImportedFrom) ? kImportedFrom.size()
                              : chosen.starts_with('/')           ? 0
                                                                  : std::string::npos;
    if (start == std::string::npos) {
        return;
    }
    const std::size_t slash = chosen.rfind('/');
    if (slash != std::string::npos && slash >= start) {
        chosen.erase(start, slash + 1 - start);
    }
}

}  // namespace

std::span<const std::string_view> report_formats() {
    return kReportFormats;
}

void leave_private_things_out(RunRecord& run, Footprint& footprint) {
    run.command.clear();
    leave_folders_out(footprint.factors.intensity.from.chosen);
    leave_folders_out(footprint.factors.pue.from.chosen);
    if (run.imported) {
        run.imported->file.erase(0, run.imported->file.rfind('/') + 1);
    }
}

Result<std::string> report_as(std::string_view format, const present::ReportInput& input,
                              const ReportOptions& options, const refdata::Tables& tables) {
    if (format == "model-card") {
        return present::report_model_card(input, options.training_type);
    }
    if (format == "boamps") {
        return present::report_boamps(input, options.now_utc);
    }
    if (format == "sci") {
        return present::report_sci(input, options.unit);
    }
    if (std::find(kReportFormats.begin(), kReportFormats.end(), format) == kReportFormats.end()) {
        std::string all;
        for (const std::string_view one : kReportFormats) {
            all += (all.empty() ? "" : ", ") + std::string{one};
        }
        return Error{Code::kUsage, "'" + std::string{format} + "' is no format of a report",
                     "give one of " + all};
    }
    return format == "latex"      ? present::report_latex(input, tables)
           : format == "markdown" ? present::report_markdown(input, tables)
           : format == "html"     ? present::report_html(input, tables)
           : format == "csv"      ? present::report_csv(input)
                                  : present::report_json(input);
}

}  // namespace gramme::calculate
