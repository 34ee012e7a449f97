// What happens with a measured run: footprint, store, emissions.csv, JSON file, summary. Trouble here is
// told, never thrown at the command: its exit status is its own.
#pragma once

#include <string>

#include "base/host.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "estimate/estimate.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"
#include "store/journal.hpp"

namespace gramme::cli {

struct OutputWorld {
    const Host& host;
    const refdata::Tables& tables;
    const RunOptions& options;
    const Factors& factors;
    const std::string&
        data_dir;  ///< empty: nothing could be written there; only a store that `options` names is tried
};

/// Writes everything that the options ask for and prints the summary (with --quiet its warnings only). `run`
/// gets warnings added. The journal is removed once the run is in the store (or when none is wanted); else it
/// stays for a later gramme to move in. Returns what the run used.
Footprint write_outputs(const OutputWorld& world, const Terminal& terminal, RunRecord& run,
                        store::Journal& journal);

/// "sqlite:<data dir>/runs.db" unless the options name another.
[[nodiscard]] std::string store_url(const RunOptions& options, const std::string& data_dir);
/// The same with an absolute path, or "none": what a run remembers, for a gramme that finds it from another
/// folder.
[[nodiscard]] std::string absolute_store_url(const RunOptions& options, const std::string& data_dir);
/// Where live runs keep their journals.
[[nodiscard]] std::string journal_dir(const std::string& data_dir);

/// Writes `text` to `path` by way of a temporary file beside it: the file is there whole or not at all, and
/// keeps its mode. kIo,
/// kPermission.
[[nodiscard]] Result<void> write_whole(const std::string& path, const std::string& text);

}  // namespace gramme::cli
