// bench_loop sample|backends|crowd|week: what one turn of the sampling loop costs, in this process.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "bench_backends.hpp"
#include "bench_machine.hpp"
#include "bench_report.hpp"
#include "count_allocations.hpp"
#include "host/real_host.hpp"
#include "host/unique_fd.hpp"
#include "wakeups.hpp"

namespace gramme::bench {
namespace {

int bench_sample(int rounds) {
    const Folder folder;
    const std::vector<std::string> files = make_two_sockets(folder.path());
    ::setenv("GRAMME_SYSROOT", (folder.path() + "/machine").c_str(), 1);
    const auto host = host::make_real_host();
    Loop loop(*host, folder.path() + "/journal", Scope::kJob);

    std::vector<host::UniqueFd> open;
    for (const std::string& file : files) {
        open.emplace_back(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    }
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
    for (int i = 0; i < 1000; ++i) {  // caches warm, journal pages touched
        preads();
        turn();
    }
    allocated = 0;
    const long files_before = open_files();
    constexpr int kWakeups = 200;
    const Comparison result = compare(rounds, kWakeups, 5'000'000, preads, turn);
    report("one sample / the same wake-up and preads", result.ratio(), "x", 1.5,
           quartiles(result.ratios, "x"));
    char text[200];
    std::snprintf(text, sizeof text,
                  "    CPU per wake-up: preads alone %.1f us, with the sample %.1f us (2 packages, 2 dram, "
                  "/proc/stat, journal)",
                  result.base_us, result.sample_us);
    remark(text);
    report("allocations by the samples", static_cast<double>(allocated), "", 0.0);
    report("files opened by the samples", static_cast<double>(open_files() - files_before), "", 0.0);

    // Without the wake-up: what the sample itself adds, in a tight loop.
    constexpr int kTight = 20'000;
    const double start = process_cpu_s();
    for (int i = 0; i < kTight; ++i) {
        preads();
    }
    const double middle = process_cpu_s();
    for (int i = 0; i < kTight; ++i) {
        turn();
    }
    const double end = process_cpu_s();
    std::snprintf(text, sizeof text,
                  "    without the wake-up, in a tight loop: preads %.2f us, sample %.2f us",
                  (middle - start) / kTight * 1e6, (end - middle) / kTight * 1e6);
    remark(text);
    (void)loop.journal().remove();
    return 0;
}

/// Idle processes that are nobody's children here.
class Crowd {
public:
    explicit Crowd(int count) {
        const std::string script =
            "i=0; while [ $i -lt " + std::to_string(count) + " ]; do sleep 600 & i=$((i+1)); done";
        group_ = ::fork();
        if (group_ == 0) {
            ::setpgid(0, 0);
            ::execl("/bin/sh", "sh", "-c", script.c_str(), static_cast<char*>(nullptr));
            ::_exit(127);
        }
        ::setpgid(group_, group_);
        ::waitpid(group_, nullptr, 0);  // the shell is done, its sleeping children belong to init now
    }
    ~Crowd() { ::kill(-group_, SIGKILL); }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

private:
    pid_t group_;
};

int bench_crowd(int rounds) {
    const Folder folder;
    const auto host = host::make_real_host();  // this machine: the crowd is on it
    Loop loop(*host, folder.path() + "/journal", Scope::kJob);
    const auto turn = [&] { loop.sampler().turn(); };
    const auto measure = [&] {
        std::vector<double> all;
        for (int round = 0; round < rounds; ++round) {
            all.push_back(cpu_us_per_wakeup(200, 5'000'000, turn));
        }
        return all;
    };
    (void)measure();
    const std::vector<double> alone = measure();
    std::vector<double> crowded;
    {
        const Crowd crowd(1000);
        ::sleep(2);  // until they all sleep
        crowded = measure();
    }
    ::sleep(1);
    const std::vector<double> again = measure();
    std::vector<double> without = alone;
    without.insert(without.end(), again.begin(), again.end());
    char text[160];
    std::snprintf(text, sizeof text, "%.1f us alone, %.1f us beside 1000", median(without), median(crowded));
    report("one sample beside 1,000 other processes / alone", median(crowded) / median(without), "x", 1.15,
           text);
    (void)loop.journal().remove();
    return 0;
}

/// Advances the counters like a machine under load, 150 W a package and 20 W a dram, wrapping as the kernel
/// does.
class MovingCounters {
public:
    explicit MovingCounters(const std::vector<std::string>& files) {
        for (std::size_t i = 0; i < 4; ++i) {
            zones_[i].fd.reset(::open(files[i].c_str(), O_WRONLY | O_CLOEXEC));
            zones_[i].range = i < 2 ? 262'143'328'850 : 65'712'999'613;
            zones_[i].step = i < 2 ? 150'000'000 : 20'000'000;
            zones_[i].raw = zones_[i].range - 50'000'000 * (i + 1);
            show(zones_[i]);
        }
    }
    void second_passes() {
        for (Zone& zone : zones_) {
            const std::uint64_t modulus = zone.range + (zone.range + 0xffff'fffeULL) / 0xffff'ffffULL;
            zone.raw = (zone.raw + zone.step) % modulus;
            show(zone);
        }
    }

private:
    struct Zone {
        host::UniqueFd fd;
        std::uint64_t raw = 0, range = 0, step = 0;
    };
    static void show(const Zone& zone) {
        const std::uint64_t shown = zone.raw < zone.range ? zone.raw : zone.range;
        char text[32];
        const int size =
            std::snprintf(text, sizeof text, "%-20llu\n", static_cast<unsigned long long>(shown));
        (void)!::pwrite(zone.fd.get(), text, static_cast<std::size_t>(size), 0);
    }

    std::array<Zone, 4> zones_;
};

int bench_week(long turns) {
    const Folder folder;
    const std::vector<std::string> files = make_two_sockets(folder.path());
    ::setenv("GRAMME_SYSROOT", (folder.path() + "/machine").c_str(), 1);
    const auto real = host::make_real_host();
    const Instant begin = real->now();
    std::int64_t seconds = 0;
    const HostWithClock host(*real, [&] {
        const std::int64_t passed = seconds * 1'000'000'000;
        return Instant{begin.mono_ns + passed, begin.boot_ns + passed, begin.wall_ns + passed};
    });
    MovingCounters counters(files);
    Loop loop(host, folder.path() + "/journal", Scope::kMachine);
    std::uint64_t allocated = 0;
    const auto turn = [&] {
        ++seconds;
        counters.second_passes();
        const std::uint64_t before = allocations();
        loop.sampler().turn();
        allocated += allocations() - before;
    };
    // The journal keeps the last hour finely and drops what is older: its steady state begins after some
    // hours.
    const long warm = turns / 25;
    for (long i = 0; i < warm; ++i) {
        turn();
    }
    struct State {
        long rss, anonymous, file, files;
    };
    const auto state = [] {
        return State{status_kib("VmRSS"), status_kib("RssAnon"), status_kib("RssFile"), open_files()};
    };
    (void)state();  // its own first allocations
    const State before = state();
    allocated = 0;
    const double cpu_before = process_cpu_s();
    const double wall_before = monotonic_s();
    for (long i = warm; i < turns; ++i) {
        turn();
    }
    const double cpu_s = process_cpu_s() - cpu_before;
    const double wall_s = monotonic_s() - wall_before;
    const State after = state();
    char text[240];
    std::snprintf(
        text, sizeof text,
        "%ld turns of a simulated week at 1 Hz, in %.1f s (%.1f us CPU each, writing the counters included)",
        turns, wall_s, cpu_s / static_cast<double>(turns - warm) * 1e6);
    remark(text);
    std::snprintf(text, sizeof text, "%ld -> %ld KiB; anonymous %ld -> %ld KiB, mapped files %ld -> %ld KiB",
                  before.rss, after.rss, before.anonymous, after.anonymous, before.file, after.file);
    report("    growth of anonymous memory", static_cast<double>(after.anonymous - before.anonymous), "KiB",
           64.0, text);
    report("    growth of all resident memory", static_cast<double>(after.rss - before.rss), "KiB", 1024.0,
           "the journal's own pages are among it; the kernel may take them back");
    std::snprintf(text, sizeof text, "%ld -> %ld", before.files, after.files);
    report("    growth of open files", static_cast<double>(after.files - before.files), "", 0.0, text);
    report("    allocations by the turns", static_cast<double>(allocated), "", 0.0);
    const double joules = loop.sampler().energy().value();
    const double expected = static_cast<double>(turns) * (150.0 + 150.0 + 20.0 + 20.0);
    std::snprintf(text, sizeof text, "    energy %.6f MJ of a true %.6f MJ: error %.2g", joules * 1e-6,
                  expected * 1e-6, joules / expected - 1.0);
    remark(text);
    (void)loop.journal().remove();
    return 0;
}

}  // namespace
}  // namespace gramme::bench

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const long number = argc > 2 ? std::atol(argv[2]) : 0;
    if (what == "sample") {
        return gramme::bench::bench_sample(number > 0 ? static_cast<int>(number) : 8);
    }
    if (what == "backends") {
        return gramme::bench::bench_backends(number > 0 ? static_cast<int>(number) : 8);
    }
    if (what == "crowd") {
        return gramme::bench::bench_crowd(number > 0 ? static_cast<int>(number) : 5);
    }
    if (what == "week") {
        return gramme::bench::bench_week(number > 0 ? number : 604'800);
    }
    std::fprintf(stderr,
                 "usage: bench_loop sample [ROUNDS] | backends [ROUNDS] | crowd [ROUNDS] | week [TURNS]\n");
    return 64;
}
