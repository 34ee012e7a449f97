// Idle power by the machine's own counters, and what the other ways share with it.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "cli/calibrate.hpp"
#include "cli/device_watch.hpp"
#include "cli/terminal.hpp"

namespace gramme::cli {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// Sleeps until an instant of the boot clock; a signal that stops gramme stops it too.
void sleep_until(const Host& host, std::int64_t boot_ns) {
    for (std::int64_t left = boot_ns - host.now().boot_ns; left > 0; left = boot_ns - host.now().boot_ns) {
        const timespec time{static_cast<std::time_t>(left / kNsPerSecond),
                            static_cast<long>(left % kNsPerSecond)};
        ::nanosleep(&time, nullptr);
    }
}

Error nothing_to_measure(const probe::Discovery& found) {
    std::string why;
    for (const SourceReport& source : found.sources) {
        if (source.state == SourceState::kRefused || source.state == SourceState::kAbsent) {
            why += (why.empty() ? "" : "; ") + source.name + ": " + source.why;
        }
    }
    return {Code::kUnavailable,
            "nothing can be measured here, so there is no idle power to calibrate" +
                (why.empty() ? "" : ": " + why),
            "`gramme doctor` says what is missing and how to enable it; with a power meter at the wall: "
            "--meter-command or --meter-csv"};
}

Error too_busy(const meter::Quiet& quiet) {
    return {Code::kUnavailable,
            fmt::format(
                "the machine was not idle: less than 2 % busy in only {} of {} seconds, {:.1f} % on average; "
                "nothing was written",
                quiet.quiet, quiet.windows, 100.0 * quiet.mean_busy),
            "stop what runs here (top shows it) and try again; --seconds gives it longer"};
}

}  // namespace

Result<probe::ProcStat> open_load(const CalibrateWorld& world) {
    auto stat = probe::ProcStat::open(world.context.host);
    if (!stat || world.facts.cpu_count <= 0) {
        return Error{Code::kUnavailable, "how busy this machine is cannot be read (/proc/stat)", ""};
    }
    return stat;
}

bool take_idle_powers(CalibrateWorld& world, std::span<const IdleWindows> devices,
                      std::span<const double> busy) {
    meter::IdlePowers powers;
    for (const IdleWindows& one : devices) {
        const auto power = meter::idle_power(one.windows);
        if (!power) {
            world.report.warnings.push_back(one.device +
                                            " gave no reading while the machine was idle: left out");
            continue;
        }
        powers.emplace_back(one.device, power->median);
        world.report.rows.push_back(
            {one.device, one.method, power->median.value(), power->spread.value(), power->windows});
    }
    if (powers.empty()) {
        return false;
    }
    world.calibration.idle = std::move(powers);
    world.calibration.wall_ns = world.context.host.now().wall_ns;
    const meter::Quiet quiet = meter::quiet_of(busy);
    world.report.windows = quiet.windows;
    world.report.quiet_windows = quiet.quiet;
    world.report.mean_busy = quiet.mean_busy;
    return true;
}

Result<void> calibrate_idle(CalibrateWorld& world, Seconds duration) {
    const Host& host = world.context.host;
    probe::DiscoverOptions wanted;
    wanted.gpus = false;  // their idle power is that of the table (docs/method/attribution.md#gpus)
    const probe::Discovery found = probe::discover(host, world.tables, world.facts, wanted);
    if (!has_counters(found)) {
        return nothing_to_measure(found);
    }
    GRAMME_TRY(probe::ProcStat stat, open_load(world));
    const auto seconds = static_cast<std::int64_t>(duration.count());
    print(world.context.terminal.err,
          fmt::format("gramme: measuring for {} s; leave the machine alone\n", seconds));
    const std::int64_t start_ns = host.now().boot_ns;
    DeviceWatch watch{host, found, std::move(stat), static_cast<double>(world.facts.cpu_count)};
    std::vector<IdleWindows> devices(watch.devices().size());
    std::vector<double> busy;
    for (std::int64_t i = 1; i <= seconds; ++i) {
        sleep_until(host, start_ns + i * kNsPerSecond);
        const DeviceWatch::Look look = watch.look();
        busy.push_back(look.busy);
        constexpr Seconds kLongest{1.5};  // one that spans failed reads also spans seconds that may be busy
        for (std::size_t d = 0; d < devices.size(); ++d) {
            if (look.windows[d] && look.windows[d]->duration <= kLongest) {
                devices[d].windows.push_back(*look.windows[d]);
            }
        }
    }
    const meter::Quiet quiet = meter::quiet_of(busy);
    if (!quiet.enough()) {
        return too_busy(quiet);
    }
    std::vector<IdleWindows> counters;
    for (std::size_t d = 0; d < devices.size(); ++d) {
        const WatchedDevice& watched = watch.devices()[d];
        if (watched.is_counter) {
            counters.push_back({watched.device.id, watched.device.method, std::move(devices[d].windows)});
        }
    }
    world.report.warnings.insert(world.report.warnings.end(), found.warnings.begin(), found.warnings.end());
    if (!take_idle_powers(world, counters, busy)) {
        return Error{Code::kUnavailable, "no counter gave a reading while the machine was idle",
                     "`gramme doctor` says what can be read"};
    }
    return {};
}

Result<void> take_wall_points(CalibrateWorld& world, std::span<const meter::WallPoint> points, double work,
                              const char* meter) {
    GRAMME_TRY(meter::WallCurve curve, meter::fit_wall_curve(points, work));
    curve.wall_ns = world.context.host.now().wall_ns;
    curve.meter = meter;
    std::optional<meter::WallRest> rest;
    if (std::any_of(points.begin(), points.end(),
                    [](const auto& point) { return point.counted.has_value(); })) {
        GRAMME_TRY(rest, meter::fit_wall_rest(points));
        rest->wall_ns = curve.wall_ns;
    }
    world.calibration.wall = world.report.wall = std::move(curve);
    world.calibration.rest = world.report.rest = rest;
    return {};
}

}  // namespace gramme::cli
