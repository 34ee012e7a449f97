// Where, with what and with how many to do a job: from the words of a command or a request to the answer. No
// IO. Method: docs/method/plan-where.md.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "present/plan_where.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

/// What an hour of one device or machine costs.
struct Price {
    std::string hardware;  ///< as typed
    bool is_instance = false;
    std::string region;  ///< empty: everywhere
    double per_hour = 0.0;
    std::string currency;
    std::string origin;  ///< "prices.csv: line 3", for messages
};

struct WhereRequest {
    JobRequest job;
    std::vector<std::string> regions;  ///< names and words for whole tables; empty: where the job is
    std::vector<std::string> devices;
    std::vector<std::string> instances;  ///< with both empty: what the job has
    std::vector<double> counts;          ///< empty: as many as the job has
    std::optional<double> kept;          ///< of the throughput at each doubling of the count
    std::vector<std::pair<std::string, double>>
        speeds;  ///< throughput of one, that of the job's hardware being 1
    std::vector<Price> prices;
    std::size_t most_ways = 20'000;
};

/// Options of the job, and counts, efficiency, speed. Places, hardware and prices, which may be files, are
/// for the caller to fill in. kUsage.
[[nodiscard]] Result<WhereRequest> where_request(const config::OptionList& options,
                                                 const FactorRequest& factors);

/// A table with the columns device or instance (or both), region, price_per_hour, currency. `file` for
/// messages. kMalformed with the line.
[[nodiscard]] Result<std::vector<Price>> read_prices(std::string_view text, const std::string& file);

/// kUsage: nothing varies, too many ways, or none that can be worked out (the hint is the first reason);
/// prices in two currencies, or of hardware or places that are none: kMalformed.
[[nodiscard]] Result<plan::Where> planned_where(const WhereRequest& request, const refdata::Tables& tables);

}  // namespace gramme::calculate
