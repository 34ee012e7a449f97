#include "probe/cpu_info.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_set>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::probe {
namespace {

/// Decimal, or hexadecimal after "0x" (arm64); 0 for anything else.
int number(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x")) {
        text.remove_prefix(2);
        base = 16;
    }
    int value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return status == std::errc{} && end == text.data() + text.size() && value >= 0 ? value : 0;
}

bool has_word(std::string_view words, std::string_view word) {
    for (const std::string_view one : split(words, ' ')) {
        if (one == word) {
            return true;
        }
    }
    return false;
}

void take_first_processor(CpuInfo& info, std::string_view key, std::string_view value) {
    if (key == "vendor_id") {
        info.vendor = std::string{value};
    } else if (key == "model name") {
        info.model_name = std::string{value};
    } else if (key == "cpu family" || key == "CPU implementer") {
        info.family = number(value);
    } else if (key == "model" || key == "CPU part") {
        info.model = number(value);
    } else if (key == "stepping" || key == "CPU revision") {
        info.stepping = number(value);
    } else if (key == "flags") {
        info.hypervisor = has_word(value, "hypervisor");
    }
    if (key == "CPU implementer") {
        info.vendor = "ARM";
    }
}

}  // namespace

CpuInfo parse_cpu_info(std::string_view text) {
    CpuInfo info;
    std::unordered_set<std::string_view> sockets;  // a made-up file may name a hundred thousand
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const std::string_view key = trimmed(line.substr(0, colon));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (key == "processor" && !value.empty() && value.front() >= '0' && value.front() <= '9') {
            ++info.processors;
        } else if (key == "physical id") {
            sockets.insert(value);
        } else if (info.processors <= 1) {
            take_first_processor(info, key, value);
        }
    }
    info.sockets = static_cast<int>(sockets.size());
    return info;
}

std::optional<std::uint64_t> parse_memory_total(std::string_view text) noexcept {
    constexpr std::string_view kKey = "MemTotal:";
    std::size_t at = text.find(kKey);
    if (at == std::string_view::npos || (at > 0 && text[at - 1] != '\n')) {
        return std::nullopt;
    }
    std::string_view line = text.substr(at + kKey.size());
    line = trimmed(line.substr(0, line.find('\n')));
    if (!line.ends_with(" kB")) {
        return std::nullopt;
    }
    line.remove_suffix(3);
    const std::optional<std::uint64_t> kibibytes = read_u64(line);
    constexpr std::uint64_t kMost = std::uint64_t{1} << 50U;  // an exbibyte: no machine, an overflow
    if (!kibibytes || *kibibytes > kMost) {
        return std::nullopt;
    }
    return *kibibytes * 1024;
}

}  // namespace gramme::probe
