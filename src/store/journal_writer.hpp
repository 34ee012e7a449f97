// The journal's making, with what tests need to change about it.
#pragma once

#include <memory>
#include <string>

#include "store/journal.hpp"
#include "store/mapped_region.hpp"

namespace gramme::store {

struct JournalOptions {
    bool may_map = true;  ///< false: as on a file system that cannot map
    MappedRegion::Probe probe;
};

/// Journal::create with options.
[[nodiscard]] Result<std::unique_ptr<Journal>> create_journal(const std::string& dir, const RunRecord& run,
                                                              std::int64_t start_boot_ns,
                                                              const JournalOptions& options);

}  // namespace gramme::store
