#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "probe/accelerator_presence.hpp"
#include "probe/amd.hpp"
#include "probe/cray.hpp"
#include "probe/gaudi.hpp"
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

struct Source {
    OpenFunction open;
    bool only_gpus = false;  ///< its driver is left asleep where a meter of the whole machine holds the GPUs
};

/// The order of measurement and of the boundary: what counts is asked before what models.
constexpr std::array kSources{
    Source{&open_node_meter_first},         // in the scope of the machine, instead of all below
    Source{&open_rapl},                     //
    Source{&open_cray_parts},               //
    Source{&open_grace},                    //
    Source{&open_scmi},                     //
    Source{&open_node_meter_last},          // where nothing above counts the CPU
    Source{&open_load},                     //
    Source{&open_gpus, true},               //
    Source{&open_amd, true},                //
    Source{&open_intel_gpus, true},         //
    Source{&open_neuron, true},             //
    Source{&open_tpus, true},               //
    Source{&open_gaudi, true},              //
    Source{&open_cray_accelerators, true},  // after every source of GPUs
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
    bool gpus_said = false;
    for (const auto& [open, only_gpus] : kSources) {
        if (only_gpus && context.gpus_covered) {
            if (!gpus_said && has_own_accelerator(host)) {
                discovery.sources.push_back({"gpus", SourceState::kAvailable, kInTheNodeMeter, {}, {}});
            }
            gpus_said = true;  // asked once: it walks the bus
            continue;
        }
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
