// CRC-32C (Castagnoli), the checksum of journal records. Source: RFC 3720 appendix B.4 (check value of
// "123456789": E3069283).
#pragma once

#include <cstddef>
#include <cstdint>

namespace gramme {

[[nodiscard]] std::uint32_t crc32c(const void* data, std::size_t size) noexcept;

}  // namespace gramme
