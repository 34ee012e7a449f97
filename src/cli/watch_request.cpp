#include "cli/watch_request.hpp"

#include <cmath>

#include "base/parse.hpp"

namespace gramme::cli {
namespace {

Error usage(const std::string& option, const Error& error) {
    return {Code::kUsage, option + ": " + error.what, error.hint};
}

Result<double> steps_of(const std::string& text) {
    const auto steps = parse_double(text);
    if (!steps || !std::isfinite(*steps) || !(*steps > 0.0)) {
        return Error{Code::kUsage, "--steps-total: '" + text + "' is no number above 0",
                     "give the steps of the whole run: --steps-total 20000"};
    }
    return *steps;
}

}  // namespace

Result<WatchRequest> watch_request(const Arguments& arguments) {
    WatchRequest out;
    for (const auto& [name, text] : arguments.options) {
        if (name == "budget") {
            const auto limit = plan::parse_limit(text);
            if (!limit) {
                return usage("--budget", limit.error());
            }
            out.budgets.push_back(*limit);
        }
    }
    for (const char* name : {"budget-on", "on-budget", "grace"}) {
        if (out.budgets.empty() && arguments.has(name)) {
            return Error{Code::kUsage, std::string{"--"} + name + " does nothing without a budget",
                         "add one: --budget 500g, --budget 2kWh or --budget 3h"};
        }
    }
    if (const auto on = arguments.value("budget-on")) {
        if (*on != "spent" && *on != "forecast") {
            return Error{Code::kUsage, "--budget-on: '" + *on + "' is neither spent nor forecast", ""};
        }
        out.on = *on == "spent" ? plan::BudgetOn::kSpent : plan::BudgetOn::kForecast;
    }
    if (const auto typed = arguments.value("on-budget")) {
        auto action = plan::parse_on_budget(*typed);
        if (!action) {
            return usage("--on-budget", action.error());
        }
        out.action = *std::move(action);
        out.action_typed = *typed;
    }
    if (const auto typed = arguments.value("grace")) {
        const auto grace = plan::parse_limit(*typed);
        if (!grace || grace->of != plan::Resource::kTime) {
            return Error{Code::kUsage, "--grace: '" + *typed + "' is no time", "write it as 30s or 5min"};
        }
        out.grace_s = grace->amount;
    }
    if (const auto typed = arguments.value("steps-total")) {
        GRAMME_TRY(out.steps_total, steps_of(*typed));
    }
    if (const auto typed = arguments.value("progress-regex")) {
        GRAMME_TRY(out.pattern, ProgressPattern::compile(*typed, out.steps_total.has_value()));
    }
    return out;
}

}  // namespace gramme::cli
