// A small text file as its lines.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace gramme::cli {

/// Lines without blanks at their ends; empty ones and those that begin with # are left out. At most 1 MiB.
/// kNotFound, kPermission, kOutOfRange.
[[nodiscard]] Result<std::vector<std::string>> read_lines(const std::string& path);

}  // namespace gramme::cli
