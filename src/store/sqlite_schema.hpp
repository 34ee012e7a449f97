// The schema of the SQLite store, and how an older one becomes the present one.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "store/sqlite_db.hpp"

namespace gramme::store {

/// One step: from version `to - 1` to version `to`.
struct Migration {
    std::int64_t to = 0;
    const char* sql = "";
};

/// All steps, in order. A step that was released is never changed.
[[nodiscard]] std::span<const Migration> migrations();

/// Marks a file as gramme's ("gram"), in the database head where file(1) finds it.
constexpr std::int64_t kApplicationId = 0x6772616D;

/// Brings the schema to the version of the last step, in one exclusive transaction; does nothing (and writes
/// nothing) where it is there already. kUnsupported: it is newer. kMalformed: a database of another program.
Result<void> migrate(const Database& database, std::span<const Migration> steps);

}  // namespace gramme::store
