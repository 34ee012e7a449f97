// What a RAPL counter is as a device, whichever interface shows it: id, uncertainty, idle power.
#pragma once

#include <string>
#include <vector>

#include "probe/open_source.hpp"
#include "probe/rapl_zones.hpp"

namespace gramme::probe {

/// One counter of the machine.
struct RaplShape {
    ZoneKind kind = ZoneKind::kPackage;  ///< kPackage or kDram
    int package = -1;
    int die = -1;
    std::string name;      ///< as powercap says it: "package-0-die-1", "dram"
    const char* method{};  ///< "rapl-powercap", "rapl-perf"
    double long_term_w = 0.0;
    double largest_limit_w = 0.0;  ///< 0: none stated
};

/// Idle power of a package where none was measured, of its TDP: docs/method/attribution.md.
inline constexpr double kIdleShareOfTdp = 0.2;

/// What the devices take from the machine.
struct RaplSurroundings {
    double package_sigma = 0.0;
    double dram_sigma = 0.0;
    bool is_virtual = false;
    double cpus = 0.0;
    double tdp_w = 0.0;          ///< of one package; 0: unknown
    double memory_idle_w = 0.0;  ///< of all modules
};
[[nodiscard]] RaplSurroundings rapl_surroundings(const SourceContext& context);

/// "cpu0", "cpu0-die1", "dram1"
[[nodiscard]] std::string rapl_device_id(const RaplShape& shape);

/// `energy` says how the numbers count; what the counter may do at most is added here. `all`: every counter
/// that is read, of which idle power is shared out.
[[nodiscard]] ProbedDevice rapl_device(const RaplShape& shape, const RaplSurroundings& around,
                                       const std::vector<RaplShape>& all, meter::CounterSpec energy);

/// A measured idle power goes before the assumed one. A hypervisor's estimate is not a measurement: what it
/// said of an idle machine is not used either.
void use_calibrated_idle(ProbedDevice& probed, const meter::IdlePowers* calibrated);

}  // namespace gramme::probe
