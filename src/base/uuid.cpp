#include "base/uuid.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace gramme {
namespace {

constexpr std::size_t kBlock = 64;
using Digest = std::array<std::uint32_t, 5>;

/// One block of FIPS 180-4, 6.1.2.
void add_block(std::string_view block, Digest& hash) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < kBlock; ++i) {
        w[i / 4] = (w[i / 4] << 8U) | static_cast<unsigned char>(block[i]);
    }
    for (std::size_t t = 16; t < w.size(); ++t) {
        w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
    auto [a, b, c, d, e] = hash;
    for (std::size_t t = 0; t < w.size(); ++t) {
        const std::uint32_t f = t < 20   ? (b & c) ^ (~b & d)
                                : t < 40 ? b ^ c ^ d
                                : t < 60 ? (b & c) ^ (b & d) ^ (c & d)
                                         : b ^ c ^ d;
        const std::uint32_t k = t < 20   ? 0x5a827999U
                                : t < 40 ? 0x6ed9eba1U
                                : t < 60 ? 0x8f1bbcdcU
                                         : 0xca62c1d6U;
        const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[t];
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    }
    hash = {hash[0] + a, hash[1] + b, hash[2] + c, hash[3] + d, hash[4] + e};
}

Digest sha1(std::string_view text) {
    constexpr std::size_t kLengthBytes = 8;
    std::string padded{text};
    padded += '\x80';
    while (padded.size() % kBlock != kBlock - kLengthBytes) {
        padded += '\0';
    }
    const std::uint64_t bits = std::uint64_t{text.size()} * 8U;
    for (std::size_t i = 0; i < kLengthBytes; ++i) {
        padded += static_cast<char>((bits >> (8U * (kLengthBytes - 1 - i))) & 0xFFU);
    }
    Digest hash{0x67452301U, 0xefcdab89U, 0x98badcfeU, 0x10325476U, 0xc3d2e1f0U};
    for (std::size_t at = 0; at < padded.size(); at += kBlock) {
        add_block(std::string_view{padded}.substr(at, kBlock), hash);
    }
    return hash;
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

bool is_uuid(std::string_view text) {
    constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size() != kForm.size()) {
        return false;
    }
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        if (kForm[i] == '-' ? text[i] != '-' : !is_hex(text[i])) {
            return false;
        }
    }
    return true;
}

std::string uuid_of_name(std::string_view name) {
    constexpr std::string_view kUrlNamespace{
        "\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8", 16};  // RFC 9562, 6.6
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::size_t kBytes = 16;
    const Digest hash = sha1(std::string{kUrlNamespace} + std::string{name});
    std::string out;
    for (std::size_t i = 0; i < kBytes; ++i) {
        std::uint32_t byte = (hash[i / 4] >> (8U * (3 - i % 4))) & 0xFFU;
        byte = i == 6   ? (byte & 0x0FU) | 0x50U
               : i == 8 ? (byte & 0x3FU) | 0x80U
                        : byte;  // version 5, variant 10
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out += '-';
        }
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 0xFU];
    }
    return out;
}

}  // namespace gramme
