// A person's and a program's view of ways to come by a model. Pure.
#pragma once

#include <string>

#include "plan/reuse.hpp"
#include "present/present.hpp"

namespace gramme::present {

/// What takes least, the ways side by side, from how many uses on they pay against a hosted model, and every
/// default with its source.
[[nodiscard]] std::string plan_reuse_text(const plan::ReuseRequest& asked, const plan::ReusePlan& plan,
                                          const TextStyle& style);
/// Schema gramme/plan-reuse/1.
[[nodiscard]] std::string plan_reuse_json(const plan::ReuseRequest& asked, const plan::ReusePlan& plan);

}  // namespace gramme::present
