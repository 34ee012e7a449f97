#include "track/run_record.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "config/version.hpp"

namespace gramme::track {
namespace {

/// UUID version 7 (RFC 9562): milliseconds since 1970, then 74 random bits.
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

}  // namespace

RunRecord describe_run(const Host& host, const config::RunOptions& options,
                       const std::vector<std::string>& command, const HostFacts& facts) {
    RunRecord run;
    const std::int64_t wall_ns = host.now().wall_ns;
    run.id = new_run_id(wall_ns);
    run.started_wall_ns = wall_ns;
    run.project = options.project;
    if (run.project.empty()) {
        std::error_code ignored;
        run.project = std::filesystem::current_path(ignored).filename().string();
    }
    if (run.project.empty()) {
        run.project = "gramme";
    }
    run.name = options.name;
    if (options.keep_argv) {
        run.command = command;
    }
    run.tags = options.tags;
    run.scope = options.scope;
    run.host = facts;
    run.asked = options.factors;
    run.with_remainder = options.remainder;
    run.interval_s = options.interval_s;
    run.gramme_version = config::kVersion;
    run.warnings = options.warnings;
    return run;
}

}  // namespace gramme::track
