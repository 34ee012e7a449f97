// A run's ledger as rows, and back.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "model/ledger.hpp"
#include "store/sqlite_db.hpp"

namespace gramme::store {

/// Inside the caller's transaction.
Result<void> insert_ledger(const Database& database, std::int64_t run, const Ledger& ledger);
/// kMalformed names what a row says that gramme does not know.
[[nodiscard]] Result<Ledger> select_ledger(const Database& database, std::int64_t run);

}  // namespace gramme::store
