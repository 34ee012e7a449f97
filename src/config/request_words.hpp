// Notes of rows in the words of a request, "--power-w" as the key power_w. Pure. docs/schema/request.md.
#pragma once

#include <string>

namespace gramme::config {

/// `text` with each option that a request has as its key. What stands in backticks is a command to type and
/// stays, and so do options that only the program has.
[[nodiscard]] std::string in_request_words(std::string text);

}  // namespace gramme::config
