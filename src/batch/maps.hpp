// The tables that gramme batch knows without being told: Slurm's accounting and the usage exports of three
// clouds, and the form that these agreed on.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "batch/columns.hpp"

namespace gramme::batch {

/// "slurm", "aws", "azure", "gcp", "focus"
[[nodiscard]] std::span<const std::string_view> ready_maps();
[[nodiscard]] std::optional<ColumnMap> ready_map(std::string_view name);

}  // namespace gramme::batch
