#include "probe/rapl.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "probe/counter_probe.hpp"
#include "probe/rapl_attempt.hpp"
#include "probe/rapl_device.hpp"
#include "probe/rapl_perf.hpp"
#include "probe/rapl_zones.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

/// "package-0, package-1, dram of package-0"
std::string names_of(const std::vector<const Tried*>& counters) {
    std::string names;
    for (const Tried* one : counters) {
        std::string name = one->shape.name;
        if (one->shape.kind == ZoneKind::kDram) {
            name += " of package-" + std::to_string(one->shape.package);
        }
        names += (names.empty() ? "" : ", ") + name;
    }
    return names;
}

/// Never a capability that reads files: with it, everybody who may run gramme could read every file through
/// it. CAP_PERFMON, which cannot, is what the report of perf offers where the machine has the power PMU.
std::vector<std::string> permission_remedies(const std::vector<const Tried*>& counters) {
    std::vector<std::string> files;
    files.reserve(counters.size());
    for (const Tried* one : counters) {
        files.push_back(one->energy_file);
    }
    const std::string words = shell_words(files);
    std::vector<std::string> remedies;
    if (!words.empty()) {
        remedies.push_back("sudo chgrp \"$(id -gn)\"" + words + " && sudo chmod g+r" + words +
                           "   # until the next boot");
    }
    remedies.emplace_back("run gramme as root");
    return remedies;
}

SourceReport perf_report(const SourceContext& context, const PerfAttempt& perf) {
    SourceReport report;
    report.name = kPerfMethod;
    report.devices = perf.ids;
    if (!perf.counters.empty()) {
        report.state = SourceState::kUsed;
        report.why = perf.lost.empty() ? "" : "not every counter of the power PMU can be opened";
        return report;
    }
    if (perf.code != Code::kPermission) {
        report.why = "the counters of the power PMU cannot be opened";
        if (perf.code != Code::kNotFound) {
            report.why += ": " + std::string{failure_words(perf.code)};
        }
        return report;
    }
    report.state = SourceState::kRefused;
    const std::optional<int> paranoid = perf_paranoid(context.host);
    report.why = "perf_event_open: permission denied";
    if (paranoid) {
        report.why += "; kernel.perf_event_paranoid is " + std::to_string(*paranoid);
    }
    if (!paranoid || *paranoid > 0) {
        report.why += " and gramme lacks CAP_PERFMON";
        report.remedies = {kAllowPerfmon, "sudo sysctl kernel.perf_event_paranoid=0   # until the next boot"};
    }
    if (!context.facts.container.empty()) {
        report.remedies.emplace_back("docker run --cap-add PERFMON --security-opt seccomp=unconfined ...");
    }
    return report;
}

void add_words(std::string& text, const std::string& more) {
    text += (text.empty() ? "" : "; ") + more;
}

void add_unnamed(std::string& text, const RaplTree& tree) {
    if (tree.unnamed > 0) {
        add_words(text,
                  std::to_string(tree.unnamed) + " zones of /sys/class/powercap have no name that is known");
    }
}

void explain_absence(SourceReport& report, const RaplTree& tree, const HostFacts& facts) {
    if (tree.dangling > 0) {
        report.state = SourceState::kRefused;
        report.why = std::to_string(tree.dangling) +
                     " zones are listed in /sys/class/powercap but hidden, as container runtimes do";
        report.remedies = {"run gramme outside the container",
                           "docker run --security-opt systempaths=unconfined ..."};
        return;
    }
    report.state = SourceState::kAbsent;
    const bool no_zone = tree.zones.empty() && tree.unnamed == 0;  // else its driver is there
    if (!facts.virtualisation.empty()) {
        report.why = "a virtual machine is not shown the energy counters of its host";
    } else if (!is_x86(facts)) {
        report.why = "this CPU has no RAPL counters";
    } else {
        report.why = no_zone ? "no RAPL zone in /sys/class/powercap: the driver is not loaded"
                             : "no package or dram zone in /sys/class/powercap";
        if (no_zone) {
            report.remedies = {"sudo modprobe intel_rapl_msr"};
        }
    }
    add_unnamed(report.why, tree);
}

/// What of the powercap counters is missing, in words; the state where none of them can be read.
void report_powercap(SourceReport& report, const std::vector<Tried>& counters) {
    std::vector<const Tried*> denied;
    std::vector<const Tried*> broken;
    for (const Tried& tried : counters) {
        report.devices.push_back(rapl_device_id(tried.shape));
        if (tried.file == nullptr) {
            (tried.code == Code::kPermission ? denied : broken).push_back(&tried);
        }
    }
    report.state = SourceState::kUsed;
    if (!denied.empty()) {
        report.why = "energy_uj of " + names_of(denied) + ": permission denied";
        report.remedies = permission_remedies(denied);
    }
    if (!broken.empty()) {
        report.why +=
            (report.why.empty() ? "" : "; ") + ("energy_uj of " + names_of(broken)) + ": cannot be read";
    }
    if (denied.size() + broken.size() == counters.size()) {
        report.state = denied.empty() ? SourceState::kAbsent : SourceState::kRefused;
    }
}

std::vector<OpenCounter> opened_devices(const SourceContext& context, std::vector<Tried>& tried) {
    std::stable_sort(tried.begin(), tried.end(), [](const Tried& a, const Tried& b) {
        return std::tuple{a.shape.kind, a.shape.package, a.shape.die} <
               std::tuple{b.shape.kind, b.shape.package, b.shape.die};
    });
    std::vector<RaplShape> shapes;
    shapes.reserve(tried.size());
    for (const Tried& one : tried) {
        shapes.push_back(one.shape);
    }
    const RaplSurroundings around = rapl_surroundings(context);
    std::vector<OpenCounter> counters;
    counters.reserve(tried.size());
    for (Tried& one : tried) {
        OpenCounter open{rapl_device(one.shape, around, shapes, one.spec), std::move(one.file), {}};
        use_calibrated_idle(open.device, context.options.calibrated);
        open.failure = open.file == nullptr ? failure_words(one.code) : "";
        counters.push_back(std::move(open));
    }
    return counters;
}

/// What a reader of the numbers should know of the counters that are used.
void warn(OpenedSource& source, SourceReport& report, const SourceContext& context, const RaplTree& tree,
          const std::vector<OpenCounter>& counters) {
    if (report.name == kPowercapMethod) {
        add_unnamed(report.why, tree);
    }
    std::size_t package_counters = 0;
    for (const OpenCounter& counter : counters) {
        package_counters += counter.device.device.kind == DeviceKind::kCpu ? 1U : 0U;
    }
    const bool is_virtual = !context.facts.virtualisation.empty();
    if (!is_virtual && static_cast<int>(package_counters) < context.facts.cpu_sockets) {
        add_words(report.why, std::to_string(package_counters) + " of " +
                                  std::to_string(context.facts.cpu_sockets) +
                                  " sockets have a package counter");
    }
    if (!report.why.empty()) {
        source.warnings.push_back(report.why + "; what they used is missing from the total");
    }
    if (is_virtual) {
        source.warnings.emplace_back(
            "RAPL counters in a virtual machine are its hypervisor's estimate, not a measurement");
    }
}

std::vector<std::string> ids_of(const std::vector<RaplCounter>& counters) {
    std::vector<std::string> ids;
    ids.reserve(counters.size());
    for (const RaplCounter& counter : counters) {
        ids.push_back(rapl_device_id(powercap_shape(counter)));
    }
    return ids;
}

std::vector<SourceReport> not_needed(const SourceContext& context, const std::vector<RaplCounter>& chosen) {
    std::vector<SourceReport> reports;
    if (!read_power_pmu(context.host, context.facts.cpu_vendor).empty()) {
        reports.push_back({kPerfMethod, SourceState::kAvailable, kInTheNodeMeter, {}, {}});
    }
    if (!chosen.empty()) {
        reports.push_back({kPowercapMethod, SourceState::kAvailable, kInTheNodeMeter, {}, ids_of(chosen)});
    }
    return reports;
}

}  // namespace

OpenedSource open_rapl(const SourceContext& context) {
    const RaplTree tree = read_rapl_tree(context.host);
    const std::vector<RaplCounter> chosen = choose_counters(tree.zones, context.facts.cpu_vendor);
    OpenedSource source;
    if (context.node_counted) {
        source.reports = not_needed(context, chosen);
        return source;
    }
    PerfAttempt perf = try_perf(context.host, context.facts.cpu_vendor, tree);
    std::vector<Tried> powercap;
    for (const RaplCounter& counter : chosen) {
        if (!perf.counted.contains({counter.kind, counter.package})) {
            powercap.push_back(try_powercap(context.host, counter));
        }
    }

    if (!perf.ids.empty()) {
        source.reports.push_back(perf_report(context, perf));
    }
    SourceReport report;
    report.name = kPowercapMethod;
    if (chosen.empty()) {
        explain_absence(report, tree, context.facts);
    } else if (powercap.empty()) {
        report.state = SourceState::kAvailable;
        report.why = "not needed: perf gives these counters";
        report.devices = ids_of(chosen);
    } else {
        report_powercap(report, powercap);
    }
    std::vector<Tried> all = std::move(perf.counters);
    if (report.state == SourceState::kUsed) {
        std::move(powercap.begin(), powercap.end(), std::back_inserter(all));
    }
    if (!all.empty()) {
        std::vector<OpenCounter> counters = opened_devices(context, all);
        SourceReport& used = report.state == SourceState::kUsed ? report : source.reports.front();
        warn(source, used, context, tree, counters);
        source.probe = make_counter_probe(context.host, std::move(counters), used);
    }
    source.reports.push_back(std::move(report));
    return source;
}

}  // namespace gramme::probe
