#include "probe/open_source.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/parse.hpp"

namespace gramme::probe {

std::vector<std::string> device_ids(const Probe& probe) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < probe.device_count(); ++i) {
        ids.push_back(probe.device(i).device.id);
    }
    return ids;
}

bool is_x86(const HostFacts& facts) {
    return facts.cpu_vendor == "GenuineIntel" || facts.cpu_vendor == "AuthenticAMD" ||
           facts.cpu_vendor == "HygonGenuine";
}

bool is_server(const HostFacts& facts) {
    if (!facts.chassis.empty()) {
        return facts.chassis == "server";
    }
    constexpr std::array<std::string_view, 5> kServerNames{"Xeon", "EPYC", "Neoverse", "Ampere", "Graviton"};
    const bool by_name = std::any_of(kServerNames.begin(), kServerNames.end(), [&](std::string_view name) {
        return facts.cpu_model.find(name) != std::string::npos;
    });
    return by_name || facts.cpu_sockets > 1 || facts.microarchitecture.starts_with("neoverse") ||
           !facts.virtualisation.empty();
}

double memory_modules(const HostFacts& facts, const refdata::MemoryPower& memory) {
    if (facts.memory_bytes == 0 || memory.gb_per_module <= 0.0) {
        return 0.0;
    }
    constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;  // modules are sold in powers of two
    const double modules = static_cast<double>(facts.memory_bytes) / kGibibyte / memory.gb_per_module;
    // The firmware keeps some memory for itself: MemTotal is a little below the sum of the modules.
    return facts.virtualisation.empty() ? std::max(std::round(modules), 1.0) : modules;
}

std::string_view failure_words(Code code) noexcept {
    switch (code) {
        case Code::kPermission: return "permission denied";
        case Code::kNotFound: return "device is gone";
        case Code::kUnsupported: return "not supported";
        case Code::kMalformed: return "not a number";
        default: return "I/O error";
    }
}

Reading read_number(OpenFile& file, ReadingKind kind, double watts_per_one) noexcept {
    Reading reading;
    std::array<char, 32> text{};
    const Result<std::size_t> count = file.read(text);
    if (!count) {
        reading.failure = failure_words(count.error().code);
        return reading;
    }
    const std::optional<std::uint64_t> number = read_u64({text.data(), *count});
    if (!number) {
        reading.failure = failure_words(Code::kMalformed);
        return reading;
    }
    reading.kind = kind;
    reading.raw = kind == ReadingKind::kCounter ? *number : 0;
    reading.value = kind == ReadingKind::kPower ? static_cast<double>(*number) * watts_per_one : 0.0;
    return reading;
}

}  // namespace gramme::probe
