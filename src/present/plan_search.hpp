// `gramme plan search`, for a person and for a program. Pure.
#pragma once

#include <string>

#include "plan/search_cost.hpp"
#include "present/present.hpp"

namespace gramme::present {

[[nodiscard]] std::string plan_search_text(const plan::SearchPlan& plan, const TextStyle& style);
/// Schema gramme/plan-search/1 (docs/schema/plan-search.md).
[[nodiscard]] std::string plan_search_json(const plan::SearchPlan& plan);

}  // namespace gramme::present
