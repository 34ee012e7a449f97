// A person's and a program's view of where and with what to do a job. Pure. Schema:
// docs/schema/plan-where.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/where.hpp"
#include "present/present.hpp"

namespace gramme::present {

struct WhereView {
    JobRequest job;  ///< as it is now
    plan::Where plan;
    std::size_t most = 0;  ///< at most so many rows in the text, those of the front first; 0: all
};

/// The way with the least carbon, the fastest and the cheapest, and how many ways nothing beats; then the
/// table.
[[nodiscard]] std::string where_text(const WhereView& view, const TextStyle& style);
/// Schema gramme/plan-where/1.
[[nodiscard]] std::string where_json(const WhereView& view);

/// In what `better`, which is no worse in anything, is better than `way`: "carbon", "hours", "money".
[[nodiscard]] std::vector<std::string_view> better_in(const plan::Way& better, const plan::Way& way);

}  // namespace gramme::present
