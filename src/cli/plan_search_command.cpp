// gramme plan search: what a search of hyper-parameters will cost, by grid, at random, by halving.
#include "calculate/plan_search.hpp"
#include "cli/command_context.hpp"
#include "cli/read_lines.hpp"
#include "cli/run_store.hpp"
#include "config/override_tables.hpp"
#include "config/space_file.hpp"
#include "present/plan_search.hpp"

namespace gramme::cli {

Result<int> plan_search_command(const CommandContext& context) {
    const OptionList& options = context.arguments.options;
    const std::string& file = context.arguments.words.front();
    GRAMME_TRY(const std::string text,
               read_whole(file, "give a file with the space; docs/sweep.md describes it"));
    GRAMME_TRY(plan::Space space, parse_space(text, file));
    GRAMME_CHECK(calculate::check_trial_options(options));
    plan::TrialCost trial;
    if (context.arguments.has("pilot")) {
        GRAMME_TRY(const OpenedStore opened, open_run_store(context));
        GRAMME_TRY(trial, calculate::trial_of_run(*opened.store, options));
    } else {
        GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
        GRAMME_TRY(trial, calculate::trial_of_job(options, context.options.factors, tables));
    }
    GRAMME_TRY(const plan::SearchPlan plan,
               calculate::search_plan(options, std::move(space), std::move(trial)));
    print(context.terminal.out, context.arguments.has("json")
                                    ? present::plan_search_json(plan)
                                    : present::plan_search_text(plan, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
