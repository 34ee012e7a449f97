// A run as a row of emissions.csv: the 38 columns of CodeCarbon 3.3, their order, units and habits.
// Source: CodeCarbon 3.3 (MIT), documentation of output and output_methods/emissions_data.
#include <algorithm>
#include <optional>

#include "present/gpu_names.hpp"
#include "present/numbers.hpp"
#include "present/present.hpp"
#include "present/waiting_view.hpp"

namespace gramme::present {
namespace {

constexpr double kBytesPerGibibyte = 1024.0 * 1024.0 * 1024.0;

/// Energy before PUE of the counted parts of some kinds; absent where none of them is known.
std::optional<double> kwh_of(const Footprint& footprint, std::initializer_list<DeviceKind> kinds) {
    std::optional<double> sum;
    for (const Part& part : footprint.parts) {
        const bool wanted = std::find(kinds.begin(), kinds.end(), part.device.kind) != kinds.end();
        if (wanted && part.energy_kwh) {
            sum = sum.value_or(0.0) + part.energy_kwh->value;
        }
    }
    return sum;
}

/// Mean over the counted parts of one kind whose utilisation is known, by the time that they cover.
std::optional<double> mean_utilization(const Footprint& footprint, DeviceKind kind) {
    double busy_s = 0.0;
    double known_s = 0.0;
    for (const Part& part : footprint.parts) {
        if (part.device.kind == kind && part.utilization) {
            busy_s += *part.utilization * part.covered_s;
            known_s += part.covered_s;
        }
    }
    return known_s > 0.0 ? std::optional{utilization_percent(busy_s / known_s)} : std::nullopt;
}

std::string number_or_empty(const std::optional<double>& value) {
    return value ? shortest(*value) : "";
}

std::string count_or_empty(int count) {
    return count > 0 ? std::to_string(count) : "";
}

/// Mean power over the run. The only place where PUE is not in a number of the row.
std::string mean_watts(const std::optional<double>& kwh, double duration_s) {
    if (!kwh || !(duration_s > 0.0)) {
        return "";
    }
    return shortest(Joules{KilowattHours{*kwh}}.value() / duration_s);
}

/// "gramme-0.1.0". What the row of a surrounding run holds already says so here, for whoever adds up rows and
/// for foreign/emissions_row_facts.cpp: "gramme-0.1.0 part of 019ab...". So does what a run comes from:
/// "gramme-0.1.0 trial of 019ab...". No other column takes a text and is ours.
std::string measured_by(const RunRecord& run) {
    std::string out = "gramme-" + run.gramme_version;
    if (!run.part_of.empty()) {
        out += " part of " + run.part_of;
    } else if (run.lineage) {
        std::string kind{name_of(run.lineage->kind)};
        std::replace(kind.begin(), kind.end(), '_', ' ');
        out += " " + kind + " " + run.lineage->id;
    }
    return out;
}

}  // namespace

const CsvRow& emissions_header() {
    static const CsvRow kHeader{"timestamp",
                                "project_name",
                                "run_id",
                                "experiment_id",
                                "duration",
                                "emissions",
                                "emissions_rate",
                                "cpu_power",
                                "gpu_power",
                                "ram_power",
                                "cpu_energy",
                                "gpu_energy",
                                "ram_energy",
                                "energy_consumed",
                                "water_consumed",
                                "country_name",
                                "country_iso_code",
                                "region",
                                "cloud_provider",
                                "cloud_region",
                                "os",
                                "python_version",
                                "codecarbon_version",
                                "cpu_count",
                                "cpu_model",
                                "gpu_count",
                                "gpu_model",
                                "longitude",
                                "latitude",
                                "ram_total_size",
                                "tracking_mode",
                                "cpu_utilization_percent",
                                "gpu_utilization_percent",
                                "ram_utilization_percent",
                                "ram_used_gb",
                                "on_cloud",
                                "pue",
                                "wue"};
    return kHeader;
}

CsvRow emissions_row(const RunRecord& run, const Footprint& footprint, std::string_view local_time) {
    const double seconds = measured_s(run);
    const auto cpu = kwh_of(footprint, {DeviceKind::kCpu, DeviceKind::kPlatform});
    const auto gpu = kwh_of(footprint, {DeviceKind::kGpu});
    const auto memory = kwh_of(footprint, {DeviceKind::kMemory});
    const double pue = footprint.factors.pue.value;
    const auto with_pue = [&](const std::optional<double>& kwh) {
        return kwh ? shortest(*kwh * pue) : std::string{};
    };
    std::optional<double> kilograms;
    std::optional<double> rate;
    std::optional<double> facility_kwh;
    if (footprint.operational_kgco2e && footprint.facility_energy_kwh) {
        kilograms = footprint.operational_kgco2e->value;
        facility_kwh = footprint.facility_energy_kwh->value;
        if (seconds > 0.0) {
            rate = *kilograms / seconds;
        }
    }
    const IntensityFactor& grid = footprint.factors.intensity;
    const std::size_t colon = grid.region.find(':');
    const bool in_cloud_region = colon != std::string::npos;
    const std::string provider = in_cloud_region ? grid.region.substr(0, colon) : run.host.cloud;
    const bool below_country = !grid.zone.empty() && grid.zone != grid.country_iso3 && grid.region_known;
    std::optional<double> memory_gib;
    if (run.host.memory_bytes > 0) {
        memory_gib = static_cast<double>(run.host.memory_bytes) / kBytesPerGibibyte;
    }

    const std::vector<std::string> gpus = gpu_names(run, footprint);

    CsvRow row;
    row.reserve(emissions_header().size());
    row.emplace_back(local_time);
    row.push_back(run.project);
    row.push_back(run.id);
    row.emplace_back();  // experiment_id
    row.push_back(shortest(seconds));
    row.push_back(number_or_empty(kilograms));
    row.push_back(number_or_empty(rate));
    row.push_back(mean_watts(cpu, seconds));
    row.push_back(mean_watts(gpu, seconds));
    row.push_back(mean_watts(memory, seconds));
    row.push_back(with_pue(cpu));
    row.push_back(with_pue(gpu));
    row.push_back(with_pue(memory));
    row.push_back(number_or_empty(facility_kwh));
    row.emplace_back();  // water_consumed
    row.push_back(grid.country_name);
    row.push_back(grid.country_iso3);
    row.push_back(below_country ? grid.zone_name : "");
    row.push_back(provider);
    row.push_back(in_cloud_region ? grid.region.substr(colon + 1) : "");
    row.push_back(run.host.os);
    row.emplace_back();  // python_version
    row.push_back(measured_by(run));
    row.push_back(count_or_empty(run.host.cpu_count));
    row.push_back(run.host.cpu_model);
    row.push_back(count_or_empty(static_cast<int>(gpus.size())));
    row.push_back(counted_names(gpus));
    row.emplace_back();  // longitude
    row.emplace_back();  // latitude
    row.push_back(number_or_empty(memory_gib));
    row.emplace_back(run.scope == Scope::kMachine ? "machine" : "process");
    row.push_back(number_or_empty(mean_utilization(footprint, DeviceKind::kCpu)));
    row.push_back(number_or_empty(mean_utilization(footprint, DeviceKind::kGpu)));
    row.emplace_back();  // ram_utilization_percent
    row.emplace_back();  // ram_used_gb
    row.emplace_back(provider.empty() ? "N" : "Y");
    row.push_back(shortest(pue));
    row.emplace_back();  // wue
    return row;
}

}  // namespace gramme::present
