// gramme doctor: what can be measured here, and how wide the interval of a run would be.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "base/utc.hpp"
#include "cli/command_context.hpp"
#include "cli/doctor_ledger.hpp"
#include "config/calibration.hpp"
#include "config/override_tables.hpp"
#include "config/settings.hpp"
#include "estimate/estimate.hpp"
#include "present/present.hpp"
#include "probe/probe.hpp"
#include "sample/cgroup.hpp"
#include "sample/recover.hpp"
#include "store/store.hpp"
#include "track/outputs.hpp"

namespace gramme::cli {
namespace {

double ratio_of(const std::optional<Estimate>& estimate) {
    return estimate && estimate->low > 0.0 ? estimate->high / estimate->low : 0.0;
}

/// Runs that no store has yet, in any folder where a gramme of this person may have left them.
std::vector<std::string> waiting_runs(const Host& host) {
    std::vector<std::string> out;
    for (const std::string& folder :
         store::data_dir_candidates(host.env("XDG_DATA_HOME"), host.env("HOME"), host.env("TMPDIR"))) {
        struct stat status {};
        if (::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
            status.st_uid == ::geteuid()) {
            std::vector<std::string> there = sample::list_waiting_runs(track::journal_dir(folder));
            std::move(there.begin(), there.end(), std::back_inserter(out));
        }
    }
    return out;
}

/// Whence the idle power of measured devices would come; empty where none is measured.
std::string idle_power_text(const probe::Discovery& found, const std::optional<Calibration>& calibration) {
    std::string calibrated;
    bool measured = false;
    for (const auto& probe : found.probes) {
        for (std::size_t i = 0; i < probe->device_count(); ++i) {
            const probe::ProbedDevice probed = probe->device(i);
            measured |= probed.device.quality == Quality::kMeasured && !probed.meter.whole;
            if (probed.meter.idle_calibrated) {
                calibrated += fmt::format("{}{} {:.1f} W", calibrated.empty() ? "" : ", ", probed.device.id,
                                          probed.meter.idle_power.value());
            }
        }
    }
    if (!calibrated.empty()) {
        return fmt::format("calibrated {:.10}: {}", utc_text(calibration->wall_ns), calibrated);
    }
    return measured ? "assumed; `gramme calibrate` measures it" : "";
}

/// Names of the accelerators that the sources give.
std::vector<std::string> accelerators_of(const probe::Discovery& found) {
    std::vector<std::string> names;
    for (const auto& probe : found.probes) {
        for (std::size_t i = 0; i < probe->device_count(); ++i) {
            const Device device = probe->device(i).device;
            if (device.kind == DeviceKind::kGpu) {
                names.push_back(device.name);
            }
        }
    }
    return names;
}

}  // namespace

Result<int> doctor_command(const CommandContext& context) {
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    present::DoctorReport report;
    report.host = probe::read_host_facts(context.host, tables);
    auto factors = estimate::resolve_factors(tables, context.options.factors, report.host);
    if (!factors) {
        return about_region(factors.error(), context.options.factors);
    }
    report.warnings = context.options.warnings;
    const std::optional<Calibration> calibration =
        load_calibration(context.host, report.host, report.warnings);
    probe::DiscoverOptions wanted;
    wanted.calibrated = calibration ? &calibration->idle : nullptr;
    wanted.wall_curve = calibration && calibration->wall ? &*calibration->wall : nullptr;
    wanted.wait_for_gpus = true;
    const probe::Discovery found = probe::discover(context.host, tables, report.host, wanted);
    report.sources = found.sources;
    report.host.gpu_models = accelerators_of(found);
    report.idle_power = idle_power_text(found, calibration);
    if (calibration) {
        report.wall = calibration->wall;
        report.rest = calibration->rest;
        report.wall_used = std::any_of(found.sources.begin(), found.sources.end(), [](const auto& source) {
            return source.name == "wall-meter-curve" && source.state == SourceState::kUsed;
        });
    }
    report.warnings.insert(report.warnings.end(), found.warnings.begin(), found.warnings.end());
    report.warnings.insert(report.warnings.end(), factors->notes.begin(), factors->notes.end());
    const std::vector<std::string> waiting = waiting_runs(context.host);
    report.warnings.insert(report.warnings.end(), waiting.begin(), waiting.end());

    const sample::CgroupStatus cgroup = sample::cgroup_status(context.host);
    report.cgroup = cgroup.text + (cgroup.remedy.empty() ? "" : "; to enable: " + cgroup.remedy);
    report.cgroup_usable = cgroup.usable;

    RunRecord run;
    run.host = report.host;
    const Footprint footprint = estimate::footprint_of(run, typical_ledger(found), *factors, tables);
    report.interval_ratio = ratio_of(footprint.energy_kwh);
    report.interval_ratio_with_grid = ratio_of(footprint.operational_kgco2e);
    if (footprint.dominant) {
        report.dominant = footprint.dominant->factor + ": " + footprint.dominant->remedy;
    }
    print(context.terminal.out, context.arguments.has("json")
                                    ? present::doctor_json(report)
                                    : present::doctor_text(report, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
