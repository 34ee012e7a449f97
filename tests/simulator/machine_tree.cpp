#include "machine_tree.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace gramme::simulator {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kIntelRange = 262'143'328'850;  // 2^32 - 1 counts of 61035 nJ
constexpr std::uint64_t kDramRange = 65'712'999'613;    // 2^32 - 1 counts of 15300 nJ
constexpr std::uint64_t kAmdRange = 65'532'610'987;     // 2^32 - 1 counts of 15258 nJ
constexpr double kPackageLimit_w = 205.0;
constexpr long long kStartTicks = 1'000'000'000;

struct Tree {
    fs::path root;
    bool failed = false;

    void file(const std::string& path, const std::string& text) {
        const fs::path full = root / path;
        std::error_code error;
        fs::create_directories(full.parent_path(), error);
        std::ofstream out(full, std::ios::trunc);
        out << text;
        out.close();
        failed = failed || !out;
    }
    void link(const std::string& path, const std::string& target) {
        const fs::path full = root / path;
        std::error_code error;
        fs::create_directories(full.parent_path(), error);
        fs::remove(full, error);
        fs::create_symlink(target, full, error);
        failed = failed || static_cast<bool>(error);
    }
};

template <class T>
T chosen(const std::map<std::string, T>& by_zone, const std::string& zone, T otherwise) {
    if (const auto own = by_zone.find(zone); own != by_zone.end()) {
        return own->second;
    }
    const auto all = by_zone.find("");
    return all != by_zone.end() ? all->second : otherwise;
}

struct NewZone {
    std::string path;  ///< below /sys/devices/virtual/powercap
    std::string kernel_name;
    std::string our_name;
    std::uint64_t range_uj;
    double limit_w;  ///< 0: the zone has no limit register
};

void add_zone(Tree& tree, const Options& options, const NewZone& zone) {
    const std::string dir = "sys/devices/virtual/powercap/" + zone.path + "/";
    const std::uint64_t range = chosen(options.range_uj, zone.our_name, zone.range_uj);
    // By default the counter starts a fifth below its end, so that the first wrap comes early.
    const std::uint64_t start = chosen(options.start_uj, zone.our_name, range / 5 * 4);
    tree.file(dir + "name", zone.kernel_name + "\n");
    tree.file(dir + "enabled", "1\n");
    tree.file(dir + "max_energy_range_uj", std::to_string(range) + "\n");
    tree.file(dir + "energy_uj", std::to_string(start) + "\n");
    const double limit_w = chosen(options.limit_w, zone.our_name, zone.limit_w);
    if (limit_w > 0.0) {
        const std::string limit = std::to_string(static_cast<std::uint64_t>(limit_w * 1e6));
        tree.file(dir + "constraint_0_name", "long_term\n");
        tree.file(dir + "constraint_0_power_limit_uw", limit + "\n");
        tree.file(dir + "constraint_0_max_power_uw", limit + "\n");
        tree.file(dir + "constraint_0_time_window_us", "999424\n");
    }
    const fs::path leaf = fs::path(zone.path).filename();
    tree.link("sys/class/powercap/" + leaf.string(), "../../devices/virtual/powercap/" + zone.path);
}

std::string cpuinfo(bool amd) {
    std::string text;
    for (int cpu = 0; cpu < kCpus; ++cpu) {
        text += "processor\t: " + std::to_string(cpu) + "\n";
        text += amd ? "vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n"
                      "model name\t: AMD EPYC 9354 32-Core Processor\nstepping\t: 1\n"
                    : "vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\n"
                      "model name\t: Intel(R) Xeon(R) Platinum 8358 CPU @ 2.60GHz\nstepping\t: 6\n";
        text += "physical id\t: " + std::to_string(cpu / 2) +
                "\nsiblings\t: 2\ncore id\t\t: " + std::to_string(cpu % 2) +
                "\ncpu cores\t: 2\nflags\t\t: fpu vme de pse tsc msr\n\n";
    }
    return text;
}

/// The cgroup v2 of the job, as a container or a batch system makes it.
void add_group(Tree& tree, const Options& options) {
    tree.file("proc/self/cgroup", "0::/job\n");
    tree.file("proc/self/mountinfo", "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
    const std::string group = kJobGroup;
    tree.file(group + "/cpu.stat", cpu_stat(0.0));
    tree.file(group + "/cpuset.cpus.effective",
              options.cpuset.value_or("0-" + std::to_string(kCpus - 1)) + "\n");
    std::string quota = options.quota.value_or("max,100000");
    quota.replace(quota.find(','), 1, " ");
    tree.file(group + "/cpu.max", quota + "\n");
}

void add_rest(Tree& tree, bool amd) {
    tree.file("proc/cpuinfo", cpuinfo(amd));
    tree.file("proc/stat", proc_stat({}, {}));
    tree.file("proc/meminfo",
              "MemTotal:       263921820 kB\nMemFree:        200000000 kB\nMemAvailable:   240000000 kB\n");
    tree.file("proc/uptime", "100000.00 390000.00\n");
    tree.file("proc/version", "Linux version 6.1.0-simulated\n");
    tree.file("proc/sys/kernel/osrelease", "6.1.0-simulated\n");
    tree.file("proc/sys/kernel/hostname", "simulated\n");
    tree.file("proc/sys/kernel/perf_event_paranoid", "2\n");
    tree.file("proc/1/comm", "systemd\n");
    tree.file("etc/os-release",
              "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\n");
    tree.file("etc/hostname", "simulated\n");
    tree.file("sys/class/dmi/id/chassis_type", "23\n");
    const std::string last = std::to_string(kCpus - 1);
    tree.file("sys/devices/system/cpu/online", "0-" + last + "\n");
    tree.file("sys/devices/system/cpu/present", "0-" + last + "\n");
    for (int cpu = 0; cpu < kCpus; ++cpu) {
        const std::string dir = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
        tree.file(dir + "physical_package_id", std::to_string(cpu / 2) + "\n");
        tree.file(dir + "core_id", std::to_string(cpu % 2) + "\n");
    }
}

/// The power PMU, whose mask lists the first CPU of each package, and the files that stand for its counters.
void add_power_pmu(Tree& tree) {
    const std::string pmu = "sys/bus/event_source/devices/power/";
    tree.file(pmu + "type", "24\n");
    tree.file(pmu + "cpumask", "0,2\n");
    tree.file(pmu + "format/event", "config:0-7\n");
    for (const std::string event : {"energy-pkg=0x02", "energy-ram=0x03"}) {
        const std::size_t name = event.find('=');
        const std::string file = pmu + "events/" + event.substr(0, name);
        tree.file(file, "event" + event.substr(name) + "\n");
        tree.file(file + ".scale", "2.3283064365386962890625e-10\n");
        tree.file(file + ".unit", "Joules\n");
        for (const std::string cpu : {"0", "2"}) {
            tree.file("perf/24-" + event.substr(event.size() - 1) + "-" + cpu, "0                   \n");
        }
    }
}

}  // namespace

std::string proc_stat(const std::array<double, kCpus>& busy, const std::array<double, kCpus>& idle) {
    const auto line = [](const std::string& name, double busy_ticks, double idle_ticks) {
        return name + " " + std::to_string(static_cast<long long>(busy_ticks)) + " 0 0 " +
               std::to_string(static_cast<long long>(idle_ticks)) + " 0 0 0 0 0 0\n";
    };
    const double start = static_cast<double>(kStartTicks);
    double all_busy = start * kCpus;
    double all_idle = start * kCpus;
    std::string lines;
    for (std::size_t cpu = 0; cpu < kCpus; ++cpu) {
        all_busy += busy[cpu];
        all_idle += idle[cpu];
        lines += line("cpu" + std::to_string(cpu), start + busy[cpu], start + idle[cpu]);
    }
    // The sum line has a second blank in the kernel, too.
    return line("cpu ", all_busy, all_idle) + lines +
           "ctxt 1000000000\nbtime 1700000000\nprocesses 1000000\nprocs_running 1\nprocs_blocked 0\n";
}

std::string cpu_stat(double job_cpu_s) {
    constexpr long long kStart_us = 1'000'000'000;  // ten digits, now and later
    const std::string usage = std::to_string(kStart_us + static_cast<long long>(job_cpu_s * 1e6));
    return "usage_usec " + usage + "\nuser_usec " + usage + "\nsystem_usec 0\n";
}

std::string make_tree(const Options& options) {
    Tree tree{options.root};
    const bool amd = *options.make_tree == "amd";
    tree.file("sys/devices/virtual/powercap/intel-rapl/enabled", "1\n");
    tree.link("sys/class/powercap/intel-rapl", "../../devices/virtual/powercap/intel-rapl");
    for (const std::string socket : {"0", "1"}) {
        const std::string package = "intel-rapl/intel-rapl:" + socket;
        const std::string child = package + "/intel-rapl:" + socket + ":0";
        add_zone(tree, options,
                 {package, "package-" + socket, "pkg" + socket, amd ? kAmdRange : kIntelRange,
                  amd ? 0.0 : kPackageLimit_w});
        if (amd) {
            add_zone(tree, options, {child, "core", "core" + socket, kAmdRange, 0.0});
        } else {
            add_zone(tree, options, {child, "dram", "dram" + socket, kDramRange, 0.0});
        }
    }
    if (*options.make_tree == "perf") {
        add_power_pmu(tree);
    }
    add_rest(tree, amd);
    add_group(tree, options);
    return tree.failed ? "cannot write below " + options.root : std::string{};
}

}  // namespace gramme::simulator
