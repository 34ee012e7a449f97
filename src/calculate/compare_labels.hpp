// The rows that a list option of `gramme compare` asks for.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "estimate/compare.hpp"
#include "refdata/tables.hpp"

namespace gramme::calculate {

struct CompareLabels {
    std::vector<std::string> labels;  ///< in the order typed, each thing once
    std::set<std::string> typed;      ///< those of them that were named themselves, not by a whole table
};

/// `names`: words for whole tables (all, countries, a provider) and names, mixed as one likes; years also as
/// ranges. kUsage: a year that is none.
[[nodiscard]] Result<CompareLabels> compare_labels(const refdata::Tables& tables, estimate::Axis axis,
                                                   const std::vector<std::string>& names);

/// What two names of one place have in common: "aws:eu-west-3", "FRA"; the name, folded, where there is no
/// such place.
[[nodiscard]] std::string key_of_place(const refdata::Tables& tables, const std::string& name);

}  // namespace gramme::calculate
