#include "probe/rapl_perf.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string>
#include <utility>

#include "base/parse.hpp"

namespace gramme::probe {
namespace {

const std::string kPmu = "/sys/bus/event_source/devices/power";
constexpr std::size_t kMostMaskCpus = 256;  // one per die: no machine has as many

std::optional<std::string> pmu_word(const Host& host, const std::string& path) {
    const Result<std::string> text = host.read(path);
    return text ? std::optional<std::string>{trimmed(*text)} : std::nullopt;
}

int topology_id(const Host& host, int cpu, const char* what) {
    const auto text =
        pmu_word(host, "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/" + what);
    const auto number = text ? read_u64(*text) : std::nullopt;
    constexpr std::uint64_t kMost = 4096;
    return number && *number <= kMost ? static_cast<int>(*number) : -1;
}

/// A CPU of the mask, by the silicon that it stands for.
struct MaskCpu {
    int package = -1;
    int die = -1;
    int cpu = 0;
};

std::vector<MaskCpu> mask_of(const Host& host, std::string_view cpu_vendor) {
    const bool socket_has_one = cpu_vendor == "AuthenticAMD" || cpu_vendor == "HygonGenuine";
    std::vector<int> cpus = parse_cpu_list(pmu_word(host, kPmu + "/cpumask").value_or(""));
    if (cpus.size() > kMostMaskCpus) {
        return {};
    }
    std::map<std::pair<int, int>, int> first;
    std::map<int, int> dies_of;
    for (const int cpu : cpus) {
        const int package = topology_id(host, cpu, "physical_package_id");
        if (package < 0) {
            continue;  // silicon that cannot be named could be counted twice
        }
        const int die = socket_has_one ? -1 : topology_id(host, cpu, "die_id");
        if (first.emplace(std::pair{package, die}, cpu).second) {
            ++dies_of[package];
        }
    }
    std::vector<MaskCpu> mask;
    for (const auto& [silicon, cpu] : first) {
        mask.push_back({silicon.first, dies_of[silicon.first] > 1 ? silicon.second : -1, cpu});
    }
    return mask;
}

void add_event(const Host& host, const char* name, ZoneKind kind, std::uint32_t type,
               const std::vector<MaskCpu>& mask, std::vector<PerfCounter>& out) {
    const std::string file = kPmu + "/events/" + name;
    const auto text = pmu_word(host, file);
    const auto config = text ? parse_pmu_event(*text) : std::nullopt;
    const Result<double> scale = parse_double(pmu_word(host, file + ".scale").value_or(""));
    if (!config || !scale || !(*scale > 0.0) || *scale > 1.0 || pmu_word(host, file + ".unit") != "Joules") {
        return;
    }
    for (const MaskCpu& one : mask) {
        out.push_back({kind, one.package, one.die, {type, *config, one.cpu}, *scale});
    }
}

}  // namespace

std::optional<std::uint64_t> parse_pmu_event(std::string_view text) noexcept {
    constexpr std::string_view kField = "event=0x";
    if (!text.starts_with(kField)) {
        return std::nullopt;
    }
    text.remove_prefix(kField.size());
    std::uint64_t value = 0;
    constexpr int kHex = 16;
    constexpr std::uint64_t kMost = 0xff;  // format/event: config:0-7
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, kHex);
    const bool whole = status == std::errc{} && end == text.data() + text.size();
    return whole && value <= kMost ? std::optional{value} : std::nullopt;
}

std::vector<PerfCounter> read_power_pmu(const Host& host, std::string_view cpu_vendor) {
    const auto type = read_u64(pmu_word(host, kPmu + "/type").value_or(""));
    if (!type || *type > 0xffff'ffff || pmu_word(host, kPmu + "/format/event") != "config:0-7") {
        return {};
    }
    const std::vector<MaskCpu> mask = mask_of(host, cpu_vendor);
    std::vector<PerfCounter> counters;
    add_event(host, "energy-pkg", ZoneKind::kPackage, static_cast<std::uint32_t>(*type), mask, counters);
    add_event(host, "energy-ram", ZoneKind::kDram, static_cast<std::uint32_t>(*type), mask, counters);
    return counters;
}

std::optional<int> perf_paranoid(const Host& host) {
    const auto text = pmu_word(host, "/proc/sys/kernel/perf_event_paranoid");
    const Result<std::int64_t> value = parse_i64(text.value_or(""));
    constexpr std::int64_t kMost = 100;
    return value && *value >= -kMost && *value <= kMost ? std::optional{static_cast<int>(*value)}
                                                        : std::nullopt;
}

}  // namespace gramme::probe
