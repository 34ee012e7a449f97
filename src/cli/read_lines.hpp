// A file that a person names: its lines, or all of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme::cli {

/// Lines without blanks at their ends; empty ones and those that begin with # are left out. At most 1 MiB.
/// kNotFound, kPermission, kOutOfRange.
[[nodiscard]] Result<std::vector<std::string>> read_lines(const std::string& path);

/// The bytes of a file, or of a pipe to its end, of at most 64 MiB. kNotFound with `hint`, kPermission, kIo,
/// kOutOfRange with `hint`.
[[nodiscard]] Result<std::string> read_whole(const std::string& path, const std::string& hint);

/// What an option lists: the lines of a file where the text holds a slash or ends with .txt or .csv, else
/// names with commas between them. As read_lines(); kNotFound also for what is no file.
[[nodiscard]] Result<std::vector<std::string>> names_of(std::string_view option, const std::string& text);

}  // namespace gramme::cli
