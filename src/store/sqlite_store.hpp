// The store in one SQLite file.
#pragma once

#include <memory>
#include <string>

#include "store/sqlite_db.hpp"
#include "store/store.hpp"

namespace gramme::store {

/// True for file systems on which SQLite's write-ahead log does not work, because its shared memory is shared
/// on one machine only. Source: https://sqlite.org/wal.html, section 1; numbers: statfs(2), linux/magic.h.
[[nodiscard]] bool is_network_file_system(std::uint32_t magic);

/// Store::open for a path.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(const std::string& path,
                                                         const Patience& patience = {});

}  // namespace gramme::store
