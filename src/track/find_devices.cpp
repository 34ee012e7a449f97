#include "track/find_devices.hpp"

#include <string>
#include <utility>

#include "base/utc.hpp"

namespace gramme::track {
namespace {

/// Whence the idle power of the measured devices that are shared comes, for the record.
void say_idle_power(const probe::Discovery& found, const std::optional<config::Calibration>& calibration,
                    RunRecord& run) {
    std::string assumed;
    for (const auto& probe : found.probes) {
        for (std::size_t i = 0; i < probe->device_count(); ++i) {
            const probe::ProbedDevice probed = probe->device(i);
            if (probed.meter.idle_calibrated) {
                run.idle_power_from = "calibration";
            } else if (probed.device.quality == Quality::kMeasured && !probed.meter.whole) {
                assumed += (assumed.empty() ? "" : ", ") + probed.device.id;
            }
        }
    }
    if (run.idle_power_from.empty()) {
        run.idle_power_from = assumed.empty() ? "" : "assumed";
        return;
    }
    run.calibrated_at = utc_text(calibration->wall_ns);
    if (!assumed.empty()) {
        run.warnings.push_back("the calibration lacks " + assumed +
                               ", whose idle power is assumed; `gramme calibrate` makes a new one");
    }
}

/// A job without a known share of the CPUs has all of them.
Scope scope_to_split_by(bool has_reservation, RunRecord& run) {
    if (run.cpu_time_from == "unknown" && run.scope != Scope::kMachine) {
        run.warnings.emplace_back(
            "the CPU time of the job cannot be told from that of others here: all energy of each "
            "device is counted as the job's");
    }
    if (!has_reservation && run.scope == Scope::kAllocation) {
        run.warnings.emplace_back(
            "no cpuset, quota or Slurm allocation limits this job: the allocation is the whole "
            "machine");
        return Scope::kMachine;
    }
    return run.scope;
}

}  // namespace

FoundDevices find_devices(const DeviceSearch& search, RunRecord& run) {
    const std::optional<config::Calibration>& calibration = search.calibration;
    if (calibration && calibration->rest) {
        const meter::WallRest& rest = *calibration->rest;
        run.measured_rest = {rest.base.value(), rest.efficiency, rest.sigma, utc_text(rest.wall_ns)};
    }
    probe::DiscoverOptions wanted{run.scope, Seconds{run.interval_s}, &search.members};
    wanted.ranks = search.ranks;
    wanted.calibrated = calibration ? &calibration->idle : nullptr;
    wanted.wall_curve = calibration && calibration->wall ? &*calibration->wall : nullptr;
    FoundDevices out{probe::discover(search.host, search.tables, search.facts, wanted)};
    say_idle_power(out.found, calibration, run);
    run.warnings.insert(run.warnings.end(), out.found.warnings.begin(), out.found.warnings.end());
    out.split_by = scope_to_split_by(search.has_reservation, run);
    return out;
}

}  // namespace gramme::track
