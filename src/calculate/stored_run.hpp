// A run of the store as its readers want it: its result with what the ledger and the record know better.
#pragma once

#include "base/result.hpp"
#include "calculate/stored_footprint.hpp"
#include "present/json.hpp"
#include "store/store.hpp"

namespace gramme::calculate {

/// The newest result as it was stored, with the run's name of today and its markers; the command line only on
/// request. kMalformed where there is none that can be read.
[[nodiscard]] Result<present::Json> result_json(const store::StoredRun& stored, bool with_argv);

/// The same, read back, with the whole record of the run. Where an older gramme left the groups out of it,
/// the ledger has them. kMalformed.
[[nodiscard]] Result<ReadResult> read_stored(const store::StoredRun& stored);

}  // namespace gramme::calculate
