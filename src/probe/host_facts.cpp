#include <algorithm>
#include <array>
#include <set>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "probe/cpu_info.hpp"
#include "probe/probe.hpp"

namespace gramme::probe {
namespace {

/// Content without surrounding white space and NUL (device tree); empty where it cannot be read.
std::string text_of(const Host& host, std::string_view path) {
    const Result<std::string> text = host.read(path);
    if (!text) {
        return {};
    }
    std::string_view body = *text;
    while (!body.empty() && body.back() == '\0') {
        body.remove_suffix(1);
    }
    return std::string{trimmed(body)};
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// The value of KEY in os-release: KEY=value, KEY="value". Source: os-release(5).
std::string os_release_value(std::string_view text, std::string_view key) {
    for (std::string_view line : split(text, '\n')) {
        line = trimmed(line);
        if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != '=') {
            continue;
        }
        std::string_view value = line.substr(key.size() + 1);
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
            value.back() == value.front()) {
            value = value.substr(1, value.size() - 2);
        }
        return std::string{value};
    }
    return {};
}

std::string os_of(const Host& host) {
    std::string release = text_of(host, "/etc/os-release");
    if (release.empty()) {
        release = text_of(host, "/usr/lib/os-release");
    }
    std::string os = os_release_value(release, "PRETTY_NAME");
    const std::string kernel = text_of(host, "/proc/sys/kernel/osrelease");
    if (!kernel.empty()) {
        os += (os.empty() ? "Linux " : ", Linux ") + kernel;
    }
    return os;
}

/// What we were built for; a recorded machine may be another one, which its CPU tells.
std::string architecture_of(const Host& host, const CpuInfo& cpu) {
    if (std::string named = text_of(host, "/proc/sys/kernel/arch"); !named.empty()) {
        return named;  // Linux 6.1 and later
    }
    if (cpu.vendor == "ARM") {
        return "aarch64";
    }
    if (!cpu.vendor.empty()) {
        return "x86_64";
    }
#if defined(__x86_64__)
    return host.is_sysroot() ? "" : "x86_64";
#elif defined(__aarch64__)
    return host.is_sysroot() ? "" : "aarch64";
#else
    return "";
#endif
}

/// The firmware's words about the machine (SMBIOS, through sysfs).
struct Firmware {
    std::string vendor;
    std::string product;
    std::string asset_tag;
    int chassis_type = 0;
};

Firmware firmware_of(const Host& host) {
    Firmware firmware;
    firmware.vendor = text_of(host, "/sys/class/dmi/id/sys_vendor");
    firmware.product = text_of(host, "/sys/class/dmi/id/product_name");
    firmware.asset_tag = text_of(host, "/sys/class/dmi/id/chassis_asset_tag");
    firmware.chassis_type =
        static_cast<int>(read_u64(text_of(host, "/sys/class/dmi/id/chassis_type")).value_or(0) & 0xffU);
    return firmware;
}

/// Source: DMTF DSP0134 (SMBIOS), table "System Enclosure or Chassis Types".
std::string chassis_of(int type) {
    constexpr std::array kDesktop{3, 4, 5, 6, 7, 13, 15, 16, 24, 34, 35, 36};
    constexpr std::array kLaptop{8, 9, 10, 11, 14, 30, 31, 32};
    constexpr std::array kServer{17, 23, 25, 28, 29};
    const auto holds = [type](const auto& list) {
        return std::find(list.begin(), list.end(), type) != list.end();
    };
    if (holds(kServer)) {
        return "server";
    }
    if (holds(kLaptop)) {
        return "laptop";
    }
    return holds(kDesktop) ? "desktop" : "";
}

/// A name that firmware gives to a virtual machine; empty for that of a real one.
std::string hypervisor_by_firmware(const Firmware& firmware) {
    if (contains(firmware.vendor, "QEMU") || contains(firmware.product, "KVM") ||
        contains(firmware.product, "Google Compute Engine") || contains(firmware.vendor, "OpenStack") ||
        contains(firmware.product, "OpenStack")) {
        return "kvm";
    }
    if (contains(firmware.vendor, "VMware")) {
        return "vmware";
    }
    if (contains(firmware.vendor, "Microsoft") && contains(firmware.product, "Virtual Machine")) {
        return "microsoft";
    }
    if (contains(firmware.vendor, "Xen") || contains(firmware.product, "HVM domU")) {
        return "xen";
    }
    if (contains(firmware.vendor, "innotek") || contains(firmware.product, "VirtualBox")) {
        return "vm";
    }
    if (contains(firmware.vendor, "Amazon EC2") && !firmware.product.ends_with("metal")) {
        return "kvm";
    }
    return "";
}

std::string virtualisation_of(const Host& host, const CpuInfo& cpu, const Firmware& firmware) {
    const bool xen_host = contains(text_of(host, "/proc/xen/capabilities"), "control_d");
    if (text_of(host, "/sys/hypervisor/type") == "xen" && !xen_host) {
        return "xen";
    }
    const bool has_flags = cpu.vendor != "ARM" && !cpu.vendor.empty();
    if (has_flags && (!cpu.hypervisor || xen_host)) {
        return "";  // x86 says it itself; the firmware of bare metal in a cloud names the cloud too
    }
    const std::string tree = text_of(host, "/proc/device-tree/hypervisor/compatible");
    if (contains(tree, "kvm")) {
        return "kvm";
    }
    if (contains(tree, "xen") && !xen_host) {
        return "xen";
    }
    std::string named = hypervisor_by_firmware(firmware);
    return named.empty() && cpu.hypervisor ? "vm" : named;
}

std::string cloud_of(const Host& host, const Firmware& firmware) {
    if (contains(firmware.vendor, "Amazon EC2") || text_of(host, "/sys/hypervisor/uuid").starts_with("ec2")) {
        return "aws";
    }
    if (contains(firmware.product, "Google Compute Engine")) {
        return "gcp";
    }
    // The asset tag that every Azure virtual machine carries.
    return firmware.asset_tag == "7783-7084-3265-9085-8269-3286-77" ? "azure" : "";
}

std::string container_of(const Host& host) {
    // A recorded machine is not where this process runs.
    if (!host.is_sysroot() && host.env("KUBERNETES_SERVICE_HOST")) {
        return "kubernetes";
    }
    const std::string groups = text_of(host, "/proc/1/cgroup");
    if (contains(groups, "kubepods")) {
        return "kubernetes";
    }
    if (host.exists("/run/.containerenv")) {
        return "podman";
    }
    if (host.exists("/.dockerenv") || contains(groups, "/docker")) {
        return "docker";
    }
    std::string named = text_of(host, "/run/systemd/container");
    if (named.empty()) {
        const Result<std::string> environment = host.read("/proc/1/environ");  // readable by root only
        if (environment) {
            for (const std::string_view entry : split(*environment, '\0')) {
                if (entry.starts_with("container=")) {
                    named = std::string{entry.substr(10)};
                }
            }
        }
    }
    for (const std::string_view known : {"docker", "podman", "lxc"}) {
        if (contains(named, known)) {
            return std::string{known};
        }
    }
    if (contains(groups, "/lxc")) {
        return "lxc";
    }
    return named.empty() ? "" : "container";
}

/// Distinct packages of the CPUs, for kernels whose cpuinfo does not list them (arm64). 0: unknown.
int sockets_by_topology(const Host& host, int cpu_count) {
    std::set<std::string> packages;
    for (int cpu = 0; cpu < cpu_count; ++cpu) {
        std::string id = text_of(
            host, "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/physical_package_id");
        if (id.empty()) {
            break;
        }
        packages.insert(std::move(id));
    }
    return static_cast<int>(packages.size());
}

}  // namespace

HostFacts read_host_facts(const Host& host, const refdata::Tables& tables) {
    HostFacts facts;
    const CpuInfo cpu = parse_cpu_info(text_of(host, "/proc/cpuinfo"));
    facts.hostname = text_of(host, "/proc/sys/kernel/hostname");
    facts.os = os_of(host);
    facts.architecture = architecture_of(host, cpu);
    facts.cpu_model = cpu.model_name;
    facts.cpu_vendor = cpu.vendor;
    facts.cpu_family = cpu.family;
    facts.cpu_model_number = cpu.model;
    facts.cpu_stepping = cpu.stepping;
    facts.microarchitecture =
        std::string{tables.microarchitecture(cpu.vendor, cpu.family, cpu.model, cpu.stepping)};
    if (const auto named = tables.find_cpu(cpu.model_name); named && !named->microarchitecture.empty()) {
        facts.microarchitecture =
            std::string{named->microarchitecture};  // one model number: EPYC, Threadripper
    }
    facts.cpu_count =
        cpu.processors > 0
            ? cpu.processors
            : static_cast<int>(parse_cpu_list(text_of(host, "/sys/devices/system/cpu/online")).size());
    facts.cpu_sockets = cpu.sockets > 0 ? cpu.sockets : sockets_by_topology(host, facts.cpu_count);
    facts.memory_bytes = parse_memory_total(text_of(host, "/proc/meminfo")).value_or(0);

    const Firmware firmware = firmware_of(host);
    facts.virtualisation = virtualisation_of(host, cpu, firmware);
    facts.container = container_of(host);
    facts.chassis = facts.virtualisation.empty() ? chassis_of(firmware.chassis_type) : "";
    facts.cloud = cloud_of(host, firmware);
    facts.slurm = host.env("SLURM_JOB_ID").has_value();
    return facts;
}

}  // namespace gramme::probe
