// Counts the allocations of this program: malloc and its relatives are replaced by ones that count.
#pragma once

#include <cstdint>

namespace gramme::bench {

[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace gramme::bench
