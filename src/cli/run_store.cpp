#include "cli/run_store.hpp"

#include "config/override_tables.hpp"
#include "sample/recover.hpp"
#include "track/outputs.hpp"

namespace gramme::cli {

Result<OpenedStore> open_run_store(const CommandContext& context) {
    if (context.options.store == "none") {
        return Error{Code::kUsage, "the store is none: no run is kept",
                     "give --store sqlite:FILE, or unset GRAMME_STORE"};
    }
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const Host& host = context.host;
    GRAMME_TRY(const store::DataDir data,
               store::open_data_dir(host.env("XDG_DATA_HOME"), host.env("HOME"), host.env("TMPDIR")));
    if (!data.warning.empty() && context.options.store.empty()) {
        print_warning(context.terminal, data.warning);
    }
    OpenedStore out;
    GRAMME_TRY(out.store, store::Store::open(track::store_url(context.options, data.path)));
    out.journal_dir = track::journal_dir(data.path);
    const sample::Recovery recovery = sample::recover_journals(host, tables, out.journal_dir, *out.store);
    for (const auto* texts : {&recovery.news, &recovery.waiting}) {
        for (const std::string& text : *texts) {
            print_warning(context.terminal, text);
        }
    }
    return out;
}

Result<std::vector<std::string>> ids_asked(const CommandContext& context, std::string_view command,
                                           store::Store& store) {
    const bool all = context.arguments.has("all");
    if (all == !context.arguments.words.empty()) {
        return Error{Code::kUsage, all ? "ids and --all exclude each other" : "no run named",
                     "usage: gramme runs " + std::string{command} + " (ID... | --all)"};
    }
    if (!all) {
        return context.arguments.words;
    }
    GRAMME_TRY(const auto runs, store.list({}));
    std::vector<std::string> ids;
    ids.reserve(runs.size());
    for (const store::RunSummary& one : runs) {
        ids.push_back(one.run.id);
    }
    return ids;
}

}  // namespace gramme::cli
