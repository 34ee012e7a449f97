// gramme report: a result in the form that somebody else asks for.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "cli/command_context.hpp"
#include "cli/read_lines.hpp"
#include "cli/subject.hpp"
#include "config/override_tables.hpp"
#include "config/version.hpp"
#include "estimate/equivalences.hpp"
#include "host/write_whole.hpp"
#include "present/front_matter.hpp"
#include "present/report.hpp"

namespace gramme::cli {
namespace {

using present::ReportInput;

constexpr std::array<std::string_view, 8> kFormats{"model-card", "latex", "markdown", "boamps",
                                                   "sci",        "html",  "json",     "csv"};

/// An option that only one format knows.
struct OptionOfFormat {
    std::string_view option;
    std::string_view format;
};
constexpr std::array kOptionsOfFormats{OptionOfFormat{"into", "model-card"},
                                       OptionOfFormat{"training-type", "model-card"},
                                       OptionOfFormat{"per", "sci"}, OptionOfFormat{"unit", "sci"}};

Result<std::string> format_of(const Arguments& arguments) {
    const std::vector<std::string> known(kFormats.begin(), kFormats.end());
    std::string all;
    for (const std::string& one : known) {
        all += (all.empty() ? "" : ", ") + one;
    }
    const auto format = arguments.value("as");
    if (!format) {
        return Error{Code::kUsage, "--as is missing: in which form?", "give one of " + all};
    }
    if (std::find(known.begin(), known.end(), *format) == known.end()) {
        const std::string near = did_you_mean(*format, known);
        return Error{Code::kUsage, "--as: '" + *format + "' is no format",
                     near.empty() ? "give one of " + all : near};
    }
    for (const OptionOfFormat& one : kOptionsOfFormats) {
        if (arguments.has(one.option) && *format != one.format) {
            return Error{Code::kUsage,
                         "--" + std::string{one.option} + " belongs to --as " + std::string{one.format},
                         one.option == "into" ? "write it to a file with > FILE" : ""};
        }
    }
    return *format;
}

Result<present::FunctionalUnit> unit_of(const Arguments& arguments) {
    present::FunctionalUnit unit;
    if (const auto per = arguments.value("per")) {
        const auto count = parse_double(*per);
        if (!count || !std::isfinite(*count) || *count <= 0.0) {
            return Error{Code::kUsage, "--per: '" + *per + "' is no number above 0",
                         "give how many functional units the run made, such as 1000"};
        }
        unit.count = *count;
    }
    if (const auto text = arguments.value("unit")) {
        if (trimmed(*text).empty()) {
            return Error{Code::kUsage, "--unit is empty", "say what one functional unit is, such as epoch"};
        }
        unit.unit = trimmed(*text);
    }
    return unit;
}

Result<std::string> model_card_of(const CommandContext& context, const ReportInput& input) {
    return present::report_model_card(input, context.arguments.value("training-type").value_or(""));
}

/// Nothing is written where the card says it already.
Result<int> put_into(const CommandContext& context, const std::string& path, const std::string& block) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {  // a pipe would hold us for ever
        return Error{Code::kNotFound, "--into: " + path + " is no regular file",
                     "name a model card, such as README.md; to write elsewhere: > " + path};
    }
    GRAMME_TRY(const std::string before,
               read_whole(path, "--into needs a model card that exists; for a new one: > " + path));
    auto after = present::with_front_matter(before, present::kModelCardKey, block);
    if (!after) {
        Error error = after.error();
        error.what = path + ": " + error.what;
        return error;
    }
    if (*after != before) {
        GRAMME_CHECK(host::write_whole(path, *after));
    }
    print(context.terminal.err, "gramme: co2_eq_emissions is in " + path + "\n");
    return static_cast<int>(kExitOk);
}

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

Result<std::string> report_of(const CommandContext& context, const std::string& format,
                              const ReportInput& input, const refdata::Tables& tables) {
    if (format == "model-card") {
        return model_card_of(context, input);
    }
    if (format == "boamps") {
        return present::report_boamps(input, utc_text(context.host.now().wall_ns));
    }
    if (format == "sci") {
        GRAMME_TRY(const present::FunctionalUnit unit, unit_of(context.arguments));
        return present::report_sci(input, unit);
    }
    return format == "latex"      ? present::report_latex(input, tables)
           : format == "markdown" ? present::report_markdown(input, tables)
           : format == "html"     ? present::report_html(input, tables)
           : format == "csv"      ? present::report_csv(input)
                                  : present::report_json(input);
}

}  // namespace

Result<int> report_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, format_of(context.arguments));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(Subject subject, load_subject(context, context.arguments.words.front()));
    Footprint& footprint = subject.result.footprint;
    subject.result.run.command.clear();  // it can hold secrets, and a report is there to be passed on
    leave_folders_out(footprint.factors.intensity.from.chosen);
    leave_folders_out(footprint.factors.pue.from.chosen);
    if (auto& imported = subject.result.run.imported) {
        imported->file.erase(0, imported->file.rfind('/') + 1);
    }
    if (const auto keys = context.arguments.value("equivalences")) {
        const double kg = footprint.operational_kgco2e ? footprint.operational_kgco2e->value : 0.0;
        GRAMME_TRY(footprint.equivalences, estimate::equivalences_named(*keys, kg, tables));
    }
    const ReportInput input{subject.result.run, footprint, subject.ledger ? &*subject.ledger : nullptr,
                            subject.result.estimate ? &*subject.result.estimate : nullptr,
                            std::string{kVersion}};
    GRAMME_TRY(const std::string report, report_of(context, format, input, tables));
    if (const auto path = context.arguments.value("into")) {
        return put_into(context, *path, report);
    }
    print(context.terminal.out, report);
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
