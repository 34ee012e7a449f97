// The rows that a list option of `gramme compare` asks for.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "estimate/compare.hpp"
#include "refdata/tables.hpp"

namespace gramme::cli {

struct CompareLabels {
    std::vector<std::string> labels;  ///< in the order typed, each thing once
    bool whole_table = false;         ///< all, countries, a provider: nobody typed the single names
};

/// `text`: a word for a whole table, names with commas between them, or a file with one name per line; years
/// also as ranges. kUsage: a year that is none; kNotFound: a file that is not there, or no file.
[[nodiscard]] Result<CompareLabels> compare_labels(const refdata::Tables& tables, estimate::Axis axis,
                                                   std::string_view option, const std::string& text);

/// What two names of one place have in common: "aws:eu-west-3", "FRA"; the name, folded, where there is no
/// such place.
[[nodiscard]] std::string key_of_place(const refdata::Tables& tables, const std::string& name);

}  // namespace gramme::cli
