#include "base/crc32c.hpp"

#include <array>

namespace gramme {
namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82F63B78U;

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

/// tables[0] steps over one byte; tables[k] over one byte that k zero bytes follow ("slicing by 8": Kounavis
/// and Berry, A Systematic Approach to Building High Performance Software-Based CRC Generators, IEEE ISCC
/// 2005). A journal record is checksummed several times a second for the life of a run, and byte by byte that
/// was most of what a sample cost.
constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kReversedPolynomial : 0U);
        }
        tables[0][byte] = crc;
    }
    for (std::size_t k = 1; k < tables.size(); ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
        }
    }
    return tables;
}

constexpr Tables kTables = make_tables();

/// Four bytes as a little-endian number, on any machine.
std::uint32_t word_at(const unsigned char* bytes) noexcept {
    return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
           static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

}  // namespace

std::uint32_t crc32c(const void* data, std::size_t size) noexcept {
    const auto* bytes = static_cast<const unsigned char*>(data);
    std::uint32_t crc = 0xFFFFFFFFU;
    for (; size >= 8; size -= 8, bytes += 8) {
        const std::uint32_t low = crc ^ word_at(bytes);
        const std::uint32_t high = word_at(bytes + 4);
        crc = kTables[7][low & 0xFFU] ^ kTables[6][low >> 8U & 0xFFU] ^ kTables[5][low >> 16U & 0xFFU] ^
              kTables[4][low >> 24U] ^ kTables[3][high & 0xFFU] ^ kTables[2][high >> 8U & 0xFFU] ^
              kTables[1][high >> 16U & 0xFFU] ^ kTables[0][high >> 24U];
    }
    for (; size > 0; --size, ++bytes) {
        crc = (crc >> 8U) ^ kTables[0][(crc ^ *bytes) & 0xFFU];
    }
    return ~crc;
}

}  // namespace gramme
