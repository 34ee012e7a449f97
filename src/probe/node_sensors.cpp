#include "probe/node_sensors.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "probe/counter_probe.hpp"
#include "probe/grace.hpp"
#include "probe/hwmon.hpp"
#include "probe/power_probe.hpp"
#include "probe/rapl_zones.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kPage = "docs/method/platform.md";
constexpr double kAcpiSigma = 0.05;  // where the meter does not tell
constexpr double kJetsonSigma = 0.05;
constexpr double kPsysSigma = 0.20;  // laptops are known on which it is a third above what the battery gives
constexpr Watts kMostOfNode{20'000.0};
constexpr Watts kMostOfJetson{300.0};
constexpr Seconds kNodeInterval{1.0};
constexpr Seconds kPsysRest{5.0};  // some count whole joules, and a machine that is on draws more than a watt

ProbedDevice node_device(const SourceContext& context, std::string name, const std::string& method,
                         double sigma) {
    ProbedDevice probed;
    probed.device.id = kNodeDevice;
    probed.device.kind = DeviceKind::kPlatform;
    probed.device.name = std::move(name);
    probed.device.method = method;
    probed.device.quality = Quality::kIntegrated;
    probed.device.gain_sigma = sigma;
    probed.device.gain_source = kPage;
    probed.device.group = method;
    set_node_idle(probed, context);
    return probed;
}

NodeMeter found_meter(const char* method) {
    NodeMeter meter;
    meter.report.name = method;
    meter.report.devices = {kNodeDevice};
    return meter;
}

/// How to open a meter of one sensor.
struct OneSensor {
    PowerFile file;
    std::string name;
    double sigma = 0.0;
    Seconds window{0.0};
    Watts most{};
};

void let_open(NodeMeter& meter, const SourceContext& context, const OneSensor& sensor) {
    const std::string method = meter.report.name;
    meter.open = [&context, sensor, method](SourceReport& report) -> std::unique_ptr<Probe> {
        ProbedDevice device = node_device(context, sensor.name, method, sensor.sigma);
        device.meter.energy = power_spec(sensor.window, context.options.interval, sensor.most);
        auto probe = open_power_probe(context.host, {sensor.file},
                                      {{std::move(device), PowerDevice::Form::kSum, {0}}}, report);
        if (probe) {
            return *std::move(probe);
        }
        const bool refused = probe.error().code == Code::kPermission;
        report.state = refused ? SourceState::kRefused : SourceState::kAbsent;
        report.why = probe.error().what;
        if (refused) {
            report.remedies = allow_reading_refused(context.host, paths_of({sensor.file}));
        }
        return nullptr;
    };
}

/// By the names of the top zones: the whole tree has some hundred files on a server.
bool has_psys(const Host& host) {
    const auto folders = host.list("/sys/class/powercap");
    return folders && std::any_of(folders->begin(), folders->end(), [&](const std::string& folder) {
               const auto parsed = parse_zone_folder(folder);
               const auto name =
                   parsed && parsed->parent.empty()
                       ? parse_zone_name(word_in(host, "/sys/class/powercap/" + folder + "/name"))
                       : std::nullopt;
               return name && name->kind == ZoneKind::kPlatform;
           });
}

}  // namespace

void find_acpi_meter(const SourceContext& context, const std::vector<HwmonChip>& chips,
                     std::vector<NodeMeter>& out) {
    std::vector<AcpiMeter> meters;
    for (const HwmonChip& chip : chips) {
        auto meter = read_acpi_meter(context.host, chip);
        if (meter && !meter->is_battery && !parse_grace_label(meter->oem_info)) {
            meters.push_back(*std::move(meter));
        }
    }
    if (meters.empty()) {
        return;
    }
    NodeMeter meter = found_meter("acpi-power-meter");
    const AcpiMeter& first = meters.front();
    if (meters.size() > 1 || !first.whole_machine) {
        meter.report.state = SourceState::kAvailable;
        meter.report.why =
            meters.size() > 1 ? std::to_string(meters.size()) + " meters: what each of them holds is not told"
                              : "it measures some devices, not the whole machine";
    } else {
        const std::string name =
            "power meter of the firmware" + (first.oem_info.empty() ? "" : ": " + first.oem_info);
        let_open(meter, context,
                 {{first.path, {}, kMicrowatt},
                  name,
                  first.sigma > 0.0 ? first.sigma : kAcpiSigma,
                  first.window,
                  kMostOfNode});
        meter.warnings = {seldom_warning("the machine's meter", context.options.interval,
                                         std::max(first.window, kNodeInterval))};
    }
    out.push_back(std::move(meter));
}

void find_jetson_module(const SourceContext& context, const std::vector<HwmonChip>& chips,
                        std::vector<NodeMeter>& out) {
    for (const HwmonChip& chip : chips) {
        if (chip.driver != "ina3221") {
            continue;
        }
        for (const HwmonPower& channel : power_channels(context.host, chip)) {
            if (channel.label != kJetsonInput) {
                continue;
            }
            NodeMeter meter = found_meter("jetson-module-power");
            // mV x mA are uW, as power in one file is
            let_open(meter, context,
                     {{channel.path, channel.times, kMicrowatt},
                      "module by its VDD_IN rail: CPU, GPU and memory",
                      kJetsonSigma,
                      Seconds{0.0},
                      kMostOfJetson});
            meter.warnings = {seldom_warning("the module", context.options.interval, Seconds{0.2})};
            out.push_back(std::move(meter));
            return;
        }
    }
}

void find_psys(const SourceContext& context, std::vector<NodeMeter>& out) {
    if (!has_psys(context.host)) {
        return;
    }
    std::vector<RaplZone> zones = read_rapl_tree(context.host).zones;
    const bool has_package = std::any_of(
        zones.begin(), zones.end(), [](const RaplZone& zone) { return zone.kind == ZoneKind::kPackage; });
    std::erase_if(zones, [](const RaplZone& zone) { return zone.kind != ZoneKind::kPlatform; });
    if (zones.empty()) {
        return;
    }
    NodeMeter meter;
    meter.report.name = "rapl-psys";
    for (std::size_t i = 0; i < zones.size(); ++i) {
        meter.report.devices.push_back("host" + std::to_string(i));
    }
    meter.only_without_cpu = true;
    meter.holds_gpus = false;  // who knows: it stands where no card of its own is there
    meter.open = [&context, zones, has_package](SourceReport& report) -> std::unique_ptr<Probe> {
        std::vector<OpenCounter> counters;
        std::vector<std::string> refused;
        for (const RaplZone& zone : zones) {
            ProbedDevice device = node_device(context, zone.name, "rapl-psys", kPsysSigma);
            device.device.id = "host" + std::to_string(counters.size());
            device.device.quality = Quality::kMeasured;
            if (!device.meter.idle_calibrated) {
                device.meter.idle_power = device.meter.idle_power * (1.0 / static_cast<double>(zones.size()));
            }
            meter::CounterSpec spec;
            spec.per_count = Microjoules{1.0};
            spec.range = zone.range;
            spec.modulus_step = one_count_of(zone.range);
            spec.max_power = kMostOfNode;
            spec.longest_rest = kPsysRest;
            device.meter.energy = spec;
            const std::string path = zone.path + "/energy_uj";
            auto file = context.host.open(path);
            if (!file) {
                refused.push_back(path);
                report.state =
                    file.error().code == Code::kPermission ? SourceState::kRefused : SourceState::kAbsent;
                continue;
            }
            counters.push_back({std::move(device), *std::move(file)});
        }
        if (refused.empty()) {
            return make_counter_probe(context.host, std::move(counters), report);
        }
        report.why = "energy_uj of psys: cannot be read";
        if (!has_package) {  // else the way to the package is the one to take, and another source says it
            report.remedies = allow_reading_refused(context.host, refused);
        }
        return nullptr;
    };
    out.push_back(std::move(meter));
}

}  // namespace gramme::probe
