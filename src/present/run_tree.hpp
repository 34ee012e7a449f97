// `gramme runs tree`: runs of one model added up, for a person and for a program. Pure.
#pragma once

#include <string>

#include "plan/family.hpp"
#include "present/present.hpp"

namespace gramme::present {

[[nodiscard]] std::string run_tree_text(const plan::Forest& forest, const TextStyle& style);
/// Schema gramme/runs-tree/1 (docs/schema/runs-tree.md).
[[nodiscard]] std::string run_tree_json(const plan::Forest& forest);

}  // namespace gramme::present
