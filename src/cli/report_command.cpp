// gramme report: a result in the form that somebody else asks for.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "calculate/report.hpp"
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

/// An option that only one format knows.
struct OptionOfFormat {
    std::string_view option;
    std::string_view format;
};
constexpr std::array kOptionsOfFormats{OptionOfFormat{"into", "model-card"},
                                       OptionOfFormat{"training-type", "model-card"},
                                       OptionOfFormat{"per", "sci"}, OptionOfFormat{"unit", "sci"}};

Result<std::string> format_of(const Arguments& arguments) {
    const auto formats = calculate::report_formats();
    const std::vector<std::string> known(formats.begin(), formats.end());
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

}  // namespace

Result<int> report_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, format_of(context.arguments));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(Subject subject, load_subject(context, context.arguments.words.front()));
    Footprint& footprint = subject.result.footprint;
    calculate::leave_private_things_out(subject.result.run, footprint);
    if (const auto keys = context.arguments.value("equivalences")) {
        const double kg = footprint.operational_kgco2e ? footprint.operational_kgco2e->value : 0.0;
        GRAMME_TRY(footprint.equivalences, estimate::equivalences_named(*keys, kg, tables));
    }
    const ReportInput input{subject.result.run, footprint, subject.ledger ? &*subject.ledger : nullptr,
                            subject.result.estimate ? &*subject.result.estimate : nullptr,
                            std::string{kVersion}};
    calculate::ReportOptions options;
    options.training_type = context.arguments.value("training-type").value_or("");
    options.now_utc = utc_text(context.host.now().wall_ns);
    GRAMME_TRY(options.unit, unit_of(context.arguments));
    GRAMME_TRY(const std::string report, calculate::report_as(format, input, options, tables));
    if (const auto path = context.arguments.value("into")) {
        return put_into(context, *path, report);
    }
    print(context.terminal.out, report);
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
