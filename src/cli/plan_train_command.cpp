// gramme plan train and gramme plan reuse: what a training will take, before anything runs, and what would
// take less.
#include <algorithm>
#include <string>

#include "calculate/plan_reuse.hpp"
#include "calculate/plan_train.hpp"
#include "cli/command_context.hpp"
#include "cli/plan_pilot.hpp"
#include "cli/plan_pilot_options.hpp"
#include "config/override_tables.hpp"
#include "present/plan_reuse.hpp"
#include "present/plan_train.hpp"

namespace gramme::cli {
namespace {

/// A pilot tells what a step takes by itself: size, hardware and speed say the same once more, or something
/// else.
Result<void> check_pilot_options(const Arguments& arguments) {
    if (!arguments.has("pilot")) {
        return !arguments.has("steps-total") ? Result<void>{}
                                             : Error{Code::kUsage, "--steps-total goes with --pilot",
                                                     "add --pilot RUN, or give --tokens"};
    }
    for (const auto& [name, value] : arguments.options) {
        const auto is_it = [&typed = name](const OptionSpec& option) { return option.name == typed; };
        if (std::none_of(kPlanPilotOptions.begin(), kPlanPilotOptions.end(), is_it)) {
            return Error{Code::kUsage,
                         "--" + std::string{name} + " does not go with --pilot, which was measured",
                         "leave one of them out"};
        }
    }
    return {};
}

}  // namespace

Result<int> plan_train_command(const CommandContext& context) {
    GRAMME_CHECK(check_pilot_options(context.arguments));
    if (context.arguments.has("pilot")) {
        return plan_pilot_command(context);
    }
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(const calculate::PlannedTraining done,
               calculate::plan_train(context.arguments.options, context.options.factors, tables));
    print(context.terminal.out,
          format == "json"  ? present::plan_train_json(done.asked, done.plan)
          : format == "csv" ? present::plan_train_csv(done.plan)
                            : present::plan_train_text(done.asked, done.plan, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

Result<int> plan_reuse_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json"}));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(const calculate::PlannedReuse done,
               calculate::plan_reuse(context.arguments.options, context.options.factors, tables));
    print(context.terminal.out,
          format == "json" ? present::plan_reuse_json(done.asked, done.plan)
                           : present::plan_reuse_text(done.asked, done.plan, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
