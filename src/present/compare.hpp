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

/// What it saves to do the job as in the best row.
struct Saving {
    std::string from;  ///< label of the row that the person has now, else of the worst
    std::string to;
    double kgco2e = 0.0;
    double percent = 0.0;  ///< of the carbon of `from`
};
/// Absent where nothing is saved, and between years: nobody moves to another.
[[nodiscard]] std::optional<Saving> saving_of(const CompareView& view);

/// Best and worst, how much of the ratio is grid and how much PUE, the saving; then the table with intervals
/// and bars.
[[nodiscard]] std::string compare_text(const CompareView& view, const TextStyle& style);
/// Schema gramme/compare/1.
[[nodiscard]] std::string compare_json(const CompareView& view);
/// One line for each row, columns as the keys of the JSON.
[[nodiscard]] std::string compare_csv(const CompareView& view);

}  // namespace gramme::present
