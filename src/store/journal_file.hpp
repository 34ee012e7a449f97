// A journal's file, read whole.
#pragma once

#include <string>

#include "base/result.hpp"
#include "store/journal_format.hpp"

namespace gramme::store {

/// Reads and parses the open file. Its writer may be at work (`alive`): then what looks damaged is read
/// again, because it may only have been half written at that instant.
[[nodiscard]] Result<ParsedJournal> parse_file(int fd, const std::string& path, bool alive);

}  // namespace gramme::store
