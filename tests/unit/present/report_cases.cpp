#include "report_cases.hpp"

namespace gramme::testing {
namespace {

Ledger minutes_of(const Footprint& footprint, int minutes) {
    constexpr std::int64_t kMinute = 60'000'000'000;
    Ledger ledger;
    for (const Part& part : footprint.parts) {
        const auto device = static_cast<std::uint16_t>(ledger.devices.size());
        ledger.devices.push_back(part.device);
        for (int i = 0; i < minutes; ++i) {
            if (part.device.kind == DeviceKind::kGpu && i >= 20 && i < 24) {
                ledger.gaps.push_back({device, i * kMinute, (i + 1) * kMinute, "NVML: GPU is lost"});
                continue;
            }
            Window window;
            window.device = device;
            window.from_ns = i * kMinute;
            window.to_ns = (i + 1) * kMinute;
            window.job = Joules{KilowattHours{part.energy_kwh->value}} / minutes;
            window.energy = window.job * 2.0;  // others use as much: what is drawn is the job's
            ledger.windows.push_back(window);
        }
    }
    return ledger;
}

}  // namespace

ReportCase measured_report() {
    const Case one = measured_case();
    return {one.run, one.footprint, minutes_of(one.footprint, 60), std::nullopt};
}

ReportCase gap_report() {
    const Case one = gap_case();
    return {one.run, one.footprint, std::nullopt, std::nullopt};
}

ReportCase unknown_report() {
    const Case one = unknown_case();
    return {one.run, one.footprint, std::nullopt, std::nullopt};
}

ReportCase estimated_report() {
    ReportCase out{{}, measured_case().footprint, std::nullopt, DescribedJob{}};
    out.run.scope = Scope::kMachine;
    out.run.project.clear();
    out.run.duration_s = 432'000.0;
    JobGroup group;
    group.name = "h100";
    group.count = 8.0;
    out.job->asked.groups = {group};
    out.job->asked.hours = 120.0;
    out.job->assumptions = {
        {"power of one H100", "490 W, 0.7 of its limit", "epoch-ml-hardware", "--power-model tdp"}};
    Footprint& f = out.footprint;
    f.parts.resize(1);
    f.parts[0].device.id = "gpu0";
    f.parts[0].device.kind = DeviceKind::kGpu;
    f.parts[0].device.name = "8 x NVIDIA H100 80GB HBM3";
    f.parts[0].device.method = "typical power";
    f.parts[0].device.quality = Quality::kModelled;
    f.parts[0].energy_kwh = Estimate{500.0, 350.0, 720.0};
    f.energy_kwh = f.parts[0].energy_kwh;
    f.facility_energy_kwh = Estimate{560.0, 390.0, 810.0};
    f.operational_kgco2e = Estimate{23.212, 12.0, 45.0};  // 500 kWh x 1.12 x 41.45 g/kWh
    f.quality = Quality::kModelled;
    f.embodied = SideFigure{{13.0, 7.0, 27.0}, {"ccf-coefficients", "its hours over a lifetime of 4 years"}};
    f.water = SideFigure{{2100.0, 900.0, 4800.0},
                         {"ecologits_mixes, amazon_water_2026",
                          "evaporated by the cooling of the site and by power stations"}};
    return out;
}

ReportCase hostile_report() {
    ReportCase out = measured_report();
    out.run.project = kHostile;
    out.run.name = kHostile;
    out.run.host.cpu_model = kHostile;
    out.run.host.os = kHostile;
    for (Part& part : out.footprint.parts) {
        part.device.id += kHostile;
        part.device.name = kHostile;
        part.device.method = kHostile;
        part.device.gain_source = kHostile;
    }
    for (Device& device : out.ledger->devices) {
        device.id += kHostile;
    }
    Factors& factors = out.footprint.factors;
    factors.intensity.place = kHostile;
    factors.intensity.zone_name = kHostile;
    factors.intensity.region = kHostile;
    factors.intensity.from = {kHostile, kHostile};
    factors.pue.from = {kHostile, kHostile};
    factors.notes = {kHostile};
    out.footprint.not_covered = {kHostile};
    out.footprint.equivalences = {{"k", kHostile, 2.0, kHostile}};
    return out;
}

}  // namespace gramme::testing
