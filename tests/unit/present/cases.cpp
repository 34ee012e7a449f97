#include "cases.hpp"

#include <utility>

namespace gramme::testing {
namespace {

Part part(const char* id, DeviceKind kind, const char* name, const char* method, Quality quality,
          double sigma, Estimate energy_kwh, double seconds) {
    Part one;
    one.device.id = id;
    one.device.kind = kind;
    one.device.name = name;
    one.device.method = method;
    one.device.quality = quality;
    one.device.gain_sigma = sigma;
    one.device.gain_source = "docs/method/energy.md";
    one.device.group = method;
    one.energy_kwh = energy_kwh;
    one.device_energy = KilowattHours{energy_kwh.value};
    one.covered_s = seconds;
    return one;
}

RunRecord run() {
    RunRecord one;
    one.id = "01938c2e-7b1c-7c4e-9a51-0f2b6d3c1a00";
    one.project = "bert";
    one.command = {"python", "train.py", "--epochs", "3"};
    one.tags = {{"team", "nlp"}};
    one.state = RunState::kFinished;
    one.started_wall_ns = 1'795'424'400'000'000'000;
    one.duration_s = 3600.0;
    one.exit_status = 0;
    one.host.hostname = "node1";
    one.host.os = "Debian GNU/Linux 12 (bookworm), Linux 6.1.0";
    one.host.architecture = "x86_64";
    one.host.cpu_model = "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz";
    one.host.cpu_count = 112;
    one.host.cpu_sockets = 2;
    one.host.memory_bytes = 549'755'813'888;
    one.host.chassis = "server";
    one.host.gpu_models = {"NVIDIA A100-SXM4-80GB", "NVIDIA A100-SXM4-80GB"};
    one.gramme_version = "0.1.0";
    one.own_cpu_s = 0.123;
    one.samples = 3600;
    return one;
}

Factors paris() {
    Factors factors;
    factors.pue = {1.12, 0.04, 2024, {"gsf_rtc", "published for aws:eu-west-3"}};
    IntensityFactor& grid = factors.intensity;
    grid.value = GramsPerKilowattHour{41.45};
    grid.sigma_ln = 0.30;
    grid.zone = "FRA";
    grid.zone_name = "France";
    grid.region = "aws:eu-west-3";
    grid.place = "Paris";
    grid.country_iso3 = "FRA";
    grid.country_name = "France";
    grid.year = 2025;
    grid.basis = "lifecycle";
    grid.from = {"owid_ember_2026", "--region aws:eu-west-3"};
    return factors;
}

Factors world() {
    Factors factors;
    factors.pue = {1.54, 0.15, 2025, {"uptime_2025", "mean of the industry: the site is not known"}};
    IntensityFactor& grid = factors.intensity;
    grid.value = GramsPerKilowattHour{458.29};
    grid.sigma_ln = 0.80;
    grid.zone = "WLD";
    grid.zone_name = "World";
    grid.year = 2025;
    grid.basis = "lifecycle";
    grid.region_known = false;
    grid.from = {"owid_ember_2026", "no region given: world average"};
    factors.notes = {
        "region unknown: the world average is used, with its wide range; say where with --region (for "
        "example "
        "--region FRA or --region aws:eu-west-3)"};
    return factors;
}

}  // namespace

Case measured_case() {
    Case one{run(), {}, {"emissions.csv", "sqlite:/home/ada/.local/share/gramme/runs.db", ""}};
    Footprint& f = one.footprint;
    f.parts = {part("cpu0", DeviceKind::kCpu, "package-0", "rapl-powercap", Quality::kMeasured, 0.03,
                    {0.18, 0.1697, 0.1909}, 3600.0),
               part("dram0", DeviceKind::kMemory, "dram", "rapl-powercap", Quality::kMeasured, 0.05,
                    {0.02, 0.0181, 0.0221}, 3600.0),
               part("gpu0", DeviceKind::kGpu, "NVIDIA A100-SXM4-80GB", "nvml-energy-counter",
                    Quality::kMeasured, 0.045, {0.4, 0.3662, 0.4369}, 3600.0)};
    f.parts[0].device_energy = KilowattHours{0.25};
    f.parts[0].others = KilowattHours{0.05};
    f.parts[0].unassigned = KilowattHours{0.02};
    f.energy_kwh = Estimate{0.6, 0.5634, 0.6389};
    f.facility_energy_kwh = Estimate{0.672, 0.6077, 0.7431};
    f.operational_kgco2e = Estimate{0.0278544, 0.01533, 0.05062};
    f.quality = Quality::kMeasured;
    f.factors = paris();
    f.dominant = DominantUncertainty{
        "intensity", 97.2,
        "give the mean intensity of your grid over the hours of the run, in g/kWh: --intensity"};
    f.equivalences = {{"phone_charge", "smartphone charges", 2.2463, "epa_equiv_2026"},
                      {"car_km", "km driven by an average petrol car", 0.11407, "epa_equiv_2026"}};
    f.not_covered = {"network", "storage", "fans and power supply"};
    return one;
}

Case waiting_case() {
    Case one = measured_case();
    std::vector<Part>& parts = one.footprint.parts;
    parts[0].utilization = 0.5;
    parts[2].utilization = 0.625;
    parts[2].idle = KilowattHours{0.125};
    one.footprint.waiting = Waiting{parts[2].device_energy,
                                    parts[2].device_energy,
                                    *parts[2].idle,
                                    {{WaitingCause::kDataLoading, KilowattHours{0.09}},
                                     {WaitingCause::kStartUp, KilowattHours{0.03}},
                                     {WaitingCause::kEnd, KilowattHours{0.005}}},
                                    WaitingCause::kDataLoading};
    return one;
}

Case modelled_case() {
    Case one{run(), {}, {"emissions.csv", "sqlite:/home/ada/.local/share/gramme/runs.db", "out.json"}};
    one.run.duration_s = 133.2;
    one.run.samples = 134;
    one.run.own_cpu_s = 0.0041;
    one.run.host.cpu_model = "AMD EPYC";
    one.run.host.virtualisation = "kvm";
    one.run.host.chassis = "";
    one.run.host.cpu_count = 2;
    one.run.host.cpu_sockets = 1;
    one.run.host.memory_bytes = 8'589'934'592;
    one.run.host.gpu_models.clear();
    Footprint& f = one.footprint;
    f.parts = {part("cpu0", DeviceKind::kCpu, "AMD EPYC, 2 of 128 threads", "cpu-load-model",
                    Quality::kModelled, 0.3, {0.0012, 0.00067, 0.0022}, 133.2),
               part("memory0", DeviceKind::kMemory, "8 GiB", "memory-model", Quality::kModelled, 0.4,
                    {0.00022, 0.0001, 0.00048}, 133.2)};
    f.energy_kwh = Estimate{0.00142, 0.00088, 0.0024};
    f.facility_energy_kwh = Estimate{0.0021868, 0.0012, 0.004};
    f.operational_kgco2e = Estimate{0.0010022, 0.00018, 0.0056};
    f.quality = Quality::kModelled;
    f.factors = world();
    f.dominant = DominantUncertainty{
        "intensity", 86.4,
        "say where the machine is: --region (for example --region FRA or --region aws:eu-west-3)"};
    f.equivalences = {{"phone_charge", "smartphone charges", 0.080823, "epa_equiv_2026"}};
    f.not_covered = {"network", "storage", "fans and power supply"};
    return one;
}

Case gap_case() {
    Case one = measured_case();
    one.run.failed_reads = 61;
    one.footprint.parts[2].gap_s = 60.5;
    one.footprint.parts[2].covered_s = 3539.5;
    one.footprint.gaps = {{"gpu0", 120.0, 180.5, "NVML: GPU is lost"}};
    Part other = one.footprint.parts[2];
    other.device.id = "gpu1";
    other.device.membership = Membership::kOut;
    other.device.membership_reason = "CUDA_VISIBLE_DEVICES";
    other.device_energy = KilowattHours{0.0512};
    other.energy_kwh.reset();
    other.gap_s = 0.0;
    one.footprint.left_out = {other};
    return one;
}

Case killed_case() {
    Case one = modelled_case();
    one.run.exit_status = 137;
    one.run.signal = 9;
    one.run.survivors = {"1234 sleep", "1240 python"};
    one.run.warnings = {
        "emissions.csv has another header and was left whole; the row is in emissions-gramme.csv"};
    one.outputs.csv_path = "emissions-gramme.csv";
    return one;
}

Case unknown_case() {
    Case one{run(), {}, {"", "", ""}};
    one.run.command.clear();
    one.run.exit_status = 1;
    one.run.duration_s = 0.4;
    one.run.samples = 2;
    Part cpu =
        part("cpu0", DeviceKind::kCpu, "package-0", "rapl-powercap", Quality::kMeasured, 0.03, {}, 0.0);
    cpu.energy_kwh.reset();
    cpu.gap_s = 0.4;
    one.footprint.parts = {cpu};
    one.footprint.gaps = {{"cpu0", 0.0, 0.4, "permission denied"}};
    one.footprint.factors = world();
    one.footprint.not_covered = {"network", "memory", "storage", "fans and power supply"};
    return one;
}

Case awkward_case() {
    Case one = measured_case();
    one.run.project = "a,b \"c\"\n\x1b[31m";
    one.run.command = {"sh", "-c", "printf '\x1b]0;x\x07'", "\xff"};
    one.run.tags = {{"k\"", "v\\"}};
    IntensityFactor& grid = one.footprint.factors.intensity;
    grid.value = GramsPerKilowattHour{5.48};
    grid.zone = "CA-QC";
    grid.zone_name = "Québec";
    grid.region = "aws:ca-central-1";
    grid.place = "Montréal";
    grid.country_iso3 = "CAN";
    grid.country_name = "Canada";
    grid.year = 2024;
    grid.basis = "direct";
    grid.from = {"google_rci", "--region montreal"};
    grid.country_lifecycle = GramsPerKilowattHour{190.72};
    grid.country_lifecycle_zone = "CAN";
    grid.country_lifecycle_year = 2025;
    grid.country_lifecycle_source = "owid_ember_2026";
    return one;
}

}  // namespace gramme::testing
