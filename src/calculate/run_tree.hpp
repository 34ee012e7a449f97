// `gramme runs tree` and /api/v1/runs/{id}/tree: from the store to the families of runs.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "plan/family.hpp"
#include "store/store.hpp"

namespace gramme::calculate {

/// Every family of the store; with `typed` (an id of a run, or of what runs come from, or the beginning of
/// one) that one's only. A run without relatives is a family of its own. Errors of Store::show().
[[nodiscard]] Result<plan::Forest> run_tree(store::Store& store, std::string_view typed = {});

/// The whole id that `typed` means, among runs and what runs come from. Errors of Store::show().
[[nodiscard]] Result<std::string> related_id(store::Store& store, std::string_view typed);

}  // namespace gramme::calculate
