#include "base/crc32c.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace gramme {
namespace {

std::uint32_t of(std::string_view text) {
    return crc32c(text.data(), text.size());
}

TEST(Crc32c, HasTheCheckValueOfTheStandard) {
    EXPECT_EQ(of("123456789"), 0xE3069283U);
}

TEST(Crc32c, OfNothingIsZero) {
    EXPECT_EQ(crc32c(nullptr, 0), 0U);
}

TEST(Crc32c, AgreesWithTheVectorsOfRfc3720) {  // appendix B.4: 32 bytes of zeros, of ones, and 0 to 31
    std::array<unsigned char, 32> bytes{};
    EXPECT_EQ(crc32c(bytes.data(), bytes.size()), 0x8A9136AAU);
    bytes.fill(0xFF);
    EXPECT_EQ(crc32c(bytes.data(), bytes.size()), 0x62A8AB43U);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<unsigned char>(i);
    }
    EXPECT_EQ(crc32c(bytes.data(), bytes.size()), 0x46DD794EU);
}

TEST(Crc32c, SeesEveryFlippedBit) {
    std::array<unsigned char, 16> bytes{};
    const std::uint32_t whole = crc32c(bytes.data(), bytes.size());
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        bytes[bit / 8] ^= static_cast<unsigned char>(1U << (bit % 8));
        EXPECT_NE(crc32c(bytes.data(), bytes.size()), whole) << "bit " << bit;
        bytes[bit / 8] ^= static_cast<unsigned char>(1U << (bit % 8));
    }
}

}  // namespace
}  // namespace gramme
