#include "probe/scmi.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/parse.hpp"
#include "probe/hwmon.hpp"
#include "probe/node_sensors.hpp"
#include "probe/power_probe.hpp"
#include "probe/rapl_device.hpp"
#include "probe/remedy.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kScmiMethod = "scmi-power";
constexpr double kScmiSigma = 0.10;  // nobody says how the firmware knows it
constexpr Watts kMostOfCpu{1'000.0};
constexpr Watts kMostOfScmiMemory{1'000.0};
constexpr Seconds kScmiInterval{1.0};

/// A sensor by the name that the firmware gave it.
struct NamedPower {
    std::string label;
    std::string path;
};

/// Top zones only: a child is inside its parent. "arm-scmi-powercap:3"
std::vector<NamedPower> powercap_zones(const Host& host) {
    constexpr std::string_view kControl = "arm-scmi-powercap:";
    std::vector<NamedPower> zones;
    const auto folders = host.list("/sys/class/powercap");
    for (const std::string& folder : folders ? *folders : std::vector<std::string>{}) {
        const std::string path = "/sys/class/powercap/" + folder;
        const bool is_top =
            folder.starts_with(kControl) && folder.find(':', kControl.size()) == std::string::npos;
        if (is_top && host.exists(path + "/power_uw")) {
            zones.push_back({word_in(host, path + "/name"), path + "/power_uw"});
        }
    }
    return zones;
}

std::vector<NamedPower> firmware_sensors(const Host& host) {
    std::vector<NamedPower> sensors;
    for (const HwmonChip& chip : list_hwmon(host)) {
        if (chip.driver != "scmi_sensors") {
            continue;
        }
        for (HwmonPower& channel : power_channels(host, chip)) {
            if (channel.times.empty()) {
                sensors.push_back({std::move(channel.label), std::move(channel.path)});
            }
        }
    }
    return sensors;
}

std::vector<NamedPower> of_word(const std::vector<NamedPower>& all, RailWord word) {
    std::vector<NamedPower> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some),
                 [&](const NamedPower& one) { return rail_word(one.label) == word; });
    return some;
}

std::string labels_of(const std::vector<NamedPower>& sensors) {
    std::string text;
    for (const NamedPower& one : sensors) {
        text += (text.empty() ? "" : ", ") + (one.label.empty() ? "one without a name" : one.label);
    }
    return text;
}

PowerDevice device_of(const SourceContext& context, const std::vector<NamedPower>& sensors, bool is_cpu,
                      std::vector<PowerFile>& files) {
    PowerDevice out;
    for (const NamedPower& one : sensors) {
        out.parts.push_back(files.size());
        files.push_back({one.path, {}, kMicrowatt});
    }
    const RaplSurroundings around = rapl_surroundings(context);
    Device& device = out.device.device;
    device.id = is_cpu ? "cpu0" : "dram0";
    device.kind = is_cpu ? DeviceKind::kCpu : DeviceKind::kMemory;
    device.name = "firmware's " + labels_of(sensors);
    device.method = kScmiMethod;
    device.quality = Quality::kIntegrated;
    device.gain_sigma = kScmiSigma;
    device.gain_source = "docs/method/platform.md";
    device.group = kScmiMethod;
    out.device.meter.energy =
        power_spec(Seconds{0.0}, context.options.interval, is_cpu ? kMostOfCpu : kMostOfScmiMemory);
    out.device.meter.idle_power = Watts{is_cpu ? kIdleShareOfTdp * around.tdp_w : around.memory_idle_w};
    out.device.meter.cpus = context.facts.cpu_count;
    use_calibrated_idle(out.device, context.options.calibrated);
    return out;
}

/// Runs of letters, in lower case: neither "x12" nor "score" has the word "core".
std::vector<std::string> letters_of(std::string_view label) {
    std::vector<std::string> words(1);
    for (const char byte : label) {
        const char lower = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
        if (lower >= 'a' && lower <= 'z') {
            words.back() += lower;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    return words;
}

bool has_any(const std::vector<std::string>& words, std::initializer_list<std::string_view> wanted) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
    });
}

constexpr std::array kCpuLevels{RailWord::kPackage, RailWord::kSoc,     RailWord::kSocket,
                                RailWord::kCpu,     RailWord::kCluster, RailWord::kCore};

}  // namespace

RailWord rail_word(std::string_view label) {
    const std::vector<std::string> words = letters_of(label);
    if (has_any(words, {"gpu", "sys", "system", "board", "total"})) {
        return RailWord::kOther;
    }
    if (has_any(words, {"dram", "ddr", "lpddr", "dimm", "mem", "memory"})) {
        return RailWord::kMemory;
    }
    if (has_any(words, {"package", "pkg"})) {
        return RailWord::kPackage;
    }
    if (has_any(words, {"soc"})) {
        return RailWord::kSoc;
    }
    if (has_any(words, {"socket"})) {
        return RailWord::kSocket;
    }
    if (has_any(words, {"core", "cores"})) {
        return RailWord::kCore;
    }
    if (has_any(words, {"cluster", "clusters"})) {
        return RailWord::kCluster;
    }
    return has_any(words, {"cpu", "cpus"}) ? RailWord::kCpu : RailWord::kOther;
}

OpenedSource open_scmi(const SourceContext& context) {
    OpenedSource source;
    if (is_x86(context.facts)) {
        return source;
    }
    std::vector<NamedPower> all = powercap_zones(context.host);
    if (all.empty()) {
        all = firmware_sensors(context.host);
    }
    if (all.empty()) {
        return source;
    }
    SourceReport report;
    report.name = kScmiMethod;
    std::vector<NamedPower> cpu;
    std::vector<NamedPower> inside;  // what the widest of them holds already
    for (const RailWord level : kCpuLevels) {
        std::vector<NamedPower> here = of_word(all, level);
        std::vector<NamedPower>& place = cpu.empty() ? cpu : inside;
        std::move(here.begin(), here.end(), std::back_inserter(place));
    }
    const std::vector<NamedPower> memory = of_word(all, RailWord::kMemory);
    std::vector<PowerFile> files;
    std::vector<PowerDevice> devices;
    if (!context.cpu_covered && !cpu.empty()) {
        devices.push_back(device_of(context, cpu, true, files));
    }
    if (!context.memory_covered && !memory.empty()) {
        devices.push_back(device_of(context, memory, false, files));
    }
    for (const PowerDevice& one : devices) {
        report.devices.push_back(one.device.device.id);
    }
    if (devices.empty()) {
        report.state = SourceState::kAvailable;
        report.why = context.node_counted ? kInTheNodeMeter
                     : cpu.empty() && memory.empty()
                         ? "what the firmware's " + labels_of(all) + " hold is not told by their names"
                         : "not needed: CPU or memory is measured";
        source.reports.push_back(std::move(report));
        return source;
    }
    report.state = SourceState::kUsed;
    report.why = inside.empty() ? "" : "left out, as inside " + labels_of(cpu) + ": " + labels_of(inside);
    auto probe = open_power_probe(context.host, files, std::move(devices), report);
    if (probe) {
        source.probe = *std::move(probe);
        if (std::string warning =
                seldom_warning("the firmware's sensor", context.options.interval, kScmiInterval);
            !warning.empty()) {
            source.warnings.push_back(std::move(warning));
        }
    } else {
        report.state = probe.error().code == Code::kPermission ? SourceState::kRefused : SourceState::kAbsent;
        report.why = probe.error().what;
        report.remedies = allow_reading_refused(context.host, paths_of(files));
    }
    source.reports.push_back(std::move(report));
    return source;
}

OpenedSource report_other_sensors(const SourceContext& context) {
    constexpr std::array<std::string_view, 6> kBoards{"ina3221", "ina2xx",      "ina238",
                                                      "ltc2947", "smpro_hwmon", "ibmpowernv"};
    OpenedSource source;
    for (const HwmonChip& chip : list_hwmon(context.host)) {
        std::vector<NamedPower> sensors;
        if (std::find(kBoards.begin(), kBoards.end(), chip.driver) != kBoards.end()) {
            for (HwmonPower& channel : power_channels(context.host, chip)) {
                if (channel.label != kJetsonInput) {
                    sensors.push_back({std::move(channel.label), std::move(channel.path)});
                }
            }
        }
        if (!sensors.empty()) {
            source.reports.push_back({"hwmon-" + chip.driver,
                                      SourceState::kAvailable,
                                      labels_of(sensors) + ": what a board's rails hold is not told, so that "
                                                           "none of them is counted",
                                      {},
                                      {}});
        }
    }
    return source;
}

}  // namespace gramme::probe
