// RAPL energy counters through the kernel's "power" PMU: the same silicon as powercap's, by perf_event_open.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "probe/powercap_name.hpp"

namespace gramme::probe {

/// One counter that the PMU lists.
struct PerfCounter {
    ZoneKind kind = ZoneKind::kPackage;  ///< kPackage or kDram
    int package = -1;
    int die = -1;  ///< where several dies of the package have counters of their own
    PerfEvent event{};
    double joules_per_count = 0.0;
};

/// By kind, package and die; each piece of silicon once: of AMD and Hygon, whose counter belongs to the
/// socket, one per package whatever the number of CPUs that the mask lists; of Intel one per die. Empty where
/// there is no such PMU, or it speaks in a way that is not known.
/// Source: Linux arch/x86/events/rapl.c (cpumask, events, 2^-32 J), Documentation/admin-guide/cputopology.rst
/// (physical_package_id, die_id). Method: docs/method/energy.md#rapl-through-perf
[[nodiscard]] std::vector<PerfCounter> read_power_pmu(const Host& host, std::string_view cpu_vendor);

/// "event=0x02" -> 2: one field `event` in hexadecimal and nothing else. Pure.
[[nodiscard]] std::optional<std::uint64_t> parse_pmu_event(std::string_view text) noexcept;

/// kernel.perf_event_paranoid; nullopt where it is not told.
[[nodiscard]] std::optional<int> perf_paranoid(const Host& host);

}  // namespace gramme::probe
