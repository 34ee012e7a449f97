#include "bench_backends.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bench_machine.hpp"
#include "bench_report.hpp"
#include "count_allocations.hpp"
#include "host/real_host.hpp"
#include "wakeups.hpp"

namespace gramme::bench {
namespace {

namespace fs = std::filesystem;

/// A machine, how it is measured, and the files that a turn of its source reads beside /proc/stat.
struct Backend {
    const char* name;
    const char* tree;  ///< a fixture; "perf": one that simulated_host writes
    Scope scope;
    std::vector<std::string> files;
};

std::vector<Backend> backends() {
    const std::string cray = "sys/cray/pm_counters/";
    const std::string hwmon = "sys/class/hwmon/hwmon";
    const std::string average = "/device/power1_average";
    const std::string supply = "sys/class/power_supply/";
    const std::string scmi = "sys/class/powercap/arm-scmi-powercap:";
    return {
        {"rapl-perf", "perf", Scope::kJob, {"perf/24-2-0", "perf/24-2-2", "perf/24-3-0", "perf/24-3-2"}},
        {"cray-pm-counters",
         "cray",
         Scope::kJob,
         {cray + "cpu_energy", cray + "memory_energy", cray + "startup"}},
        {"cray-pm-counters-node", "cray", Scope::kMachine, {cray + "energy", cray + "startup"}},
        {"grace-power",
         "grace-hopper",
         Scope::kJob,
         {hwmon + "1" + average, hwmon + "2" + average, hwmon + "3" + average}},
        {"grace-module-power", "grace-hopper", Scope::kMachine, {hwmon + "0" + average}},
        {"acpi-power-meter", "acpi-meter", Scope::kMachine, {hwmon + "1" + average}},
        {"scmi-power", "scmi", Scope::kJob, {scmi + "0/power_uw", scmi + "1/power_uw"}},
        {"jetson-module-power", "jetson", Scope::kMachine, {hwmon + "1/in1_input", hwmon + "1/curr1_input"}},
        {"rapl-psys",
         "psys-2s",
         Scope::kJob,
         {"sys/class/powercap/intel-rapl:0/energy_uj", "sys/class/powercap/intel-rapl:1/energy_uj"}},
        {"battery-discharge",
         "laptop",
         Scope::kMachine,
         {supply + "AC/online", supply + "BAT0/status", supply + "BAT0/power_now"}},
    };
}

void make_machine(const Backend& backend, const std::string& root) {
    if (std::string_view{backend.tree} == "perf") {
        const std::string command = std::string{GRAMME_SIMULATED_HOST} + " --make-tree perf --root " + root;
        if (std::system(command.c_str()) != 0) {  // NOLINT(cert-env33-c): paths of its own making
            std::fprintf(stderr, "bench: cannot make the machine of %s\n", backend.name);
            std::exit(70);
        }
        return;
    }
    fs::copy(fs::path(GRAMME_SOURCE_DIR) / "tests/fixtures/sysfs" / backend.tree, root,
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

/// CPU microseconds of one call, where nothing else has taken the caches.
template <class Work>
double tight_us(Work work) {
    constexpr int kCalls = 10'000;
    const double start = process_cpu_s();
    for (int i = 0; i < kCalls; ++i) {
        work();
    }
    return (process_cpu_s() - start) / kCalls * 1e6;
}

void bench_one(const Backend& backend, int rounds) {
    const Folder folder;
    const std::string root = folder.path() + "/machine";
    make_machine(backend, root);
    ::setenv("GRAMME_SYSROOT", root.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    const auto host = host::make_real_host();
    Loop loop(*host, folder.path() + "/journal", backend.scope);

    std::vector<host::UniqueFd> open;
    for (const std::string& file : backend.files) {
        open.emplace_back(::open((root + "/" + file).c_str(), O_RDONLY | O_CLOEXEC));
    }
    open.emplace_back(::open((root + "/proc/stat").c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 512> buffer{};
    const auto preads = [&] {
        for (const host::UniqueFd& fd : open) {
            (void)!::pread(fd.get(), buffer.data(), buffer.size(), 0);
        }
    };
    std::uint64_t allocated = 0;
    const auto turn = [&] {
        const std::uint64_t before = allocations();
        loop.sampler().turn();
        allocated += allocations() - before;
    };
    constexpr int kWarm = 500;
    for (int i = 0; i < kWarm; ++i) {
        preads();
        turn();
    }
    allocated = 0;
    const long files_before = open_files();
    constexpr int kWakeups = 200;
    const Comparison result = compare(rounds, kWakeups, 5'000'000, preads, turn);
    char text[160];
    std::snprintf(text, sizeof text, "%s, preads alone %.1f us, with the turn %.1f us",
                  quartiles(result.ratios, "x").c_str(), result.base_us, result.sample_us);
    report((std::string{"a turn of "} + backend.name + " / the same preads").c_str(), result.ratio(), "x",
           1.5, text);
    std::snprintf(text, sizeof text, "    without the wake-up, in a tight loop: preads %.2f us, turn %.2f us",
                  tight_us(preads), tight_us(turn));
    remark(text);
    report("    allocations and files opened",
           static_cast<double>(allocated) + static_cast<double>(open_files() - files_before), "", 0.0);
    (void)loop.journal().remove();
}

}  // namespace

int bench_backends(int rounds) {
    for (const Backend& backend : backends()) {
        bench_one(backend, rounds);
    }
    return 0;
}

}  // namespace gramme::bench
