#include "store/new_run_id.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gramme::store {

std::string new_run_id(std::int64_t wall_ns) {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        const auto seed =
            static_cast<std::uint64_t>(wall_ns) ^ (static_cast<std::uint64_t>(::getpid()) << 32U);
        std::copy_n(reinterpret_cast<const unsigned char*>(&seed), sizeof seed, bytes.data() + 8);
    }
    const auto milliseconds = static_cast<std::uint64_t>(wall_ns / 1'000'000);
    for (std::size_t i = 0; i < 6; ++i) {
        bytes.at(i) = static_cast<unsigned char>(milliseconds >> (40U - 8U * i));
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x70U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        constexpr std::string_view kHex = "0123456789abcdef";
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += kHex[bytes.at(i) >> 4U];
        text += kHex[bytes.at(i) & 0xFU];
    }
    return text;
}

}  // namespace gramme::store
