#include "probe/proc_stat.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace gramme::probe {
namespace {

/// Ticks per second of /proc/stat: 100 on every architecture we run on, whatever the kernel's own HZ is.
constexpr double kUserHz = 100.0;
/// Ten fields of at most 20 digits; only the first line is wanted, the rest of the file is not read.
constexpr std::size_t kLineBytes = 256;

enum Field : std::size_t { kUser, kNice, kSystem, kIdle, kIoWait, kIrq, kSoftIrq, kSteal, kFields };

}  // namespace

std::optional<CpuSeconds> parse_proc_stat(std::string_view text) noexcept {
    if (!text.starts_with("cpu ")) {
        return std::nullopt;
    }
    const std::size_t line_end = text.find('\n');
    if (line_end == std::string_view::npos) {
        return std::nullopt;  // a torn line: its last number may lack digits
    }
    return parse_cpu_times(text.substr(4, line_end - 4));
}

std::optional<CpuSeconds> parse_cpu_times(std::string_view fields) noexcept {
    const char* at = fields.data();
    const char* const end = fields.data() + fields.size();
    std::array<std::uint64_t, kFields> ticks{};
    std::size_t count = 0;
    while (count < kFields) {
        while (at != end && *at == ' ') {
            ++at;
        }
        if (at == end) {
            break;
        }
        const auto [next, status] = std::from_chars(at, end, ticks[count]);
        if (status != std::errc{} || (next != end && *next != ' ')) {
            return std::nullopt;
        }
        at = next;
        ++count;
    }
    if (count <= kIdle) {
        return std::nullopt;
    }
    double busy = 0.0;  // summed as doubles: 64-bit ticks could overflow on nonsense
    for (const std::size_t field : {kUser, kNice, kSystem, kIrq, kSoftIrq}) {
        busy += static_cast<double>(ticks[field]);
    }
    return CpuSeconds{busy / kUserHz, static_cast<double>(ticks[kSteal]) / kUserHz};
}

Result<ProcStat> ProcStat::open(const Host& host) {
    GRAMME_TRY(std::unique_ptr<OpenFile> file, host.open("/proc/stat"));
    return ProcStat{std::move(file)};
}

std::optional<CpuSeconds> ProcStat::read() noexcept {
    std::array<char, kLineBytes> buffer{};
    const Result<std::size_t> count = file_->read(buffer);
    if (!count) {
        return std::nullopt;
    }
    return parse_proc_stat({buffer.data(), *count});
}

}  // namespace gramme::probe
