// The filters of lists and sums of runs, from a query. Pure.
#pragma once

#include "base/result.hpp"
#include "serve/message.hpp"
#include "store/store.hpp"

namespace gramme::serve {

/// q, project, tag, from, until, sort, page, limit. kUsage names the key.
[[nodiscard]] Result<store::RunQuery> run_query(const Request& request);

/// Schema gramme/run-page/1 and gramme/totals/1.
[[nodiscard]] std::string run_page_json(const store::RunPage& page, const store::RunQuery& query);
[[nodiscard]] std::string totals_json(const store::RunTotals& totals);

}  // namespace gramme::serve
