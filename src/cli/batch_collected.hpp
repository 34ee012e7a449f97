// The sums of all blocks of a table, in their order. No IO.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/batch_block.hpp"
#include "present/batch.hpp"

namespace gramme::cli {

/// Groups of --group-by, and the bytes of all their names.
inline constexpr std::size_t kMostGroups = 100'000;
inline constexpr std::size_t kMostGroupBytes = std::size_t{16} << 20U;

/// Sums as they are shown.
[[nodiscard]] present::BatchGroup group_of(std::string name, const BatchSums& sums);

struct Collected {
    BatchSums total;
    std::map<std::string, BatchSums, std::less<>> groups;
    std::size_t group_bytes = 0;       ///< of their names
    std::vector<std::string> reasons;  ///< of the first bad rows
    std::uint64_t rejected = 0;
    bool open_quote = false;  ///< this and the rest as in BatchBlock, of all blocks
    std::uint64_t swallowed = 0;
    bool any_object = false;
    std::vector<bool> seen;

    /// kOutOfRange: more groups than kMostGroups, or longer names in all than kMostGroupBytes.
    [[nodiscard]] Result<void> add(const BatchBlock& block);
    /// Most carbon first, equal ones by name. They are gone from here: names are held once.
    [[nodiscard]] std::vector<present::BatchGroup> take_groups();
};

}  // namespace gramme::cli
