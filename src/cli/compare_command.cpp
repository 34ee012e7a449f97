// gramme compare: the same job in several places, with several devices, instances, energy sources, or years.
#include <set>
#include <string>
#include <vector>

#include "calculate/compare.hpp"
#include "cli/command_context.hpp"
#include "cli/read_lines.hpp"
#include "config/override_tables.hpp"

namespace gramme::cli {
namespace {

using estimate::Axis;

constexpr std::size_t kRowsOfATable = 40;

/// kExitBadData where a name that was typed has no row: the table is there, and a script can tell.
ExitCode status_of(const CommandContext& context, const present::CompareView& view,
                   const std::set<std::string>& typed) {
    std::string left_out;
    for (const estimate::Unranked& one : view.comparison.unranked) {
        if (typed.contains(one.label) && (!view.current || one.label != *view.current)) {
            left_out += (left_out.empty() ? "" : ", ") + one.label;
        }
    }
    if (left_out.empty() || view.comparison.axis == Axis::kYear) {
        return kExitOk;
    }
    print_warning(context.terminal, "not all that was asked for is compared: " + left_out);
    return kExitBadData;
}

}  // namespace

Result<int> compare_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const calculate::CompareRequest request,
               calculate::compare_request(context.arguments.options, context.options.factors));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(const std::vector<std::string> names,
               names_of(request.along, *context.arguments.value(request.along)));
    GRAMME_TRY(const calculate::Compared compared, calculate::compared(request, names, tables));
    const present::CompareView view =
        calculate::view_of(compared, context.arguments.has("all-rows") ? 0 : kRowsOfATable);
    print(context.terminal.out, format == "json"  ? present::compare_json(view)
                                : format == "csv" ? present::compare_csv(view)
                                                  : present::compare_text(view, context.terminal.out_style));
    return static_cast<int>(status_of(context, view, compared.typed));
}

}  // namespace gramme::cli
