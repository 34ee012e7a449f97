// bench_accelerators ROUNDS: what a sample of each source of accelerators costs over its bare reads, on
// made-up trees.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench_report.hpp"
#include "count_allocations.hpp"
#include "host/real_host.hpp"
#include "host/unique_fd.hpp"
#include "probe/amd.hpp"
#include "probe/intel_gpu.hpp"
#include "probe/unmeasured.hpp"

namespace gramme::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kCards = 8;
constexpr int kWakeups = 200;

/// A tree of `kCards` devices and the files that a sample of them reads.
struct MadeTree {
    fs::path root;
    std::vector<std::string> read;

    void file(const std::string& path, const std::string& text) const {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path, std::ios::binary) << text;
    }
};

std::string amd_table() {
    std::string table(288, '\0');  // gpu_metrics 1.4
    table[0] = 32;
    table[1] = 1;
    table[2] = 1;
    table[3] = 4;
    table[10] = 100;  // W
    table[24] = 77;
    return table;
}

void make_amd(MadeTree& tree) {
    for (int card = 0; card < kCards; ++card) {
        const std::string device = "sys/class/drm/card" + std::to_string(card) + "/device";
        tree.file(device + "/vendor", "0x1002\n");
        tree.file(device + "/device", "0x74a1\n");
        tree.file(device + "/gpu_metrics", amd_table());
        tree.read.push_back(device + "/gpu_metrics");
    }
}

void make_intel(MadeTree& tree) {
    for (int card = 0; card < kCards; ++card) {
        const std::string device = "sys/class/drm/card" + std::to_string(card) + "/device";
        tree.file(device + "/vendor", "0x8086\n");
        tree.file(device + "/device", "0xe20b\n");
        tree.file(device + "/hwmon/hwmon0/name", "xe\n");
        tree.file(device + "/hwmon/hwmon0/energy1_input", "1234567890\n");
        tree.read.push_back(device + "/hwmon/hwmon0/energy1_input");
    }
}

/// CPU microseconds per wake-up, each followed by `work`.
template <class Work>
double cpu_us(Work work) {
    timespec next{};
    ::clock_gettime(CLOCK_MONOTONIC, &next);
    const double before = process_cpu_s();
    for (int i = 0; i < kWakeups; ++i) {
        next.tv_nsec += 2'000'000;
        next.tv_sec += next.tv_nsec / 1'000'000'000;
        next.tv_nsec %= 1'000'000'000;
        ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
        work();
    }
    return (process_cpu_s() - before) / kWakeups * 1e6;
}

void compare(const char* name, int rounds, void (*make)(MadeTree&),
             probe::OpenedSource (*open)(const probe::SourceContext&)) {
    std::string folder = (fs::temp_directory_path() / "gramme-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
        std::fprintf(stderr, "bench: cannot make a temporary folder\n");
        std::exit(70);
    }
    MadeTree tree{folder, {}};
    make(tree);
    const auto host = host::make_real_host(folder);
    const refdata::Tables tables;
    const HostFacts facts;
    probe::DiscoverOptions options;
    options.scope = Scope::kMachine;
    probe::OpenedSource source = open({*host, tables, facts, options});
    std::vector<host::UniqueFd> files;
    for (const std::string& path : tree.read) {
        files.emplace_back(::open((tree.root / path).c_str(), O_RDONLY | O_CLOEXEC));
    }
    std::array<char, 128> bytes{};
    const auto bare = [&] {
        for (const host::UniqueFd& file : files) {
            (void)!::pread(file.get(), bytes.data(), bytes.size(), 0);
        }
    };
    ReadingBuffer buffer{64};
    std::uint64_t allocated = 0;
    const auto sample = [&] {
        const std::uint64_t before = allocations();
        buffer.clear();
        source.probe->sample(buffer);
        allocated += allocations() - before;
    };
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
        const double base = cpu_us(bare);
        ratios.push_back(cpu_us(sample) / base);
    }
    const std::string what =
        std::string{name} + ", " + std::to_string(kCards) + " devices: sample / bare reads";
    report(what.c_str(), median(ratios), "x", 1.5, quartiles(ratios, "x"));
    report("    allocations by the samples", static_cast<double>(allocated), "", 0.0);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

}  // namespace
}  // namespace gramme::bench

int main(int argc, char** argv) {
    using namespace gramme::bench;
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 8;
    compare("AMD GPUs", rounds, &make_amd, &gramme::probe::open_amd);
    compare("Intel GPUs", rounds, &make_intel, &gramme::probe::open_intel_gpus);
    return 0;
}
