// What runs come from, in the tables of the store. Internal to the store.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite_db.hpp"
#include "store/store.hpp"

namespace gramme::store {

/// Store::related().
[[nodiscard]] Result<std::vector<RunSummary>> select_related(const Database& database);
/// Store::descendants().
[[nodiscard]] Result<std::size_t> count_descendants(const Database& database, std::string_view id);
/// `run`, without its lineage (and with a warning) where that leads back to the run itself.
[[nodiscard]] Result<RunRecord> without_circle(const Database& database, const RunRecord& run);

}  // namespace gramme::store
