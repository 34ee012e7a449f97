// Runs whose gramme was killed: their journals move into the store.
#pragma once

#include <string>
#include <vector>

#include "base/host.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"
#include "store/store.hpp"

namespace gramme::sample {

/// Moves every journal in `journal_dir` that no process writes any more into the store that its run was to be
/// kept in
/// (`store`, if that is the one or none was said), as interrupted, or finished where only the last step was
/// missing. A run that was to be kept nowhere is dropped. A journal that cannot be read is renamed to
/// NAME.damaged and kept. Returns what a person should know. Safe when several processes do it at once.
[[nodiscard]] std::vector<std::string> recover_journals(const Host& host, const refdata::Tables& tables,
                                                        const std::string& journal_dir, store::Store& store);

/// Runs that are being measured now, by start.
[[nodiscard]] std::vector<RunRecord> list_live_runs(const std::string& journal_dir);

}  // namespace gramme::sample
