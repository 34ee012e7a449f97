// What happens with a measured run: footprint, store, emissions.csv, JSON file. Trouble here is a warning of
// the run, never a failure of what was measured.
#pragma once

#include <string>
#include <vector>

#include "base/csv.hpp"
#include "base/host.hpp"
#include "config/run_options.hpp"
#include "estimate/estimate.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "present/present.hpp"
#include "refdata/tables.hpp"
#include "store/journal.hpp"
#include "store/patience.hpp"

namespace gramme::track {

struct OutputWorld {
    const Host& host;
    const refdata::Tables& tables;
    const config::RunOptions& options;
    const Factors& factors;
    const std::string&
        data_dir;  ///< empty: nothing could be written there; only a store that `options` names is tried
};

struct Delivered {
    Footprint footprint;
    present::Outputs outputs;       ///< where things are now
    std::vector<Marker> markers;    ///< of the ledger
    std::vector<std::string> news;  ///< what happened to runs of others meanwhile
};

/// Writes everything that the options ask for. `run` gets warnings added. The journal is removed once the run
/// is in the store (or when none is wanted); else it stays for a later gramme to move in.
[[nodiscard]] Delivered deliver(const OutputWorld& world, RunRecord& run, store::Journal& journal,
                                const store::Patience& patience);

/// The row of emissions.csv, at the local time of the run's end.
[[nodiscard]] CsvRow csv_row_of(const RunRecord& run, const Footprint& footprint);

/// "sqlite:<data dir>/runs.db" unless the options name another.
[[nodiscard]] std::string store_url(const config::RunOptions& options, const std::string& data_dir);
/// The same with an absolute path, or "none": what a run remembers, for a gramme that finds it from another
/// folder.
[[nodiscard]] std::string absolute_store_url(const config::RunOptions& options, const std::string& data_dir);
/// Where live runs keep their journals.
[[nodiscard]] std::string journal_dir(const std::string& data_dir);

}  // namespace gramme::track
