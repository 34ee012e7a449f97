// The ways to calibrate a machine: its idle power by its own counters; its power at the wall by a meter that
// is asked while gramme makes the load, or that was recorded while stored runs were on.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/command_context.hpp"
#include "config/calibration.hpp"
#include "present/present.hpp"
#include "probe/proc_stat.hpp"
#include "refdata/tables.hpp"

namespace gramme::cli {

/// What each of them works with. `calibration` is what the file holds for this machine; each replaces the
/// parts that it measures, and leaves it alone where it fails.
struct CalibrateWorld {
    const CommandContext& context;
    const refdata::Tables& tables;
    const HostFacts& facts;
    Calibration calibration;
    present::CalibrationReport report;
};

/// kUnavailable: no counter, or the machine was not idle.
[[nodiscard]] Result<void> calibrate_idle(CalibrateWorld& world, Seconds duration);

/// Five steps of load of `step` each. The meter's own errors (read_meter, parse_meter_watts), kUnavailable of
/// the fits. The number of a signal that stopped it: then nothing has changed.
[[nodiscard]] Result<std::optional<int>> calibrate_by_command(CalibrateWorld& world,
                                                              const std::string& command, Seconds step);

/// The runs that --run names, else all of this host in the time of the recording. kNotFound (no such file or
/// run), kMalformed, kOutOfRange (a file of more than 64 MiB), kUnavailable (nothing matches; the fits).
[[nodiscard]] Result<void> calibrate_by_csv(CalibrateWorld& world, const std::string& file);

/// kUnavailable where /proc/stat cannot be read or the number of CPUs is unknown.
[[nodiscard]] Result<probe::ProcStat> open_load(const CalibrateWorld& world);

/// Fits the points and puts curve, remainder and their words into `world`: the remainder where the points
/// know what is counted.
[[nodiscard]] Result<void> take_wall_points(CalibrateWorld& world, std::span<const meter::WallPoint> points,
                                            double work, const char* meter);

/// Fills the idle powers in from the windows of counters; false where no device gave one while it was quiet.
struct IdleWindows {
    std::string device, method;
    std::vector<meter::IdleWindow> windows;
};
bool take_idle_powers(CalibrateWorld& world, std::span<const IdleWindows> devices,
                      std::span<const double> busy);

}  // namespace gramme::cli
