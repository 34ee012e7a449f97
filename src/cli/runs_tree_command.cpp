// gramme runs tree: what the runs of one model took together.
#include "calculate/run_tree.hpp"
#include "cli/command_context.hpp"
#include "cli/run_store.hpp"
#include "present/run_tree.hpp"

namespace gramme::cli {

Result<int> runs_tree_command(const CommandContext& context) {
    GRAMME_TRY(const OpenedStore opened, open_run_store(context));
    const std::vector<std::string>& words = context.arguments.words;
    GRAMME_TRY(const plan::Forest forest,
               calculate::run_tree(*opened.store, words.empty() ? "" : words.front()));
    if (context.arguments.has("json")) {
        print(context.terminal.out, present::run_tree_json(forest));
    } else if (forest.families.empty()) {
        print(
            context.terminal.err,
            "gramme: no run comes from another; `gramme run --resume-of`, `--fine-tune-of`, `--trial-of` and "
            "`gramme sweep` say so\n");
    } else {
        print(context.terminal.out, present::run_tree_text(forest, context.terminal.out_style));
    }
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
