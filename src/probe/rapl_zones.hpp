// Which powercap zones count, each piece of silicon once. Reads the tree; opens no counter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "probe/powercap_name.hpp"

namespace gramme::probe {

/// One zone as the tree shows it.
struct RaplZone {
    std::string path;     ///< "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0", links resolved
    std::string control;  ///< "intel-rapl"
    std::string name;     ///< as the kernel says it: "package-0-die-1", "dram"
    ZoneKind kind = ZoneKind::kPackage;
    int package = -1;  ///< a dram zone has that of its parent
    int die = -1;
    std::uint64_t range = 0;       ///< max_energy_range_uj
    double long_term_w = 0.0;      ///< its first power limit; 0: none stated
    double largest_limit_w = 0.0;  ///< the largest limit that any of its constraints states; 0: none
};

/// One counter to be read, and the zones that show it: the first is preferred.
struct RaplCounter {
    ZoneKind kind = ZoneKind::kPackage;  ///< kPackage or kDram
    int package = -1;
    int die = -1;
    std::vector<RaplZone> zones;
};

struct RaplTree {
    std::vector<RaplZone> zones;  ///< each real folder once, in the order of the class folder
    std::size_t unnamed = 0;      ///< zones whose name cannot be read or is not known
    std::size_t dangling = 0;     ///< links whose target is not there: hidden, as container runtimes do
};

/// The flat list /sys/class/powercap holds every zone at every depth, as a link: the tree is not walked.
[[nodiscard]] RaplTree read_rapl_tree(const Host& host);

/// Package and dram counters by package, then die: never core, uncore or psys; zones that show one counter
/// (MMIO beside MSR; on AMD and Hygon the dies of one package) merged, "intel-rapl" first. Pure.
/// `cpu_vendor` as in /proc/cpuinfo. Method: docs/method/energy.md#rapl-through-powercap
[[nodiscard]] std::vector<RaplCounter> choose_counters(const std::vector<RaplZone>& zones,
                                                       std::string_view cpu_vendor);

/// Raw microjoules of one hardware count: what the range falls short of the modulus.
[[nodiscard]] std::uint64_t one_count_of(std::uint64_t range) noexcept;

}  // namespace gramme::probe
