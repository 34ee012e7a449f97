// gramme plan train and gramme plan reuse: what a training will take, before anything runs, and what would
// take less.
#include "calculate/plan_reuse.hpp"
#include "calculate/plan_train.hpp"
#include "cli/command_context.hpp"
#include "config/override_tables.hpp"
#include "present/plan_reuse.hpp"
#include "present/plan_train.hpp"

namespace gramme::cli {

Result<int> plan_train_command(const CommandContext& context) {
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
