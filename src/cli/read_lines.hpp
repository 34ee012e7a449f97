// A file that a person names: its lines, or all of it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gramme::cli {

/// Lines without blanks at their ends; empty ones and those that begin with # are left out. At most 1 MiB.
/// kNotFound, kPermission, kOutOfRange.
[[nodiscard]] Result<std::vector<std::string>> read_lines(const std::string& path);

/// All bytes of a file or a pipe, whose end is waited for. kNotFound, kPermission; kOutOfRange with `hint`
/// where there are more than `most`.
[[nodiscard]] Result<std::string> read_whole(const std::string& path, std::size_t most, std::string hint);

}  // namespace gramme::cli
