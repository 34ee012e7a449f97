// Pages and sums of the list of runs, as SQL over the narrow table of summaries.
#pragma once

#include "base/result.hpp"
#include "store/sqlite_db.hpp"
#include "store/store.hpp"

namespace gramme::store {

/// Binds what lists show of a footprint to four parameters: kWh, kg, low, high; unknown is NULL.
void bind_figures(Statement& statement, int first, const Footprint& footprint);

/// The narrow row of a run; inside the caller's transaction.
Result<void> insert_summary(const Database& database, std::int64_t key, const RunRecord& run, bool has_gaps,
                            const Footprint& footprint);
Result<void> update_summary(const Database& database, std::int64_t key, const Footprint& newest);

[[nodiscard]] Result<RunPage> select_page(const Database& database, const RunQuery& query);
/// All but the newest footprint of a run, newest first.
[[nodiscard]] Result<std::vector<EarlierFootprint>> select_earlier(const Database& database,
                                                                   std::int64_t key);
[[nodiscard]] Result<RunTotals> select_totals(const Database& database, const RunQuery& query);

}  // namespace gramme::store
