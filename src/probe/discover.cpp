#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "probe/amd.hpp"
#include "probe/cray.hpp"
#include "probe/gaudi.hpp"
#include "probe/gpu_presence.hpp"
#include "probe/grace.hpp"
#include "probe/intel_gpu.hpp"
#include "probe/load.hpp"
#include "probe/node_meter.hpp"
#include "probe/nvml_probe.hpp"
#include "probe/open_source.hpp"
#include "probe/rapl.hpp"
#include "probe/scmi.hpp"
#include "probe/unmeasured.hpp"

namespace gramme::probe {
namespace {

OpenedSource open_gpus(const SourceContext& context) {
    OpenedSource source;
    if (!context.options.gpus) {
        return source;
    }
    if (context.gpus_covered) {
        if (has_nvidia_driver(context.host)) {
            source.reports.push_back({"nvml", SourceState::kAvailable, kInTheNodeMeter, {}, {}});
        }
        return source;
    }
    Result<std::unique_ptr<Probe>> probe =
        open_nvml(context.host, context.options, context.tables, context.cpu_covered);
    if (probe) {
        source.reports.push_back((*probe)->report());
        source.probe = *std::move(probe);
        source.gives_gpus = true;
        return source;
    }
    SourceReport report;
    report.name = "nvml";
    const Code code = probe.error().code;
    report.state = code == Code::kPermission ? SourceState::kRefused : SourceState::kAbsent;
    report.why = probe.error().what;
    if (!probe.error().hint.empty()) {
        report.remedies.push_back(probe.error().hint);
    }
    source.reports.push_back(std::move(report));
    return source;
}

using OpenFunction = OpenedSource (*)(const SourceContext&);

/// A source of accelerators, where no meter of the node holds them already: that only says what is there.
template <OpenFunction Open>
OpenedSource outside_a_node_meter(const SourceContext& context) {
    OpenedSource source = Open(context);
    if (context.gpus_covered && source.probe != nullptr) {
        source.probe.reset();
        source.warnings.clear();
        for (SourceReport& report : source.reports) {
            if (report.state == SourceState::kUsed) {
                report.state = SourceState::kAvailable;
                report.why = kInTheNodeMeter;
            }
        }
    }
    return source;
}

/// The order of measurement and of the boundary: what counts is asked before what models.
constexpr std::array kSources{
    OpenFunction{&open_node_meter_first},  // in the scope of the machine, instead of all below
    OpenFunction{&open_rapl},              //
    OpenFunction{&open_cray_parts},        //
    OpenFunction{&open_grace},             //
    OpenFunction{&open_scmi},              //
    OpenFunction{&open_node_meter_last},   // where nothing above counts the CPU
    OpenFunction{&open_load},              //
    OpenFunction{&open_gpus},              //
    OpenFunction{&outside_a_node_meter<&open_amd>},
    OpenFunction{&outside_a_node_meter<&open_intel_gpus>},
    OpenFunction{&outside_a_node_meter<&open_neuron>},
    OpenFunction{&outside_a_node_meter<&open_tpus>},
    OpenFunction{&outside_a_node_meter<&open_gaudi>},
    OpenFunction{&open_cray_accelerators},  // after every source of GPUs
};

/// Two sources for one device would count it twice; that is our bug, so the later one is left out and said.
bool repeats_a_device(const Probe& probe, std::set<std::string>& ids) {
    std::vector<std::string> own;
    own.reserve(probe.device_count());
    for (std::size_t i = 0; i < probe.device_count(); ++i) {
        own.push_back(probe.device(i).device.id);
    }
    const bool repeats =
        std::any_of(own.begin(), own.end(), [&](const auto& id) { return ids.contains(id); });
    if (!repeats) {
        ids.insert(own.begin(), own.end());
    }
    return repeats;
}

void note_boundary(const OpenedSource& source, SourceContext& context) {
    context.memory_covered |= source.memory_too;
    context.gpus_covered |= source.gpus_too;
    context.gpus_counted |= source.gives_gpus;
    const Probe& probe = *source.probe;
    for (std::size_t i = 0; i < probe.device_count(); ++i) {
        const Device device = probe.device(i).device;
        const DeviceKind kind = device.kind;
        const bool is_all = kind == DeviceKind::kPlatform;
        context.node_counted |= is_all;
        context.gpus_counted |= kind == DeviceKind::kGpu;
        context.cpu_covered |= kind == DeviceKind::kCpu || is_all;
        context.memory_covered |= kind == DeviceKind::kMemory || is_all;
        context.cpu_measured |=
            (kind == DeviceKind::kCpu || is_all) && device.quality <= Quality::kIntegrated;
    }
}

bool is_wall_curve(const Probe& probe) {
    return probe.device_count() > 0 && probe.device(0).device.method == kWallMethod;
}

}  // namespace

Discovery discover(const Host& host, const refdata::Tables& tables, const HostFacts& facts,
                   const DiscoverOptions& options) {
    Discovery discovery;
    DiscoverOptions wanted = options;
    SourceContext context{host, tables, facts, wanted};
    std::set<std::string> ids;
    for (const OpenFunction open : kSources) {
        OpenedSource source = open(context);
        std::move(source.reports.begin(), source.reports.end(), std::back_inserter(discovery.sources));
        std::move(source.warnings.begin(), source.warnings.end(), std::back_inserter(discovery.warnings));
        if (source.probe == nullptr) {
            continue;
        }
        if (repeats_a_device(*source.probe, ids)) {
            discovery.warnings.push_back(source.probe->report().name +
                                         " gives a device that is already measured: left out");
            continue;
        }
        note_boundary(source, context);
        wanted.gpu_idle_in_curve |= is_wall_curve(*source.probe);
        discovery.probes.push_back(std::move(source.probe));
    }
    return discovery;
}

}  // namespace gramme::probe
