#include "probe/load.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/utc.hpp"
#include "meter/load_model.hpp"
#include "meter/package_model.hpp"
#include "probe/cpu_clock.hpp"
#include "probe/proc_stat.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::probe {
namespace {

constexpr const char* kCpuMethod = "cpu-load-model";
constexpr const char* kMemoryMethod = "memory-model";
constexpr const char* kMethodPage = "docs/method/cpu-model.md";
constexpr const char* kWallPage = "docs/method/wall-meter.md";
constexpr const char* kInTheCurve = "not needed: the curve of the wall meter holds it";
constexpr double kAssumedLoad = 0.5;
constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
/// Relative standard uncertainty of the power at an assumed load, beside that of the curve: anything between
/// idle and full is possible.
constexpr double kAssumedSigma = 0.4;

struct ModelledDevice {
    ProbedDevice device;
    std::string_view failure;  ///< not empty: nothing to model it with, every reading fails
};

class LoadProbe final : public Probe {
public:
    LoadProbe(const Host& host, std::vector<ModelledDevice> devices, std::optional<ProcStat> stat,
              std::optional<CpuClock> clock, SourceReport report)
        : host_(host),
          devices_(std::move(devices)),
          stat_(std::move(stat)),
          clock_(std::move(clock)),
          report_(std::move(report)) {}

    [[nodiscard]] std::size_t device_count() const noexcept override { return devices_.size(); }
    [[nodiscard]] ProbedDevice device(std::size_t index) const override { return devices_.at(index).device; }

    void sample(ReadingBuffer& out) noexcept override {
        const std::int64_t before_ns = host_.now().boot_ns;
        Reading reading;
        busy_s_.reset();
        if (!stat_) {
            reading.kind = ReadingKind::kLoad;  // the assumed power does not depend on the value
        } else if (const std::optional<CpuSeconds> seconds = stat_->read()) {
            reading.kind = ReadingKind::kLoad;
            reading.value = seconds->busy;
            busy_s_ = seconds->busy;
        } else {
            reading.failure = "cannot read /proc/stat";
        }
        const std::int64_t after_ns = stat_ ? host_.now().boot_ns : before_ns;
        reading.at_ns = before_ns + (after_ns - before_ns) / 2;
        if (clock_) {
            reading.clock = clock_->read();
        }
        for (std::size_t i = 0; i < devices_.size(); ++i) {
            Reading own = reading;
            own.device = static_cast<std::uint16_t>(i);
            if (!devices_[i].failure.empty()) {
                own.kind = ReadingKind::kFailed;
                own.failure = devices_[i].failure;
            }
            out.add(own);
        }
    }
    [[nodiscard]] std::optional<double> machine_busy_s() const noexcept override { return busy_s_; }
    void finish(ReadingBuffer& out, Seconds /*patience*/) noexcept override { sample(out); }

    [[nodiscard]] Membership membership(std::size_t /*index*/) const noexcept override {
        return Membership::kIn;
    }
    [[nodiscard]] std::string membership_reason(std::size_t /*index*/) const override { return {}; }
    [[nodiscard]] SourceReport report() const override { return report_; }

private:
    const Host& host_;
    std::vector<ModelledDevice> devices_;
    std::optional<ProcStat> stat_;
    std::optional<CpuClock> clock_;
    SourceReport report_;
    std::optional<double> busy_s_;  ///< of the last sample()
};

std::string whole_number(double value) {
    return std::to_string(static_cast<long long>(std::llround(value)));
}

/// One decimal, never by locale.
std::string one_decimal(double value) {
    const long long tenths = std::llround(value * 10.0);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

/// "AMD EPYC (zen4-genoa), 2 of the host's threads"; "... , 96 threads, TDP 2 x 205 W" where the TDP was
/// used.
std::string cpu_name(const HostFacts& facts, const refdata::CpuPowerCurve& curve,
                     const std::optional<refdata::Cpu>& cpu, bool by_tdp) {
    std::string name = facts.cpu_model.empty() ? "unnamed CPU" : facts.cpu_model;
    name += curve.generic ? " (generic curve)" : " (" + std::string{curve.microarchitecture} + ")";
    const bool shared = !facts.virtualisation.empty();
    const char* what = facts.cpu_count == 1 ? " thread" : " threads";
    name += ", " + std::to_string(facts.cpu_count) + (shared ? " of the host's threads" : what);
    if (by_tdp) {
        const bool several = !shared && facts.cpu_sockets > 1;
        name += ", TDP " + (several ? std::to_string(facts.cpu_sockets) + " x " : "") +
                whole_number(cpu->tdp_w) + " W";
    }
    return name;
}

/// Without a known load: the power at half load, whatever is read.
void assume_half_load(ProbedDevice& probed, meter::LoadModel& model) {
    model.idle = model.full = meter::power_at(model, kAssumedLoad);  // then the clock does not matter either
    probed.device.quality = Quality::kAssumed;
    probed.device.gain_sigma = root_of_squares(probed.device.gain_sigma, kAssumedSigma);
}

ModelledDevice modelled_cpu(const SourceContext& context, const std::optional<refdata::Cpu>& cpu,
                            bool load_known, bool clock_visible, std::vector<std::string>& warnings) {
    const HostFacts& facts = context.facts;
    const refdata::CpuPowerCurve curve = context.tables.cpu_power(facts.microarchitecture);
    const meter::PackageModel package = meter::package_model(curve, cpu,
                                                             {.cpus = static_cast<double>(facts.cpu_count),
                                                              .packages = facts.cpu_sockets,
                                                              .shared = !facts.virtualisation.empty(),
                                                              .clock_visible = clock_visible});
    ModelledDevice modelled;
    Device& device = modelled.device.device;
    device.id = "cpu0";
    device.kind = DeviceKind::kCpu;
    device.name = cpu_name(facts, curve, cpu, package.by_tdp);
    device.method = kCpuMethod;
    device.quality = Quality::kModelled;
    device.gain_sigma = package.sigma_ln;
    device.gain_source = kMethodPage;
    device.group = kCpuMethod;

    meter::LoadModel model = package.load;
    modelled.device.meter.idle_power = model.idle;
    modelled.device.meter.cpus = model.cpus;
    if (facts.cpu_count <= 0) {
        modelled.failure = "number of CPUs unknown";
        warnings.emplace_back("the number of CPUs is unknown: their energy is missing from the total");
    } else if (curve.generic && !package.by_tdp) {
        warnings.push_back(
            "CPU not recognised (" + (facts.cpu_vendor.empty() ? "no vendor" : facts.cpu_vendor) +
            " family " + std::to_string(facts.cpu_family) + " model " +
            std::to_string(facts.cpu_model_number) + "): the power curve of an average server is used");
    }
    if (!load_known) {
        assume_half_load(modelled.device, model);
    }
    modelled.device.meter.energy = model;
    return modelled;
}

ModelledDevice modelled_memory(const SourceContext& context, bool load_known,
                               std::vector<std::string>& warnings) {
    const HostFacts& facts = context.facts;
    const bool server = is_server(facts);
    const refdata::MemoryPower memory = context.tables.memory_power(server);
    const double modules = memory_modules(facts, memory);
    ModelledDevice modelled;
    Device& device = modelled.device.device;
    device.id = "dram0";
    device.kind = DeviceKind::kMemory;
    device.name = one_decimal(static_cast<double>(facts.memory_bytes) / kGibibyte) + " GiB, taken as " +
                  one_decimal(modules) + (server ? " server modules" : " client modules");
    device.method = kMemoryMethod;
    device.quality = Quality::kModelled;
    device.gain_sigma = memory.sigma_ln;
    device.gain_source = kMethodPage;
    device.group = kMemoryMethod;

    meter::LoadModel model;  // straight line: activity of memory is taken to follow that of the CPUs
    model.cpus = facts.cpu_count > 0 ? facts.cpu_count : 1.0;
    model.idle = Watts{memory.idle_w_per_module * modules};
    model.full = Watts{(memory.idle_w_per_module + memory.busy_w_per_module) * modules};
    modelled.device.meter.idle_power = model.idle;
    modelled.device.meter.cpus = facts.cpu_count;
    if (facts.memory_bytes == 0) {
        device.name = "memory of unknown size";
        modelled.failure = "size of memory unknown";
        warnings.emplace_back("the size of the memory is unknown: its energy is missing from the total");
    }
    if (!load_known || facts.cpu_count <= 0) {
        assume_half_load(modelled.device, model);
    }
    modelled.device.meter.energy = model;
    return modelled;
}

/// "wall meter 2026-11-25: 62.1 W idle to 214.3 W full"
std::string curve_name(const meter::WallCurve& curve) {
    constexpr std::size_t kDateDigits = 10;
    return "wall meter " + utc_text(curve.wall_ns).substr(0, kDateDigits) + ": " +
           one_decimal(curve.idle.value()) + " W idle to " + one_decimal(curve.full.value()) + " W full";
}

/// CPU, memory, board, fans and power supply in one: nothing of them may stand beside it.
ModelledDevice whole_machine(const SourceContext& context, const meter::WallCurve& curve, bool load_known,
                             std::vector<std::string>& warnings) {
    ModelledDevice modelled;
    Device& device = modelled.device.device;
    device.id = "host0";
    device.kind = DeviceKind::kPlatform;
    device.name = curve_name(curve);
    device.method = kWallMethod;
    device.quality = Quality::kModelled;
    device.gain_sigma = curve.sigma;
    device.gain_source = kWallPage;
    device.group = kWallMethod;
    meter::LoadModel model = meter::load_model_of(curve, context.facts.cpu_count);
    modelled.device.meter.idle_power = model.idle;
    modelled.device.meter.cpus = model.cpus;
    if (context.facts.cpu_count <= 0) {
        modelled.failure = "number of CPUs unknown";
        warnings.emplace_back("the number of CPUs is unknown: the energy of this machine is not known");
    }
    if (!load_known) {
        assume_half_load(modelled.device, model);
    }
    modelled.device.meter.energy = model;
    return modelled;
}

SourceReport wall_report(const meter::WallCurve& curve, bool used) {
    SourceReport report;
    report.name = kWallMethod;
    report.state = used ? SourceState::kUsed : SourceState::kAvailable;
    report.why = curve_name(curve) + (used ? "" : "; not needed: the CPU or the memory is measured");
    report.devices = {"host0"};
    return report;
}

SourceReport report_of(const char* name, bool covered, const char* covered_by, const char* device) {
    SourceReport report;
    report.name = name;
    report.state = covered ? SourceState::kAvailable : SourceState::kUsed;
    report.why = covered ? covered_by : "no counter can be read";
    report.devices = {device};
    return report;
}

}  // namespace

OpenedSource open_load(const SourceContext& context) {
    OpenedSource source;
    const meter::WallCurve* curve = context.options.wall_curve;
    const bool by_curve = curve != nullptr && !context.cpu_covered && !context.memory_covered;
    source.reports.push_back(report_of(kCpuMethod, context.cpu_covered || by_curve,
                                       by_curve ? kInTheCurve : "not needed: the CPU is measured", "cpu0"));
    source.reports.push_back(report_of(kMemoryMethod, context.memory_covered || by_curve,
                                       by_curve ? kInTheCurve : "not needed: the memory is measured",
                                       "dram0"));
    if (curve != nullptr) {
        source.reports.push_back(wall_report(*curve, by_curve));
    }
    if (context.cpu_covered && context.memory_covered) {
        return source;
    }
    std::optional<ProcStat> stat;
    if (Result<ProcStat> opened = ProcStat::open(context.host)) {
        if (opened->read()) {
            stat = *std::move(opened);
        }
    }
    if (!stat) {
        source.warnings.emplace_back("cannot read /proc/stat: half load is assumed");
    }
    std::vector<ModelledDevice> devices;
    std::optional<CpuClock> clock;
    if (by_curve) {
        devices.push_back(whole_machine(context, *curve, stat.has_value(), source.warnings));
    } else if (!context.cpu_covered) {
        const auto cpu = context.tables.find_cpu(context.facts.cpu_model);
        clock = CpuClock::open(context.host, context.facts.cpu_count, context.facts.cpu_model, cpu);
        devices.push_back(modelled_cpu(context, cpu, stat.has_value(), clock.has_value(), source.warnings));
    }
    if (!by_curve && !context.memory_covered) {
        devices.push_back(modelled_memory(context, stat.has_value(), source.warnings));
    }
    source.probe =
        std::make_unique<LoadProbe>(context.host, std::move(devices), std::move(stat), std::move(clock),
                                    source.reports[by_curve              ? 2
                                                   : context.cpu_covered ? 1
                                                                         : 0]);
    return source;
}

}  // namespace gramme::probe
