#include "probe/grace.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/parse.hpp"
#include "probe/power_probe.hpp"
#include "probe/rapl_device.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kGraceMethod = "grace-power";
constexpr const char* kModuleMethod = "grace-module-power";
constexpr const char* kGracePage = "docs/method/platform.md";
constexpr double kSocketSigma = 0.05;
constexpr double kModuleSigma = 0.05;
constexpr Watts kMostPerSocket{1'000.0};
constexpr Watts kMostPerModule{3'000.0};
constexpr Seconds kGraceInterval{0.2};  // of a sensor that averages over 50 ms
constexpr int kMostSockets = 64;

using What = GraceSensor::What;

/// The sensors of one socket by what they show.
using Socket = std::map<What, AcpiMeter>;

std::map<int, Socket> grace_sockets(const Host& host, const std::vector<HwmonChip>& chips) {
    std::map<int, Socket> sockets;
    for (const HwmonChip& chip : chips) {
        auto meter = read_acpi_meter(host, chip);
        if (const auto sensor = meter ? parse_grace_label(meter->oem_info) : std::nullopt) {
            sockets[sensor->socket].emplace(sensor->what, *std::move(meter));
        }
    }
    return sockets;
}

ProbedDevice socket_device(const SourceContext& context, int socket, bool is_cpu, std::string name,
                           Seconds window) {
    ProbedDevice probed;
    probed.device.id = (is_cpu ? "cpu" : "dram") + std::to_string(socket);
    probed.device.kind = is_cpu ? DeviceKind::kCpu : DeviceKind::kMemory;
    probed.device.name = std::move(name);
    probed.device.method = kGraceMethod;
    probed.device.quality = Quality::kIntegrated;
    probed.device.gain_sigma = kSocketSigma;
    probed.device.gain_source = kGracePage;
    probed.device.group = kGraceMethod;
    probed.meter.energy = power_spec(window, context.options.interval, kMostPerSocket);
    probed.meter.cpus = context.facts.cpu_count;
    probed.meter.socket = socket;
    return probed;
}

/// The sensors and devices of all sockets, in the order in which they are read.
struct Layout {
    std::vector<PowerFile> files;
    std::vector<PowerDevice> cpus;
    std::vector<PowerDevice> memories;
    std::vector<std::string> incomplete;  ///< sockets without the sensor of the whole socket

    std::size_t add(const AcpiMeter& meter) {
        files.push_back({meter.path, {}, kMicrowatt});
        return files.size() - 1;
    }
};

void add_socket(const SourceContext& context, int number, const Socket& sensors, Layout& layout) {
    const auto whole = sensors.find(What::kSocket);
    const auto cpu = sensors.find(What::kCpuRail);
    const auto sys_io = sensors.find(What::kSysIoRail);
    const std::string name = "Grace socket " + std::to_string(number);
    if (whole == sensors.end()) {
        layout.incomplete.push_back(name);
        return;
    }
    const Seconds window = whole->second.window;
    const std::size_t at = layout.add(whole->second);
    if (cpu == sensors.end() || sys_io == sensors.end()) {
        layout.cpus.push_back({socket_device(context, number, true, name + ": CPU and memory", window),
                               PowerDevice::Form::kSum,
                               {at}});
        return;
    }
    const std::vector<std::size_t> rails{layout.add(cpu->second), layout.add(sys_io->second)};
    layout.cpus.push_back({socket_device(context, number, true, name + ": CPU and SysIO rails", window),
                           PowerDevice::Form::kInside, rails, at});
    layout.memories.push_back({socket_device(context, number, false, name + ": memory", window),
                               PowerDevice::Form::kRest, rails, at});
}

/// Idle power as the tables have it; what one device holds beside the CPU is added to it.
void set_idle_powers(const SourceContext& context, Layout& layout) {
    const RaplSurroundings around = rapl_surroundings(context);
    const auto sockets = static_cast<double>(layout.cpus.size());
    const Watts memory{around.memory_idle_w / sockets};
    for (PowerDevice& one : layout.cpus) {
        const bool with_memory = one.form == PowerDevice::Form::kSum;
        one.device.meter.idle_power =
            Watts{kIdleShareOfTdp * around.tdp_w} + (with_memory ? memory : Watts{});
        use_calibrated_idle(one.device, context.options.calibrated);
    }
    for (PowerDevice& one : layout.memories) {
        one.device.meter.idle_power = memory;
        use_calibrated_idle(one.device, context.options.calibrated);
    }
}

void report_failure(SourceReport& report, const Error& error, const Host& host,
                    const std::vector<PowerFile>& files) {
    report.state = error.code == Code::kPermission ? SourceState::kRefused : SourceState::kAbsent;
    report.why = error.what;
    report.remedies = allow_reading_refused(host, paths_of(files));
}

}  // namespace

std::optional<GraceSensor> parse_grace_label(std::string_view text) noexcept {
    constexpr std::array<std::pair<std::string_view, What>, 4> kLabels{
        {{"Module Power Socket ", What::kModule},
         {"Grace Power Socket ", What::kSocket},
         {"CPU Power Socket ", What::kCpuRail},
         {"SysIO Power Socket ", What::kSysIoRail}}};
    for (const auto& [label, what] : kLabels) {
        if (text.starts_with(label)) {
            const auto socket = read_u64(text.substr(label.size()));
            return socket && *socket < kMostSockets
                       ? std::optional<GraceSensor>{{what, static_cast<int>(*socket)}}
                       : std::nullopt;
        }
    }
    return std::nullopt;
}

OpenedSource open_grace(const SourceContext& context) {
    OpenedSource source;
    Layout layout;
    if (is_x86(context.facts)) {
        return source;
    }
    for (const auto& [number, sensors] : grace_sockets(context.host, list_hwmon(context.host))) {
        add_socket(context, number, sensors, layout);
    }
    if (layout.cpus.empty()) {
        return source;
    }
    SourceReport report;
    report.name = kGraceMethod;
    const std::size_t sockets = std::max(layout.cpus.size() + layout.incomplete.size(),
                                         static_cast<std::size_t>(std::max(context.facts.cpu_sockets, 0)));
    if (layout.cpus.size() < sockets) {
        report.why = std::to_string(layout.cpus.size()) + " of " + std::to_string(sockets) +
                     " sockets show their power";
    }
    set_idle_powers(context, layout);
    std::vector<PowerDevice> devices = layout.cpus;
    devices.insert(devices.end(), layout.memories.begin(), layout.memories.end());
    for (const PowerDevice& one : devices) {
        report.devices.push_back(one.device.device.id);
    }
    if (context.cpu_covered || context.memory_covered) {
        report.state = SourceState::kAvailable;
        report.why = context.node_counted ? kInTheNodeMeter : "not needed: CPU or memory is measured";
        source.reports.push_back(std::move(report));
        return source;
    }
    report.state = SourceState::kUsed;
    auto probe = open_power_probe(context.host, layout.files, std::move(devices), report);
    if (!probe) {
        report_failure(report, probe.error(), context.host, layout.files);
    } else {
        source.probe = *std::move(probe);
        source.memory_too = true;  // in a device of its own, or in that of the CPU
        if (!report.why.empty()) {
            source.warnings.push_back(report.why + "; what the others used is missing from the total");
        }
        if (std::string warning = seldom_warning("the Grace CPU", context.options.interval, kGraceInterval);
            !warning.empty()) {
            source.warnings.push_back(std::move(warning));
        }
    }
    source.reports.push_back(std::move(report));
    return source;
}

bool has_grace_module(const Host& host) {
    const auto sockets = grace_sockets(host, list_hwmon(host));
    return std::any_of(sockets.begin(), sockets.end(),
                       [](const auto& socket) { return socket.second.contains(What::kModule); });
}

void find_grace_modules(const SourceContext& context, const std::vector<HwmonChip>& chips,
                        std::vector<NodeMeter>& out) {
    std::vector<PowerFile> files;
    PowerDevice device;
    Seconds window{};
    const std::map<int, Socket> all_sockets = grace_sockets(context.host, chips);
    for (const auto& [number, sensors] : all_sockets) {
        if (const auto module = sensors.find(What::kModule); module != sensors.end()) {
            device.parts.push_back(files.size());
            files.push_back({module->second.path, {}, kMicrowatt});
            window = module->second.window;
        }
    }
    if (files.empty()) {
        return;
    }
    NodeMeter meter;
    meter.report.name = kModuleMethod;
    meter.report.devices = {kNodeDevice};
    const std::size_t sockets =
        std::max(all_sockets.size(), static_cast<std::size_t>(std::max(context.facts.cpu_sockets, 0)));
    if (files.size() < sockets) {  // the sum of some is not the machine
        meter.report.state = SourceState::kAvailable;
        meter.report.why = std::to_string(files.size()) + " of " + std::to_string(sockets) +
                           " modules show their power: what the others use is not known";
        out.push_back(std::move(meter));
        return;
    }
    meter.warnings = {seldom_warning("the module", context.options.interval, kGraceInterval)};
    meter.open = [&context, files, device, window](SourceReport& report) -> std::unique_ptr<Probe> {
        PowerDevice all = device;
        Device& about = all.device.device;
        about.id = kNodeDevice;
        about.kind = DeviceKind::kPlatform;
        about.name = std::to_string(files.size()) + (files.size() == 1 ? " module" : " modules") +
                     ": CPU, GPU and memory";
        about.method = kModuleMethod;
        about.quality = Quality::kIntegrated;
        about.gain_sigma = kModuleSigma;
        about.gain_source = kGracePage;
        about.group = kModuleMethod;
        all.device.meter.energy =
            power_spec(window, context.options.interval, kMostPerModule * static_cast<double>(files.size()));
        set_node_idle(all.device, context);
        auto probe = open_power_probe(context.host, files, {std::move(all)}, report);
        if (!probe) {
            report_failure(report, probe.error(), context.host, files);
            return nullptr;
        }
        return *std::move(probe);
    };
    out.push_back(std::move(meter));
}

}  // namespace gramme::probe
