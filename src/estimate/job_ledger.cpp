#include "estimate/job_ledger.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "estimate/job.hpp"
#include "estimate/named_device.hpp"
#include "estimate/number_text.hpp"
#include "meter/package_model.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::estimate {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kMostSeconds = 9e9;       ///< of a window: its nanoseconds fit an integer
constexpr double kAssumedLoadSigma = 0.4;  ///< anything between idle and full is possible
constexpr double kMemoryActivity = 0.5;
constexpr const char* kPage = "docs/method/estimate.md";

class Builder {
public:
    Builder(const JobRequest& asked, const refdata::Tables& tables) : asked_(asked), tables_(tables) {}

    Result<JobParts> build() {
        for (const JobGroup& group : asked_.groups) {
            switch (group.kind) {
                case JobGroup::Kind::kDevice: GRAMME_CHECK(add_device(group)); break;
                case JobGroup::Kind::kInstance: GRAMME_CHECK(add_instance(group)); break;
                case JobGroup::Kind::kPower:
                    add_given(group, Watts{group.amount} * time() * group.count);
                    break;
                case JobGroup::Kind::kEnergy:
                    add_given(group, Joules{KilowattHours{group.amount}} * group.count);
                    break;
            }
        }
        return std::move(out_);
    }

private:
    struct Description {
        DeviceKind kind = DeviceKind::kGpu;
        std::string id, name, method, group, source;
        Quality quality = Quality::kModelled;
        double sigma = 0.0;
    };

    [[nodiscard]] Seconds time() const {
        return std::chrono::duration<double, std::chrono::hours::period>{asked_.hours};
    }

    void assume(std::string what, std::string value, std::string_view source, std::string change) {
        Assumption one{std::move(what), std::move(value), std::string{source}, std::move(change)};
        const bool said = std::any_of(
            out_.assumptions.begin(), out_.assumptions.end(),
            [&](const Assumption& other) { return other.what == one.what && other.value == one.value; });
        if (!said) {
            out_.assumptions.push_back(std::move(one));
        }
    }

    /// Several groups can have CPUs: "cpu0", "cpu1".
    std::string next_id(std::string_view prefix) {
        const auto same = std::count_if(out_.ledger.devices.begin(), out_.ledger.devices.end(),
                                        [&](const Device& device) { return device.id.starts_with(prefix); });
        return std::string{prefix} + std::to_string(same);
    }

    void add(const Description& what, Joules energy) {
        Device device;
        device.id = next_id(what.id);
        device.kind = what.kind;
        device.name = what.name;
        device.method = what.method;
        device.quality = what.quality;
        device.gain_sigma = what.sigma;
        device.gain_source = what.sigma > 0.0 ? kPage : "";
        device.group = what.group;
        Window window;
        window.device = static_cast<std::uint16_t>(out_.ledger.devices.size());
        window.quality = what.quality;
        // A job of which only the energy is known gets a token second, so that it counts as covered.
        window.to_ns =
            static_cast<std::int64_t>(std::clamp(time().count(), 1.0, kMostSeconds) * kNsPerSecond);
        window.energy = window.job = energy;
        out_.ledger.devices.push_back(device);
        out_.ledger.windows.push_back(window);
    }

    void add_given(const JobGroup& group, Joules energy) {
        const bool power = group.kind == JobGroup::Kind::kPower;
        Description what;
        what.kind = DeviceKind::kPlatform;
        what.id = "given";
        what.name = power ? number_text(group.amount) + " W" : number_text(group.amount) + " kWh";
        what.name = group.count == 1.0 ? what.name : number_text(group.count) + " x " + what.name;
        what.method = power ? "given power" : "given energy";
        what.quality = Quality::kAssumed;
        add(what, energy);
    }

    Result<void> add_device(const JobGroup& group) {
        GRAMME_TRY(const NamedDevice named, device_named(tables_, group.name));
        if (named.cpu) {
            return add_processors(*named.cpu, tables_.typical_host(named.host_kind), group.count);
        }
        const refdata::Accelerator& device = *named.accelerator;
        if (const std::string others = others_of(tables_, device, group.name); !others.empty()) {
            assume("which " + group.name, std::string{device.id} + "; others are " + others, device.source,
                   "--device with one of these");
        }
        GRAMME_CHECK(add_accelerators(device, group.count));
        const std::string_view kind = named.host_kind;
        if (asked_.host == "none") {
            assume("machine around the devices", "none: their CPUs and memory are not counted", "user",
                   "--host");
            out_.held.push_back({std::string{device.id}, group.count, 0.0, 0.0, 0.0});
            return {};
        }
        if (asked_.host != "auto") {
            GRAMME_TRY(const refdata::Instance instance, tables_.find_instance(asked_.host));
            if (!(instance.accelerator_count > 0.0)) {
                return Error{Code::kUsage, "--host: " + std::string{instance.id} + " holds no accelerators",
                             "name a machine that holds the devices, or none"};
            }
            const double machines = group.count / instance.accelerator_count;
            add_machine_of(instance, machines, load_beside_accelerators(kind));
            out_.held.push_back({std::string{device.id}, group.count, machines * share_of_host(instance),
                                 instance.memory_gib / share_of_host(instance), 2.0});
            return {};
        }
        const refdata::TypicalHost host = tables_.typical_host(kind);
        const double machines = group.count / host.devices;
        add_typical(host, machines);
        out_.held.push_back({std::string{device.id}, group.count, machines, host.memory_gib,
                             static_cast<double>(host.packages)});
        return {};
    }

    /// Processors that do the work themselves, with their share of the memory of a typical machine.
    Result<void> add_processors(const refdata::Cpu& cpu, const refdata::TypicalHost& host, double count) {
        const bool rated = asked_.power_model == PowerModel::kTdp;
        const auto threads = meter::threads_of(cpu);
        if (!(cpu.tdp_w > 0.0) && (rated || !threads)) {
            return Error{Code::kMalformed, "the power of " + std::string{cpu.model} + " was never published",
                         "give the watts of one processor: --power-w"};
        }
        if (asked_.host != "auto" && asked_.host != "none") {
            return Error{Code::kUsage,
                         "--host is the machine around accelerators, and " + std::string{cpu.model} +
                             " is a processor",
                         "give the machine as --instance, or --host none to leave its memory out"};
        }
        const refdata::CpuPowerCurve curve = tables_.cpu_power(cpu.microarchitecture);
        const meter::PackageModel package = meter::package_model(
            curve, cpu, {threads.value_or(0.0), 1, /*shared=*/false, /*clock_visible=*/false});
        const double load = asked_.utilisation.value_or(rated ? 1.0 : kCpuLoadOfInstance);
        Description what;
        what.kind = DeviceKind::kCpu;
        what.id = "cpu";
        what.name = number_text(count) + " x " + std::string{cpu.model};
        what.method = what.group = rated ? "rated power" : "cpu-load-model";
        what.quality = rated || !asked_.utilisation ? Quality::kAssumed : Quality::kModelled;
        what.sigma = rated                ? 0.0
                     : asked_.utilisation ? package.sigma_ln
                                          : root_of_squares(package.sigma_ln, kAssumedLoadSigma);
        const Watts watts = rated ? Watts{cpu.tdp_w * load} : meter::power_at(package.load, load);
        out_.utilised.push_back({out_.ledger.devices.size(), rated ? 0.0 : package.load.bend});
        add(what, watts * time() * count);
        assume("power of one " + std::string{cpu.model},
               number_text(watts.value()) + " W, " +
                   (rated ? "its rated power"
                          : number_text(100.0 * load) + " % busy by the curve of " +
                                (curve.generic ? std::string{"an average server"}
                                               : std::string{curve.microarchitecture})),
               rated ? cpu.source : curve.source, "--utilisation, --power-model tdp, or --power-w");
        const double machines = count / host.packages;
        if (asked_.host == "none") {
            assume("machine around the processors", "none: its memory is not counted", "user", "--host");
            out_.held.push_back({"", 0.0, 0.0, 0.0, 0.0});
            return {};
        }
        const std::string whose = "share of " + std::string{host.label};
        add_memory(host.memory_gib * machines, host.kind == "cpu", whose, Quality::kAssumed, host.sigma_ln);
        assume("machine around the processors",
               std::string{host.label} + ": " + number_text(host.memory_gib) + " GiB for " +
                   std::to_string(host.packages) + (host.packages == 1 ? " processor" : " processors"),
               host.source, "--instance, or --host none");
        out_.held.push_back({"", 0.0, machines, host.memory_gib, static_cast<double>(host.packages)});
        return {};
    }

    Result<void> add_accelerators(const refdata::Accelerator& device, double count) {
        const double utilisation = asked_.utilisation.value_or(1.0);
        GRAMME_TRY(const DevicePower power, device_power(device, asked_.power_model, utilisation));
        Description what;
        what.id = "gpu";
        what.name = number_text(count) + " x " + std::string{device.name};
        what.method = asked_.power_model == PowerModel::kTdp ? "rated power" : "typical power";
        what.group = "accelerator-power-model";
        what.quality = asked_.power_model == PowerModel::kTdp ? Quality::kAssumed : Quality::kModelled;
        what.sigma = power.sigma;
        out_.utilised.push_back({out_.ledger.devices.size(), 0.0});
        add(what, power.watts * time() * count);
        assume("power of one " + std::string{device.name},
               number_text(power.watts.value()) + " W, " + power.how + "; " + number_text(count) + " x " +
                   number_text(power.watts.value()) + " W x " + number_text(asked_.hours, 6) +
                   " h = " + number_text(KilowattHours{power.watts * time() * count}.value(), 6) + " kWh",
               power.source, "--power-model tdp, or --power-w");
        return {};
    }

    /// CPU load of a machine whose accelerators do the work.
    [[nodiscard]] double load_beside_accelerators(std::string_view kind) const {
        return tables_.typical_host(kind).cpu_load;
    }

    void add_typical(const refdata::TypicalHost& host, double machines) {
        const refdata::CpuPowerCurve curve = tables_.cpu_power("");
        const meter::PackageModel package = meter::package_model(
            curve, std::nullopt,
            {static_cast<double>(host.threads), host.packages, /*shared=*/true, /*clock_visible=*/false});
        const std::string whose = "share of " + std::string{host.label};
        Description cpu;
        cpu.kind = DeviceKind::kCpu;
        cpu.id = "cpu";
        cpu.name = number_text(machines * host.threads) + " threads, " + whose;
        cpu.method = cpu.group = "cpu-load-model";
        cpu.quality = Quality::kAssumed;
        cpu.sigma = root_of_squares(package.sigma_ln, host.sigma_ln);
        add(cpu, meter::power_at(package.load, host.cpu_load) * time() * machines);
        add_memory(host.memory_gib * machines, host.kind != "desktop" && host.kind != "laptop", whose,
                   Quality::kAssumed, host.sigma_ln);
        assume("machine around the devices",
               std::string{host.label} + ": " + std::to_string(host.threads) + " threads " +
                   number_text(100.0 * host.cpu_load) + " % busy, " + number_text(host.memory_gib) + " GiB",
               host.source, "--host INSTANCE or --host none");
    }

    void add_memory(double gib, bool server, const std::string& whose, Quality quality, double sigma) {
        const refdata::MemoryPower memory = tables_.memory_power(server);
        const double modules = gib / memory.gb_per_module;
        Description what;
        what.kind = DeviceKind::kMemory;
        what.id = "dram";
        what.name = number_text(gib) + " GiB, " + whose;
        what.method = what.group = "memory-model";
        what.quality = quality;
        what.sigma = root_of_squares(memory.sigma_ln, sigma);
        add(what, Watts{(memory.idle_w_per_module + memory.busy_w_per_module * kMemoryActivity) * modules} *
                      time());
    }

    /// What part of its host an instance is; 1 where the host is not known.
    static double share_of_host(const refdata::Instance& instance) {
        return instance.host_vcpus > 0.0 && instance.vcpus > 0.0
                   ? std::min(instance.vcpus / instance.host_vcpus, 1.0)
                   : 1.0;
    }

    Result<void> add_instance(const JobGroup& group) {
        GRAMME_TRY(const refdata::Instance instance, tables_.find_instance(group.name));
        double load = asked_.utilisation.value_or(kCpuLoadOfInstance);
        if (!instance.accelerator.empty()) {
            GRAMME_TRY(const refdata::Accelerator device, tables_.find_accelerator(instance.accelerator));
            GRAMME_CHECK(add_accelerators(device, group.count * instance.accelerator_count));
            load = load_beside_accelerators(host_kind_of(device));
        }
        add_machine_of(instance, group.count, load);
        const double share = share_of_host(instance);
        out_.held.push_back({std::string{instance.accelerator}, group.count * instance.accelerator_count,
                             group.count * share, instance.memory_gib / share, 2.0});
        return {};
    }

    void add_machine_of(const refdata::Instance& instance, double machines, double load) {
        const std::string whose = "of " + std::string{instance.id};
        if (instance.vcpus > 0.0) {
            add_cpus_of(instance, machines, load, whose);
        } else {
            assume("CPUs of " + std::string{instance.id}, "not known: not counted", instance.source,
                   "--power-w");
        }
        if (instance.memory_gib > 0.0) {
            add_memory(instance.memory_gib * machines, true, whose, Quality::kModelled, 0.0);
        } else {
            assume("memory of " + std::string{instance.id}, "not known: not counted", instance.source,
                   "--power-w");
        }
    }

    void add_cpus_of(const refdata::Instance& instance, double machines, double load,
                     const std::string& whose) {
        // Where a provider mixes hosts, the curve of an average server is as good as any of theirs.
        const bool one = instance.microarchitectures.find(';') == std::string_view::npos;
        const refdata::CpuPowerCurve curve = tables_.cpu_power(one ? instance.microarchitectures : "");
        const auto cpu = tables_.find_cpu(instance.cpu_model);
        const meter::PackageModel package =
            meter::package_model(curve, cpu, {instance.vcpus, 1, /*shared=*/true, /*clock_visible=*/false});
        const bool load_said = asked_.utilisation.has_value() && instance.accelerator.empty();
        Description what;
        what.kind = DeviceKind::kCpu;
        what.id = "cpu";
        what.name = number_text(instance.vcpus * machines) + " vCPUs " + whose;
        what.method = what.group = "cpu-load-model";
        what.quality = load_said ? Quality::kModelled : Quality::kAssumed;
        what.sigma = load_said ? package.sigma_ln : root_of_squares(package.sigma_ln, kAssumedLoadSigma);
        if (load_said && out_.utilised.empty()) {
            out_.utilised.push_back({out_.ledger.devices.size(), package.load.bend});
        }
        add(what, meter::power_at(package.load, load) * time() * machines);
        if (!load_said) {
            assume("load of the CPUs", number_text(100.0 * load) + " %", kPage,
                   instance.accelerator.empty() ? "--utilisation" : "--power-w");
        }
        assume("power of the CPUs of " + std::string{instance.id},
               curve.generic && !package.by_tdp ? "curve of an average server"
                                                : "curve of " + std::string{curve.microarchitecture},
               curve.source, "--power-w");
    }

    const JobRequest& asked_;
    const refdata::Tables& tables_;
    JobParts out_;
};

}  // namespace

Result<std::string> chassis_of(const JobRequest& asked, const refdata::Tables& tables) {
    std::string chassis;
    for (const JobGroup& group : asked.groups) {
        if (group.kind != JobGroup::Kind::kDevice) {
            return std::string{};
        }
        GRAMME_TRY(const NamedDevice named, device_named(tables, group.name));
        chassis = named.host_kind;
        if (chassis != "desktop" && chassis != "laptop") {
            return std::string{};
        }
    }
    return chassis;
}

Result<JobParts> parts_of(const JobRequest& asked, const refdata::Tables& tables) {
    GRAMME_CHECK(check(asked));
    return Builder(asked, tables).build();
}

}  // namespace gramme::estimate
