// An Error from errno, with the words that a person knows.
#pragma once

#include <string>

#include "base/result.hpp"

namespace gramme::host {

/// "cannot open /sys/x: permission denied" with the matching Code. Thread-safe (no strerror).
[[nodiscard]] Error errno_error(const std::string& what, int error_number);

}  // namespace gramme::host
