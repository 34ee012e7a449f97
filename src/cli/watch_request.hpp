// What `gramme run` is to watch while the command runs: how far it is, and its budgets. From the command line
// only: a working folder's gramme.toml must not stop anybody's run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/progress_pattern.hpp"
#include "plan/budget.hpp"

namespace gramme::cli {

struct WatchRequest {
    std::vector<plan::Limit> budgets;
    plan::BudgetOn on = plan::BudgetOn::kSpent;
    plan::OnBudget action;
    std::string action_typed = "warn";
    double grace_s = 30.0;
    std::optional<ProgressPattern> pattern;
    std::optional<double> steps_total;
};

/// kUsage: a word that makes no sense, or an option that does nothing without another.
[[nodiscard]] Result<WatchRequest> watch_request(const Arguments& arguments);

}  // namespace gramme::cli
