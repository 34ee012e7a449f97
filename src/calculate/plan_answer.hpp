// A request for a plan in JSON, and the answer of the program to the same flags. No IO.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "calculate/plan_where.hpp"
#include "config/estimate_request.hpp"
#include "config/run_options.hpp"
#include "model/intensity_series.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// As `gramme plan when --json` and `gramme plan where --json` print it; the forecast and the prices stand in
/// the request. `now_s`: seconds since 1970, the earliest start where the request names none. At most 2,000
/// ways. Errors of the commands.
[[nodiscard]] Result<std::string> when_answer(const config::EstimateRequest& request,
                                              const config::RunOptions& options,
                                              const refdata::Tables& tables, std::int64_t now_s);
[[nodiscard]] Result<std::string> where_answer(const config::EstimateRequest& request,
                                               const config::RunOptions& options,
                                               const refdata::Tables& tables, std::int64_t now_s);

/// What `gramme intensity --json` prints, of which zone, basis, sigma_ln and rows are read: from, until (an
/// hour, where it is left out), gco2e_per_kwh. kUsage with the row; at most 10,000 rows.
[[nodiscard]] Result<IntensitySeries> read_forecast(std::string_view json);
/// [{"device" or "instance", "region", "price_per_hour", "currency"}]. kUsage with the row; at most 10,000
/// rows.
[[nodiscard]] Result<std::vector<Price>> read_price_list(std::string_view json);

}  // namespace gramme::calculate
