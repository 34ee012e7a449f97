// gramme plan where: place, hardware and count together.
#include "calculate/plan_where.hpp"

#include "cli/command_context.hpp"
#include "cli/read_lines.hpp"
#include "config/override_tables.hpp"

namespace gramme::cli {
namespace {

constexpr std::size_t kRowsOfATable = 40;

Result<std::vector<std::string>> names(const CommandContext& context, std::string_view option) {
    const auto typed = context.arguments.value(option);
    return typed ? names_of(option, *typed) : std::vector<std::string>{};
}

/// As of `gramme compare`: kExitBadData where something that was typed has no row.
ExitCode status_of(const CommandContext& context, const plan::Where& plan) {
    constexpr std::size_t kMostNamed = 10;
    std::string names;
    std::size_t count = 0;
    for (const plan::LeftOut& one : plan.left_out) {
        if (one.typed && ++count <= kMostNamed) {
            names += (names.empty() ? "" : ", ") + one.label;
        }
    }
    if (count == 0) {
        return kExitOk;
    }
    print_warning(context.terminal,
                  "not all that was asked for is compared: " + names + (count > kMostNamed ? ", ..." : ""));
    return kExitBadData;
}

}  // namespace

Result<int> plan_where_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json"}));
    GRAMME_TRY(calculate::WhereRequest request,
               calculate::where_request(context.arguments.options, context.options.factors));
    GRAMME_TRY(request.regions, names(context, "regions"));
    GRAMME_TRY(request.devices, names(context, "devices"));
    GRAMME_TRY(request.instances, names(context, "instances"));
    if (const auto file = context.arguments.value("prices")) {
        GRAMME_TRY(const std::string text, read_whole(*file, "give a CSV file of prices"));
        GRAMME_TRY(request.prices, calculate::read_prices(text, *file));
    }
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(plan::Where plan, calculate::planned_where(request, tables));
    const present::WhereView view{request.job, std::move(plan),
                                  context.arguments.has("all-rows") ? 0 : kRowsOfATable};
    print(context.terminal.out, format == "json" ? present::where_json(view)
                                                 : present::where_text(view, context.terminal.out_style));
    return static_cast<int>(status_of(context, view.plan));
}

}  // namespace gramme::cli
