#include "probe/node_meter.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "probe/accelerator_presence.hpp"
#include "probe/battery.hpp"
#include "probe/cray.hpp"
#include "probe/grace.hpp"
#include "probe/hwmon.hpp"
#include "probe/node_sensors.hpp"
#include "probe/rapl_device.hpp"
#include "probe/scmi.hpp"

namespace gramme::probe {
namespace {

/// Best first: counters before power, wider before narrower, and what may leave at any moment last.
std::vector<NodeMeter> find_node_meters(const SourceContext& context) {
    std::vector<NodeMeter> meters;
    const std::vector<HwmonChip> chips = list_hwmon(context.host);
    find_cray_node(context, meters);
    find_acpi_meter(context, chips, meters);
    find_grace_modules(context, chips, meters);
    find_jetson_module(context, chips, meters);
    find_battery(context, meters);
    return meters;
}

/// At most one of them is used; what is said of the others is why not.
OpenedSource choose(std::vector<NodeMeter> meters, const SourceContext& context) {
    OpenedSource source;
    NodeMeterNeed need;
    need.scope = context.options.scope;
    need.cpu_counted = context.cpu_covered;
    need.memory_counted = context.memory_covered;
    need.node_counted = context.node_counted;
    const bool may_matter = !meters.empty() && !need.cpu_counted && !need.memory_counted;
    need.separate_gpus = may_matter && has_own_accelerator(context.host);
    for (NodeMeter& meter : meters) {
        if (!meter.open) {
            source.reports.push_back(std::move(meter.report));
            continue;
        }
        const std::string_view why_not = reason_not_to_use(meter, need);
        meter.report.state = why_not.empty() ? SourceState::kUsed : SourceState::kAvailable;
        meter.report.why = why_not;
        std::unique_ptr<Probe> probe = why_not.empty() ? meter.open(meter.report) : nullptr;
        source.reports.push_back(std::move(meter.report));
        if (probe == nullptr) {
            continue;
        }
        need.node_counted = true;
        source.probe = std::move(probe);
        source.gpus_too = meter.holds_gpus;
        std::copy_if(meter.warnings.begin(), meter.warnings.end(), std::back_inserter(source.warnings),
                     [](const std::string& warning) { return !warning.empty(); });
    }
    return source;
}

}  // namespace

std::string_view reason_not_to_use(const NodeMeter& meter, const NodeMeterNeed& need) noexcept {
    const bool parts_counted = need.cpu_counted || need.memory_counted;
    if (need.node_counted) {
        return "not needed: another meter holds the whole machine";
    }
    if (meter.only_without_cpu) {
        if (parts_counted) {
            return "what it holds depends on the maker's wiring; package and memory are counted";
        }
        return need.separate_gpus ? "it may hold GPUs that are counted by themselves" : "";
    }
    if (need.scope == Scope::kMachine && !parts_counted) {
        return "";
    }
    if (meter.may_leave) {
        return "the computer may be plugged in at any moment; `--scope machine` uses it";
    }
    if (parts_counted) {
        return "not needed: CPU or memory is counted; `--scope machine` uses it instead";
    }
    if (need.separate_gpus && meter.holds_gpus) {
        return "it holds GPUs that are counted by themselves; `--scope machine` uses it instead";
    }
    return "";
}

void set_node_idle(ProbedDevice& probed, const SourceContext& context) {
    const RaplSurroundings around = rapl_surroundings(context);
    const int sockets = std::max(context.facts.cpu_sockets, 1);
    const auto board = context.tables.machine_remainder(context.facts.chassis);
    probed.meter.idle_power = Watts{kIdleShareOfTdp * around.tdp_w * sockets + around.memory_idle_w +
                                    (board ? board->base_w : 0.0)};
    probed.meter.cpus = context.facts.cpu_count;
    use_calibrated_idle(probed, context.options.calibrated);
}

OpenedSource open_node_meter_first(const SourceContext& context) {
    if (context.options.scope != Scope::kMachine) {
        return {};
    }
    return choose(find_node_meters(context), context);
}

OpenedSource open_node_meter_last(const SourceContext& context) {
    std::vector<NodeMeter> meters;
    if (context.options.scope != Scope::kMachine) {
        meters = find_node_meters(context);
    }
    find_psys(context, meters);
    OpenedSource source = choose(std::move(meters), context);
    OpenedSource others = report_other_sensors(context);
    std::move(others.reports.begin(), others.reports.end(), std::back_inserter(source.reports));
    return source;
}

}  // namespace gramme::probe
