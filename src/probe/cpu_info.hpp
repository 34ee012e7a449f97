// What /proc/cpuinfo and /proc/meminfo say. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gramme::probe {

/// Empty or 0: not said.
struct CpuInfo {
    std::string vendor;       ///< "GenuineIntel", "AuthenticAMD"; "ARM" where implementer and part are listed
    std::string model_name;   ///< "AMD EPYC 7763 64-Core Processor"; arm64 kernels give none
    int family = 0;           ///< ARM: implementer
    int model = 0;            ///< ARM: part
    int stepping = 0;         ///< ARM: revision
    int processors = 0;       ///< logical CPUs listed
    int sockets = 0;          ///< distinct "physical id"
    bool hypervisor = false;  ///< the flag that every x86 hypervisor sets for its guests (CPUID.1:ECX.31)
};

/// The first processor names the CPU. Never fails: what is not understood stays empty.
/// Source: Linux arch/x86/kernel/cpu/proc.c, arch/arm64/kernel/cpuinfo.c.
[[nodiscard]] CpuInfo parse_cpu_info(std::string_view text);

/// Bytes of "MemTotal: 16318480 kB"; nullopt without such a line.
[[nodiscard]] std::optional<std::uint64_t> parse_memory_total(std::string_view text) noexcept;

}  // namespace gramme::probe
