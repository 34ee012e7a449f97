#include "probe/rapl.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "probe/rapl_zones.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kMethod = "rapl-powercap";
constexpr double kLimitMargin = 1.5;  // turbo may exceed the limits for a while
constexpr double kIdleShare = 0.2;    // of the TDP; docs/method/attribution.md
/// The kernel's counters are renewed every millisecond; a package that is on never rests, and memory hardly
/// ever.
constexpr Seconds kPackageRest{2.0};
constexpr Seconds kDramRest{10.0};
constexpr Watts kMostPerPackage{1000.0};  // where a zone states no limit
constexpr double kVirtualSigma = 0.3;     // a hypervisor's own estimate

/// A counter with its open file; without a file every reading fails for `failure`.
struct OpenCounter {
    ProbedDevice device;
    std::unique_ptr<OpenFile> file;
    std::string_view failure;
};

class RaplProbe final : public Probe {
public:
    RaplProbe(const Host& host, std::vector<OpenCounter> counters, SourceReport report)
        : host_(host), counters_(std::move(counters)), report_(std::move(report)) {}

    [[nodiscard]] std::size_t device_count() const noexcept override { return counters_.size(); }
    [[nodiscard]] ProbedDevice device(std::size_t index) const override { return counters_.at(index).device; }

    void sample(ReadingBuffer& out) noexcept override {
        std::int64_t before_ns = host_.now().boot_ns;
        for (std::size_t i = 0; i < counters_.size(); ++i) {
            Reading reading = read(counters_[i]);
            const std::int64_t after_ns = host_.now().boot_ns;
            reading.device = static_cast<std::uint16_t>(i);
            reading.at_ns = before_ns + (after_ns - before_ns) / 2;
            before_ns = after_ns;
            out.add(reading);
        }
    }
    void finish(ReadingBuffer& out, Seconds /*patience*/) noexcept override { sample(out); }

    [[nodiscard]] Membership membership(std::size_t /*index*/) const noexcept override {
        return Membership::kIn;
    }
    [[nodiscard]] std::string membership_reason(std::size_t /*index*/) const override { return {}; }
    [[nodiscard]] SourceReport report() const override { return report_; }

private:
    static Reading read(OpenCounter& counter) noexcept {
        Reading reading;
        if (counter.file == nullptr) {
            reading.failure = counter.failure;
            return reading;
        }
        std::array<char, 32> text{};
        const Result<std::size_t> count = counter.file->read(text);
        if (!count) {
            reading.failure = failure_words(count.error().code);
            return reading;
        }
        const std::optional<std::uint64_t> raw = read_u64({text.data(), *count});
        if (!raw) {
            reading.failure = failure_words(Code::kMalformed);
            return reading;
        }
        reading.kind = ReadingKind::kCounter;
        reading.raw = *raw;
        return reading;
    }

    const Host& host_;
    std::vector<OpenCounter> counters_;
    SourceReport report_;
};

std::string energy_file(const RaplZone& zone) {
    return zone.path + "/energy_uj";
}

struct Attempt {
    std::unique_ptr<OpenFile> file;
    std::size_t zone = 0;  ///< index of the zone that opened, or of the preferred one
    Code code = Code::kNotFound;
};

/// The first zone of the counter that opens and reads.
Attempt try_open(const Host& host, const RaplCounter& counter) {
    Attempt attempt;
    for (std::size_t i = 0; i < counter.zones.size(); ++i) {
        Result<std::unique_ptr<OpenFile>> file = host.open(energy_file(counter.zones[i]));
        if (file) {
            std::array<char, 32> text{};
            const Result<std::size_t> count = (*file)->read(text);
            if (count) {
                attempt.file = *std::move(file);
                attempt.zone = i;
                return attempt;
            }
            attempt.code = i == 0 ? count.error().code : attempt.code;
        } else {
            attempt.code = i == 0 ? file.error().code : attempt.code;
        }
    }
    return attempt;
}

struct Sigma {
    double package = 0.0;
    double dram = 0.0;
};

Sigma sigma_of(const HostFacts& facts) {
    if (!facts.virtualisation.empty()) {
        return {kVirtualSigma, kVirtualSigma};
    }
    const bool server = is_server(facts);
    if (facts.cpu_vendor == "GenuineIntel") {
        return server ? Sigma{0.03, 0.05} : Sigma{0.05, 0.20};
    }
    return {0.07, server ? 0.05 : 0.20};
}

std::string suffix_of(const RaplCounter& counter) {
    return std::to_string(counter.package) + (counter.die < 0 ? "" : "-die" + std::to_string(counter.die));
}

struct Surroundings {
    Sigma sigma;
    bool is_virtual = false;
    double cpus = 0.0;
    double tdp_w = 0.0;          ///< of one package; 0: unknown
    double memory_idle_w = 0.0;  ///< of all modules
};

Watts idle_power_of(const RaplCounter& counter, const RaplZone& zone, const Surroundings& around,
                    double counters_of_kind, double dies_of_package) {
    if (counter.kind == ZoneKind::kDram) {
        return Watts{around.memory_idle_w / counters_of_kind};
    }
    if (around.tdp_w > 0.0) {
        return Watts{kIdleShare * around.tdp_w / dies_of_package};
    }
    return Watts{kIdleShare * zone.long_term_w};
}

ProbedDevice describe(const RaplCounter& counter, const RaplZone& zone, const Surroundings& around,
                      const std::vector<RaplCounter>& all) {
    const bool is_package = counter.kind == ZoneKind::kPackage;
    ProbedDevice probed;
    Device& device = probed.device;
    device.id = (is_package ? "cpu" : "dram") + suffix_of(counter);
    device.kind = is_package ? DeviceKind::kCpu : DeviceKind::kMemory;
    device.name = is_package ? zone.name : "dram of package-" + std::to_string(counter.package);
    device.method = kMethod;
    device.quality = around.is_virtual ? Quality::kModelled : Quality::kMeasured;
    device.gain_sigma = is_package ? around.sigma.package : around.sigma.dram;
    device.gain_source = "docs/method/energy.md";
    device.group = is_package ? "rapl-package" : "rapl-dram";

    meter::CounterSpec spec;
    spec.per_count = Microjoules{1.0};
    spec.range = zone.range;
    spec.modulus_step = one_count_of(zone.range);
    spec.max_power =
        zone.largest_limit_w > 0.0 ? Watts{kLimitMargin * zone.largest_limit_w} : kMostPerPackage;
    if (!around.is_virtual) {
        spec.longest_rest = is_package ? kPackageRest : kDramRest;
    }
    probed.meter.energy = spec;
    const auto of_kind = std::count_if(all.begin(), all.end(),
                                       [&](const RaplCounter& other) { return other.kind == counter.kind; });
    const auto of_package = std::count_if(all.begin(), all.end(), [&](const RaplCounter& other) {
        return other.kind == counter.kind && other.package == counter.package;
    });
    probed.meter.idle_power =
        idle_power_of(counter, zone, around, static_cast<double>(of_kind), static_cast<double>(of_package));
    probed.meter.cpus = around.cpus;
    probed.meter.socket = counter.package;
    return probed;
}

/// A hypervisor's estimate is not a measurement: what it said of an idle machine is not used either.
void use_calibrated_idle(ProbedDevice& probed, const meter::IdlePowers* calibrated) {
    if (calibrated == nullptr || probed.device.quality != Quality::kMeasured) {
        return;
    }
    const auto found = std::find_if(calibrated->begin(), calibrated->end(),
                                    [&](const auto& one) { return one.first == probed.device.id; });
    if (found != calibrated->end()) {
        probed.meter.idle_power = found->second;
        probed.meter.idle_calibrated = true;
    }
}

Surroundings surroundings_of(const SourceContext& context) {
    Surroundings around;
    around.sigma = sigma_of(context.facts);
    around.is_virtual = !context.facts.virtualisation.empty();
    around.cpus = context.facts.cpu_count;
    if (const auto cpu = context.tables.find_cpu(context.facts.cpu_model)) {
        around.tdp_w = cpu->tdp_w;
    }
    const refdata::MemoryPower memory = context.tables.memory_power(is_server(context.facts));
    around.memory_idle_w = memory.idle_w_per_module * memory_modules(context.facts, memory);
    return around;
}

/// "package-0, package-1, dram"
std::string names_of(const std::vector<const RaplZone*>& zones) {
    std::string names;
    for (const RaplZone* zone : zones) {
        std::string name = zone->name;
        if (zone->kind == ZoneKind::kDram) {
            name += " of package-" + std::to_string(zone->package);
        }
        names += (names.empty() ? "" : ", ") + name;
    }
    return names;
}

std::vector<std::string> permission_remedies(const std::vector<const RaplZone*>& zones) {
    std::string files;
    for (const RaplZone* zone : zones) {
        files += " " + energy_file(*zone);
    }
    return {"sudo setcap cap_dac_read_search+ep \"$(command -v gramme)\"",
            "sudo chgrp \"$(id -gn)\"" + files + " && sudo chmod g+r" + files + "   # until the next boot",
            "run gramme as root"};
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
    const bool is_x86 = facts.cpu_vendor == "GenuineIntel" || facts.cpu_vendor == "AuthenticAMD" ||
                        facts.cpu_vendor == "HygonGenuine";
    if (!facts.virtualisation.empty()) {
        report.why = "a virtual machine is not shown the energy counters of its host";
    } else if (!is_x86) {
        report.why = "this CPU has no RAPL counters";
    } else {
        report.why = tree.zones.empty() ? "no RAPL zone in /sys/class/powercap: the driver is not loaded"
                                        : "no package or dram zone in /sys/class/powercap";
        report.remedies = {"sudo modprobe intel_rapl_msr"};
    }
}

}  // namespace

OpenedSource open_rapl(const SourceContext& context) {
    OpenedSource source;
    SourceReport report;
    report.name = kMethod;
    const RaplTree tree = read_rapl_tree(context.host);
    const std::vector<RaplCounter> chosen = choose_counters(tree.zones, context.facts.cpu_vendor);
    if (chosen.empty()) {
        explain_absence(report, tree, context.facts);
        source.reports.push_back(std::move(report));
        return source;
    }

    const Surroundings around = surroundings_of(context);
    std::vector<OpenCounter> counters;
    std::vector<const RaplZone*> denied;
    std::vector<const RaplZone*> broken;
    for (const RaplCounter& counter : chosen) {
        Attempt attempt = try_open(context.host, counter);
        const RaplZone& zone = counter.zones[attempt.zone];
        OpenCounter open;
        open.device = describe(counter, zone, around, chosen);
        use_calibrated_idle(open.device, context.options.calibrated);
        if (attempt.file == nullptr) {
            (attempt.code == Code::kPermission ? denied : broken).push_back(&zone);
            open.failure = failure_words(attempt.code);
        }
        open.file = std::move(attempt.file);
        report.devices.push_back(open.device.device.id);
        counters.push_back(std::move(open));
    }

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
        source.reports.push_back(std::move(report));
        return source;
    }
    report.state = SourceState::kUsed;
    if (tree.unnamed > 0) {
        report.why += (report.why.empty() ? "" : "; ") + std::to_string(tree.unnamed) +
                      " zones of /sys/class/powercap have no name that is known";
    }
    const auto packages = std::count_if(counters.begin(), counters.end(), [](const OpenCounter& counter) {
        return counter.device.device.kind == DeviceKind::kCpu;
    });
    if (!around.is_virtual && packages < context.facts.cpu_sockets) {
        report.why += (report.why.empty() ? "" : "; ") + std::to_string(packages) + " of " +
                      std::to_string(context.facts.cpu_sockets) + " sockets have a package counter";
    }
    if (!report.why.empty()) {
        source.warnings.push_back(report.why + "; what they used is missing from the total");
    }
    if (around.is_virtual) {
        source.warnings.emplace_back(
            "RAPL counters in a virtual machine are its hypervisor's estimate, not a measurement");
    }
    source.probe = std::make_unique<RaplProbe>(context.host, std::move(counters), report);
    source.reports.push_back(std::move(report));
    return source;
}

}  // namespace gramme::probe
