// A file that is there whole or not at all.
#pragma once

#include <string>

#include "base/result.hpp"

namespace gramme::host {

/// Writes `text` to `path` by way of a temporary file beside it: the file is there whole or not at all, and
/// keeps its mode. A stream (/dev/stdout, a pipe) is written to as it is. kIo, kPermission.
[[nodiscard]] Result<void> write_whole(const std::string& path, const std::string& text);

}  // namespace gramme::host
