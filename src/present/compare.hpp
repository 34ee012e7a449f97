// A person's and a program's view of a comparison. Pure.
#pragma once

#include <optional>
#include <string>

#include "estimate/compare.hpp"
#include "present/present.hpp"

namespace gramme::present {

struct CompareView {
    const estimate::Comparison& comparison;
    std::string job;                     ///< job_text() of what all rows have in common
    std::optional<std::string> current;  ///< label of the row that the person has now
    std::size_t most = 0;                ///< at most so many rows in the text, best and worst ones; 0: all
};

/// Best and worst, how much of the ratio is grid and how much PUE, the saving; then the table with intervals
/// and bars.
[[nodiscard]] std::string compare_text(const CompareView& view, const TextStyle& style);
/// Schema gramme/compare/1.
[[nodiscard]] std::string compare_json(const CompareView& view);
/// One line for each row, columns as the keys of the JSON.
[[nodiscard]] std::string compare_csv(const CompareView& view);

}  // namespace gramme::present
