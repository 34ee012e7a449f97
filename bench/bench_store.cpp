// bench_store FILE RUNS WINDOWS: a store of made-up runs for the benchmarks of the page: each with a ledger
// of so many windows, a result worked out of it, three projects a month, tags, now and then a gap.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "estimate/estimate.hpp"
#include "present/present.hpp"
#include "store/store.hpp"

namespace {

using namespace gramme;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'735'689'600;  // 2025-01-01
constexpr std::int64_t kBetween = 300;          // seconds between two starts: 100,000 runs are a year

RunRecord run_of(int number) {
    RunRecord run;
    char id[40];
    std::snprintf(id, sizeof id, "01940000-%04x-7000-8000-%012x", number & 0xffff, number);
    run.id = id;
    run.project = "project-" + std::to_string(number / 9000 * 3 + number % 3);
    run.name = "train " + std::to_string(number);
    run.command = {"python", "train.py", "--seed", std::to_string(number)};
    run.tags = {{"model", number % 2 == 0 ? "small" : "large"}, {"seed", std::to_string(number)}};
    run.started_wall_ns = (kStart + number * kBetween) * kSecond;
    run.state = RunState::kFinished;
    run.exit_status = 0;
    run.asked.region = number % 4 == 0 ? "" : "FRA";
    run.host.hostname = "node" + std::to_string(number % 50);
    run.host.cpu_model = "made up";
    run.gramme_version = "0";
    return run;
}

Ledger ledger_of(int number, int windows) {
    Ledger ledger;
    for (const char* id : {"cpu0", "gpu0"}) {
        Device device;
        device.id = id;
        device.kind = id[0] == 'g' ? DeviceKind::kGpu : DeviceKind::kCpu;
        device.name = "made up";
        device.method = "made up";
        device.gain_sigma = 0.05;
        device.gain_source = "made up";
        ledger.devices.push_back(device);
    }
    for (std::uint16_t device = 0; device < 2; ++device) {
        for (int i = 0; i < windows / 2; ++i) {
            Window window;
            window.device = device;
            window.from_ns = i * 10 * kSecond;
            window.to_ns = (i + 1) * 10 * kSecond;
            window.energy = Joules{1000.0 + (number + i) % 500};
            window.job = window.energy;
            window.readings = 10;
            ledger.windows.push_back(window);
        }
    }
    if (number % 20 == 0) {
        ledger.gaps.push_back({1, 0, kSecond, "made up"});
    }
    return ledger;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: bench_store FILE RUNS WINDOWS\n");
        return 64;
    }
    const int runs = std::atoi(argv[2]);
    const int windows = std::atoi(argv[3]);
    const refdata::Tables tables;
    const auto store = store::Store::open(argv[1]);
    if (!store) {
        std::fprintf(stderr, "bench_store: %s\n", store.error().what.c_str());
        return 73;
    }
    for (int i = 0; i < runs; ++i) {
        RunRecord run = run_of(i);
        const Ledger ledger = ledger_of(i, windows);
        run.duration_s = 10.0 * (windows / 2);
        const auto factors = estimate::resolve_factors(tables, run.asked, run.host);
        const Footprint footprint =
            estimate::footprint_of(run, ledger, factors ? *factors : Factors{}, tables);
        const auto added = (*store)->add(run, ledger, footprint,
                                         present::footprint_json(run, footprint, true), run.started_wall_ns);
        if (!added) {
            std::fprintf(stderr, "bench_store: %s\n", added.error().what.c_str());
            return 73;
        }
    }
    return 0;
}
