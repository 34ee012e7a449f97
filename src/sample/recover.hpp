// Runs whose gramme was killed: their journals move into the store.
#pragma once

#include <string>
#include <vector>

#include "base/host.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"
#include "store/patience.hpp"
#include "store/store.hpp"

namespace gramme::sample {

struct Recovery {
    std::vector<std::string> news;     ///< what was done
    std::vector<std::string> waiting;  ///< each run that stays in its journal: why, and the way out
};

/// Moves every journal in `journal_dir` that no process writes any more into the store that its run was to be
/// kept in
/// (`store`, if that is the one or none was said), as interrupted, or finished where only the last step was
/// missing. A run that was to be kept nowhere is dropped. A journal that cannot be read is renamed to
/// NAME.damaged and kept. Sockets and cgroups of killed grammes are removed where nobody is left in them.
/// Safe when several processes do it at once. `patience` is for stores other than `store`.
[[nodiscard]] Recovery recover_journals(const Host& host, const refdata::Tables& tables,
                                        const std::string& journal_dir, store::Store& store,
                                        const store::Patience& patience = {});

/// The journals in `journal_dir` that wait for a gramme to move them in, each in a sentence; opens no store.
[[nodiscard]] std::vector<std::string> list_waiting_runs(const std::string& journal_dir);

/// Runs that are being measured now, by start.
[[nodiscard]] std::vector<RunRecord> list_live_runs(const std::string& journal_dir);

}  // namespace gramme::sample
