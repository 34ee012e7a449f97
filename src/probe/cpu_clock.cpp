#include "probe/cpu_clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::probe {
namespace {

constexpr int kMostFiles = 8;
constexpr double kMegahertz = 1e3;  // in kHz
constexpr double kGigahertz = 1e6;
/// No CPU runs outside of this; a driver that says so (0, or all ones) is not believed.
constexpr double kLeastKhz = 10.0 * kMegahertz;
constexpr double kMostKhz = 20.0 * kGigahertz;

std::string path_of(int cpu, std::string_view file) {
    return "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/" + std::string{file};
}

std::optional<double> khz_in(std::string_view text) noexcept {
    const std::optional<std::uint64_t> value = read_u64(trimmed(text));
    if (!value) {
        return std::nullopt;
    }
    const auto khz = static_cast<double>(*value);
    return khz >= kLeastKhz && khz <= kMostKhz ? std::optional<double>{khz} : std::nullopt;
}

std::optional<double> base_khz_of(const Host& host, std::string_view model_name,
                                  const std::optional<refdata::Cpu>& cpu) {
    if (const Result<std::string> text = host.read(path_of(0, "base_frequency"))) {
        if (const std::optional<double> khz = khz_in(*text)) {
            return khz;
        }
    }
    if (const std::optional<double> ghz = base_ghz_in_name(model_name)) {
        return *ghz * kGigahertz;
    }
    return cpu && cpu->base_ghz > 0.0 ? std::optional<double>{cpu->base_ghz * kGigahertz} : std::nullopt;
}

}  // namespace

std::optional<double> base_ghz_in_name(std::string_view model_name) noexcept {
    constexpr std::string_view kBefore = " @ ";
    constexpr std::string_view kUnit = "GHz";
    const std::size_t at = model_name.rfind(kBefore);
    if (at == std::string_view::npos || !model_name.ends_with(kUnit)) {
        return std::nullopt;
    }
    std::string_view number = model_name.substr(at + kBefore.size());
    number.remove_suffix(kUnit.size());
    double ghz = 0.0;
    const auto [end, status] =
        std::from_chars(number.data(), number.data() + number.size(), ghz, std::chars_format::fixed);
    const bool whole = status == std::errc{} && end == number.data() + number.size();
    return whole && ghz * kGigahertz >= kLeastKhz && ghz * kGigahertz <= kMostKhz ? std::optional<double>{ghz}
                                                                                  : std::nullopt;
}

std::optional<CpuClock> CpuClock::open(const Host& host, int cpu_count, std::string_view model_name,
                                       const std::optional<refdata::Cpu>& cpu) {
    const std::optional<double> base_khz = base_khz_of(host, model_name, cpu);
    if (!base_khz) {
        return std::nullopt;
    }
    std::vector<std::unique_ptr<OpenFile>> files;
    const int count = std::min(cpu_count, kMostFiles);
    for (int i = 0; i < count; ++i) {
        auto file = host.open(path_of(i * cpu_count / count, "scaling_cur_freq"));
        if (file) {
            files.push_back(*std::move(file));
        }
    }
    CpuClock clock{std::move(files), *base_khz};
    return clock.read() ? std::optional<CpuClock>{std::move(clock)} : std::nullopt;
}

std::optional<double> CpuClock::read() noexcept {
    double sum_khz = 0.0;
    int count = 0;
    for (const std::unique_ptr<OpenFile>& file : files_) {
        std::array<char, 32> buffer{};
        const Result<std::size_t> size = file->read(buffer);
        if (!size) {
            continue;
        }
        if (const std::optional<double> khz = khz_in({buffer.data(), *size})) {
            sum_khz += *khz;
            ++count;
        }
    }
    return count > 0 ? std::optional<double>{sum_khz / count / base_khz_} : std::nullopt;
}

}  // namespace gramme::probe
