#include "explain_cases.hpp"

#include <cmath>
#include <cstdint>
#include <utility>

#include "estimate/estimate.hpp"

namespace gramme::testing {
namespace {

Device device(const char* id, DeviceKind kind, const char* name, const char* method, Quality quality,
              double sigma, const char* group) {
    Device one;
    one.id = id;
    one.kind = kind;
    one.name = name;
    one.method = method;
    one.quality = quality;
    one.gain_sigma = sigma;
    one.gain_source = quality == Quality::kModelled ? "docs/method/cpu-model.md" : "docs/method/energy.md";
    one.group = group;
    return one;
}

/// `count` equal windows that together cover `seconds`.
void add(Ledger& ledger, const Device& one, std::size_t count, double seconds, double energy_j, double job_j,
         double unassigned_j, double job_cpu_s, double busy_cpu_s) {
    const auto index = static_cast<std::uint16_t>(ledger.devices.size());
    ledger.devices.push_back(one);
    const auto n = static_cast<double>(count);
    for (std::size_t i = 0; i < count; ++i) {
        Window window;
        window.device = index;
        window.quality = one.quality;
        window.from_ns = static_cast<std::int64_t>(1e9 * seconds / n * static_cast<double>(i));
        window.to_ns = static_cast<std::int64_t>(1e9 * seconds / n * static_cast<double>(i + 1));
        window.energy = Joules{energy_j / n};
        window.job = Joules{job_j / n};
        window.unassigned = Joules{unassigned_j / n};
        window.job_cpu_s = job_cpu_s / n;
        window.busy_cpu_s = busy_cpu_s / n;
        window.readings = 10;
        ledger.windows.push_back(window);
    }
}

RunRecord run_of(double seconds) {
    RunRecord run;
    run.id = "01938c2e-7b1c-7c4e-9a51-0f2b6d3c1a00";
    run.project = "bert";
    run.state = RunState::kFinished;
    run.started_wall_ns = 1'795'424'400'000'000'000;
    run.duration_s = seconds;
    run.gramme_version = "0.1.0";
    run.own_cpu_s = 0.123;
    run.samples = static_cast<std::uint64_t>(seconds);
    return run;
}

ExplainCase computed(std::string name, RunRecord run, Ledger ledger, const char* region) {
    run.asked.region = region;
    run.asked.region_from = "--region";
    const Factors factors = *estimate::resolve_factors(refdata::Tables{}, run.asked, run.host);
    Footprint footprint = estimate::footprint_of(run, ledger, factors, refdata::Tables{});
    return {std::move(name), std::move(run), std::move(ledger), std::move(footprint)};
}

}  // namespace

ExplainCase shared_case() {
    RunRecord run = run_of(3600.0);
    run.host.chassis = "server";
    Ledger ledger;
    for (const char* id : {"cpu0", "cpu1"}) {
        add(ledger,
            device(id, DeviceKind::kCpu, "package", "rapl-powercap", Quality::kMeasured, 0.03,
                   "rapl-package"),
            12, 3600.0, 900'000.0, 612'345.678, 72'000.0, 120'000.0, 161'000.0);
    }
    add(ledger,
        device("dram0", DeviceKind::kMemory, "dram", "rapl-powercap", Quality::kMeasured, 0.05, "rapl-dram"),
        12, 3600.0, 72'000.0, 60'000.5, 2'000.25, 120'000.0, 161'000.0);
    for (const char* id : {"gpu0", "gpu1"}) {
        Device gpu = device(id, DeviceKind::kGpu, "NVIDIA A100-SXM4-80GB", "nvml-energy-counter",
                            Quality::kMeasured, 0.045, "nvml:NVIDIA A100-SXM4-80GB");
        gpu.gain_source = "docs/method/nvml.md";
        gpu.membership_reason = "CUDA_VISIBLE_DEVICES";
        add(ledger, gpu, 12, 3600.0, 1'200'000.0, 1'200'000.0, 0.0, 0.0, 0.0);
    }
    Use& use = ledger.windows.back().use;  // only the last window of gpu1 tells how busy it was
    use.known_s = 300.0;
    use.busy_s = 210.0;
    use.known = Joules{100'000.0};
    use.idle = Joules{31'234.567};
    use.start_up = Joules{20'000.0};
    use.loading = Joules{5'000.0};
    return computed("shared", run, ledger, "aws:eu-west-3");
}

ExplainCase machine_case() {
    RunRecord run = run_of(133.2);
    run.host.virtualisation = "kvm";
    Ledger ledger;
    add(ledger,
        device("cpu0", DeviceKind::kCpu, "AMD EPYC (zen4-genoa), 2 of the host's threads", "cpu-load-model",
               Quality::kModelled, 0.33, "cpu-load-model"),
        14, 133.2, 523.4567, 500.1234, 0.0, 250.5, 255.25);
    add(ledger,
        device("dram0", DeviceKind::kMemory, "7.8 GiB, taken as 0.2 server modules", "memory-model",
               Quality::kModelled, 0.4, "memory-model"),
        14, 133.2, 120.25, 118.0, 0.0, 250.5, 255.25);
    return computed("machine", run, ledger, "");
}

ExplainCase lost_gpu_case() {
    RunRecord run = run_of(600.0);
    run.host.chassis = "server";
    Ledger ledger;
    Device gpu = device("gpu0", DeviceKind::kGpu, "NVIDIA H100", "nvml-power", Quality::kIntegrated, 0.045,
                        "nvml:NVIDIA H100");
    add(ledger, gpu, 2, 540.0, 270'000.0, 270'000.0, 0.0, 0.0, 0.0);
    gpu.id = "gpu1";
    gpu.membership = Membership::kOut;
    gpu.membership_reason = "CUDA_VISIBLE_DEVICES";
    add(ledger, gpu, 2, 600.0, 36'000.0, 36'000.0, 0.0, 0.0, 0.0);
    ledger.gaps.push_back({0, 540'000'000'000, 600'000'000'000, "NVML: GPU is lost"});
    return computed("gpu", run, ledger, "aws:us-east-1");
}

ExplainCase desktop_case() {
    RunRecord run = run_of(3600.0);
    run.host.chassis = "desktop";
    run.with_remainder = true;
    run.own_energy_j = 0.75;
    run.own_energy_from =
        "6.10 W per busy hardware thread, measured: package energy / busy CPU s of this run";
    Ledger ledger;
    add(ledger,
        device("cpu0", DeviceKind::kCpu, "package-0", "rapl-powercap", Quality::kMeasured, 0.05,
               "rapl-package"),
        12, 3600.0, 1'260'000.0, 1'260'000.0, 0.0, 36'000.0, 36'000.0);
    return computed("desktop", run, ledger, "FRA");
}

ExplainCase nothing_case() {
    RunRecord run = run_of(0.4);
    Ledger ledger;
    ledger.devices.push_back(device("cpu0", DeviceKind::kCpu, "package-0", "rapl-powercap",
                                    Quality::kMeasured, 0.03, "rapl-package"));
    ledger.gaps.push_back({0, 0, 400'000'000, "permission denied"});
    return computed("nothing", run, ledger, "FRA");
}

std::vector<ExplainCase> explain_cases() {
    ExplainCase file = shared_case();
    file.name = "file";
    for (Part& part : file.footprint.parts) {
        part.device.membership_reason.clear();
    }
    return {shared_case(), machine_case(), lost_gpu_case(), desktop_case(), nothing_case(), file};
}

ExplainCase random_case(estimate::Normals& normals) {
    const auto below = [&](int n) {  // 0 .. n - 1
        return static_cast<int>(std::fmod(std::abs(normals.next()) * 1000.0, static_cast<double>(n)));
    };
    constexpr Quality kQualities[] = {Quality::kMeasured, Quality::kIntegrated, Quality::kModelled};
    constexpr DeviceKind kKinds[] = {DeviceKind::kCpu, DeviceKind::kMemory, DeviceKind::kGpu};
    const double seconds = 1.0 + 1e4 * std::abs(normals.next());
    RunRecord run = run_of(seconds);
    run.scope = below(4) == 0 ? Scope::kMachine : Scope::kJob;
    const double size = std::pow(10.0, 3.0 * normals.next() + 3.0);
    Ledger ledger;
    const int count = 1 + below(12);
    for (int i = 0; i < count; ++i) {
        const int group = below(3);
        const Quality quality = kQualities[static_cast<std::size_t>(below(3))];
        const std::string id = "device" + std::to_string(i);
        const std::string name = "group" + std::to_string(group);
        const double energy = size * std::exp(normals.next());
        const double others = below(2) == 0 ? 0.0 : energy * 0.25;
        add(ledger,
            device(id.c_str(), kKinds[static_cast<std::size_t>(group)], "made up", "", quality,
                   0.02 + 0.1 * std::abs(normals.next()), name.c_str()),
            3, seconds, energy, energy - others, 0.0, 1.0, 2.0);
    }
    Factors factors;
    factors.pue = {1.0 + 0.01 * below(80), 0.01 * below(20), 2025, {"user", "made up"}};
    factors.intensity.value = GramsPerKilowattHour{0.01 * (1 + below(90'000))};
    factors.intensity.sigma_ln = 0.1 * below(9);
    factors.intensity.from = {"user", "made up"};
    Footprint footprint = estimate::footprint_of(run, ledger, factors, refdata::Tables{});
    return {"random", std::move(run), std::move(ledger), std::move(footprint)};
}

}  // namespace gramme::testing
