// The reference tables with a person's own rows (--data DIR, GRAMME_DATA): reads the files, refdata checks
// them.
#pragma once

#include <string>

#include "base/result.hpp"
#include "refdata/tables.hpp"

namespace gramme::config {

/// The compiled tables; with `dir` not empty, the rows of DIR/*.csv added to them or in place of theirs.
/// kNotFound (no such folder, no CSV file in it), kIo, kPermission, kMalformed.
[[nodiscard]] Result<refdata::Tables> tables_with_overrides(const std::string& dir);

}  // namespace gramme::config
