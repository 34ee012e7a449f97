// gramme explain: the whole sum of a run in the store, or of a result in a file.
#include "cli/command_context.hpp"
#include "cli/subject.hpp"
#include "config/override_tables.hpp"
#include "present/explain.hpp"

namespace gramme::cli {

Result<int> explain_command(const CommandContext& context) {
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_TRY(const Subject subject, load_subject(context, context.arguments.words.front()));
    const present::ExplainInput input{subject.result.run,
                                      subject.result.footprint,
                                      subject.ledger ? &*subject.ledger : nullptr,
                                      subject.origin,
                                      estimate::kCheckDraws,
                                      subject.result.missing,
                                      subject.result.estimate ? &*subject.result.estimate : nullptr};
    print(context.terminal.out, context.arguments.has("json")
                                    ? present::explain_json(input, tables)
                                    : present::explain_text(input, tables, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
