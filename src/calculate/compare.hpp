// The same job in several places, with several devices, instances, energy sources, or years: from the words
// of a command or a request to the rows. No IO.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/job_request.hpp"
#include "estimate/compare.hpp"
#include "present/compare.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

struct CompareRequest {
    std::string_view along;  ///< the list option: "regions"
    estimate::Axis axis = estimate::Axis::kRegion;
    JobRequest job;  ///< what all rows have in common
};

struct Compared {
    estimate::Comparison comparison;
    std::string job;                     ///< in words
    std::optional<std::string> current;  ///< label of the row where the job is now
    std::set<std::string> typed;         ///< labels that were named themselves, not by a whole table
};

/// kUsage: no list option, several of them, or others that no row would use.
[[nodiscard]] Result<CompareRequest> compare_request(const config::OptionList& options,
                                                     const FactorRequest& factors);
/// `names`: what the list option holds, or the one word for a whole table. kUsage.
[[nodiscard]] Result<Compared> compared(const CompareRequest& request, const std::vector<std::string>& names,
                                        const refdata::Tables& tables);
/// For present; `most` as in CompareView.
[[nodiscard]] present::CompareView view_of(const Compared& compared, std::size_t most);

}  // namespace gramme::calculate
