#include "probe/rapl_device.hpp"

#include <algorithm>

namespace gramme::probe {
namespace {

constexpr double kLimitMargin = 1.5;  // turbo may exceed the limits for a while
/// The kernel's counters are renewed every millisecond; a package that is on never rests, and memory hardly
/// ever.
constexpr Seconds kPackageRest{2.0};
constexpr Seconds kDramRest{10.0};
constexpr Watts kMostPerPackage{1000.0};  // where a zone states no limit
constexpr double kVirtualSigma = 0.3;     // a hypervisor's own estimate

void set_sigmas(RaplSurroundings& around, const HostFacts& facts) {
    const bool server = is_server(facts);
    around.dram_sigma = server ? 0.05 : 0.20;
    around.package_sigma = facts.cpu_vendor != "GenuineIntel" ? 0.07 : server ? 0.03 : 0.05;
    if (around.is_virtual) {
        around.package_sigma = around.dram_sigma = kVirtualSigma;
    }
}

Watts idle_power_of(const RaplShape& shape, const RaplSurroundings& around,
                    const std::vector<RaplShape>& all) {
    const auto of_kind =
        std::count_if(all.begin(), all.end(), [&](const auto& other) { return other.kind == shape.kind; });
    const auto of_package = std::count_if(all.begin(), all.end(), [&](const auto& other) {
        return other.kind == shape.kind && other.package == shape.package;
    });
    if (shape.kind == ZoneKind::kDram) {
        return Watts{around.memory_idle_w / static_cast<double>(of_kind)};
    }
    if (around.tdp_w > 0.0) {
        return Watts{kIdleShareOfTdp * around.tdp_w / static_cast<double>(of_package)};
    }
    return Watts{kIdleShareOfTdp * shape.long_term_w};
}

}  // namespace

RaplSurroundings rapl_surroundings(const SourceContext& context) {
    RaplSurroundings around;
    around.is_virtual = !context.facts.virtualisation.empty();
    set_sigmas(around, context.facts);
    around.cpus = context.facts.cpu_count;
    if (const auto cpu = context.tables.find_cpu(context.facts.cpu_model)) {
        around.tdp_w = cpu->tdp_w;
    }
    const refdata::MemoryPower memory = context.tables.memory_power(is_server(context.facts));
    around.memory_idle_w = memory.idle_w_per_module * memory_modules(context.facts, memory);
    return around;
}

std::string rapl_device_id(const RaplShape& shape) {
    return (shape.kind == ZoneKind::kPackage ? "cpu" : "dram") + std::to_string(shape.package) +
           (shape.die < 0 ? "" : "-die" + std::to_string(shape.die));
}

ProbedDevice rapl_device(const RaplShape& shape, const RaplSurroundings& around,
                         const std::vector<RaplShape>& all, meter::CounterSpec energy) {
    const bool is_package = shape.kind == ZoneKind::kPackage;
    ProbedDevice probed;
    Device& device = probed.device;
    device.id = rapl_device_id(shape);
    device.kind = is_package ? DeviceKind::kCpu : DeviceKind::kMemory;
    device.name = is_package ? shape.name : "dram of package-" + std::to_string(shape.package);
    device.method = shape.method;
    device.quality = around.is_virtual ? Quality::kModelled : Quality::kMeasured;
    device.gain_sigma = is_package ? around.package_sigma : around.dram_sigma;
    device.gain_source = "docs/method/energy.md";
    device.group = is_package ? "rapl-package" : "rapl-dram";

    energy.max_power =
        shape.largest_limit_w > 0.0 ? Watts{kLimitMargin * shape.largest_limit_w} : kMostPerPackage;
    if (!around.is_virtual) {
        energy.longest_rest = is_package ? kPackageRest : kDramRest;
    }
    probed.meter.energy = energy;
    probed.meter.idle_power = idle_power_of(shape, around, all);
    probed.meter.cpus = around.cpus;
    probed.meter.socket = shape.package;
    return probed;
}

void use_calibrated_idle(ProbedDevice& probed, const meter::IdlePowers* calibrated) {
    if (calibrated == nullptr || probed.device.quality == Quality::kModelled) {
        return;
    }
    const auto found = std::find_if(calibrated->begin(), calibrated->end(),
                                    [&](const auto& one) { return one.first == probed.device.id; });
    if (found != calibrated->end()) {
        probed.meter.idle_power = found->second;
        probed.meter.idle_calibrated = true;
    }
}

}  // namespace gramme::probe
