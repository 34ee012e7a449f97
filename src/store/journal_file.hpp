// A journal's file, read whole.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "store/journal_format.hpp"

namespace gramme::store {

/// Reads and parses the open file. Its writer may be at work (`alive`): then what looks damaged is read
/// again, because it may only have been half written at that instant.
[[nodiscard]] Result<ParsedJournal> parse_file(int fd, const std::string& path, bool alive);
/// The same for the writer itself, which is not at work meanwhile: the first `size` bytes are looked at where
/// they are, without a copy (a run of a second is mostly this file's empty pages).
[[nodiscard]] Result<ParsedJournal> parse_own_file(int fd, const std::string& path, std::uint64_t size);

}  // namespace gramme::store
