// A meter that is asked while gramme makes the load.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/calibrate.hpp"
#include "cli/device_watch.hpp"
#include "cli/terminal.hpp"
#include "meter/meter_text.hpp"
#include "sample/busy_load.hpp"
#include "sample/meter_command.hpp"

namespace gramme::cli {
namespace {

constexpr std::array kSteps{0.0, 0.25, 0.5, 0.75, 1.0};
constexpr Seconds kLongestAnswer{10.0};
constexpr int kFailuresInARow = 3;

std::int64_t ns_of(Seconds time) {
    return std::chrono::duration_cast<Nanoseconds>(time).count();
}

bool is_measured(const Device& device) {
    return device.quality <= Quality::kIntegrated;
}

/// The points and idle windows of all steps.
class MeterCalibration {
public:
    MeterCalibration(CalibrateWorld& world, const std::string& command, Seconds step,
                     sample::StopSignals& stop, DeviceWatch watch)
        : world_(world),
          command_(command),
          step_(step),
          stop_(stop),
          watch_(std::move(watch)),
          idle_(watch_.devices().size()) {}

    /// Between two readings.
    [[nodiscard]] static Seconds period_of(Seconds step) {
        return Seconds{std::clamp(step.count() / 10.0, 0.2, 2.0)};
    }
    /// kUnavailable, kMalformed, ... of the meter; a signal is no failure (see stop).
    Result<Watts> ask() {
        GRAMME_TRY(const std::string text,
                   sample::read_meter(command_, std::min(kLongestAnswer, step_), stop_));
        return meter::parse_meter_watts(text);
    }

    /// One step of load, which somebody makes.
    Result<void> measure(bool is_idle) {
        step_points_.clear();
        GRAMME_CHECK(read_through(is_idle));
        const std::vector<meter::WallPoint> kept = meter::steady(step_points_);
        points_.insert(points_.end(), kept.begin(), kept.end());
        if (is_idle) {
            GRAMME_CHECK(meter::check_idle_step(step_points_));
        }
        return meter::check_meter_moves(points_);
    }

    [[nodiscard]] const std::vector<meter::WallPoint>& points() const { return points_; }
    [[nodiscard]] std::size_t failed() const { return failed_; }
    [[nodiscard]] const std::vector<WatchedDevice>& devices() const { return watch_.devices(); }

    /// Of the counters, while the machine was idle.
    void take_idle() {
        if (!meter::quiet_of(idle_busy_).enough()) {
            world_.report.warnings.emplace_back(
                "the machine was not idle in the first step: the idle power of its counters stays as it was");
            return;
        }
        std::vector<IdleWindows> counters;
        for (std::size_t d = 0; d < idle_.size(); ++d) {
            const WatchedDevice& watched = watch_.devices()[d];
            if (watched.is_counter) {
                counters.push_back({watched.device.id, watched.device.method, idle_[d]});
            }
        }
        if (!counters.empty()) {
            (void)take_idle_powers(world_, counters, idle_busy_);
        }
    }

private:
    Result<void> read_through(bool is_idle) {
        const Host& host = world_.context.host;
        const std::int64_t start_ns = host.now().boot_ns;
        const std::int64_t end_ns = start_ns + ns_of(step_);
        stop_.wait_until(start_ns + ns_of(step_ / 3.0));  // meters lag, and fans and voltages settle
        (void)watch_.look();
        std::int64_t next_ns = host.now().boot_ns;
        while (next_ns + ns_of(period_of(step_)) <= end_ns && !stop_.came()) {
            next_ns += ns_of(period_of(step_));
            stop_.wait_until(next_ns);
            const auto watts = stop_.came() ? Result<Watts>{Error{}} : ask();
            if (stop_.came()) {
                return {};
            }
            const DeviceWatch::Look look = watch_.look();
            next_ns = std::max(next_ns, host.now().boot_ns - ns_of(period_of(step_)));
            if (!watts) {
                ++failed_;
                if (++in_a_row_ == kFailuresInARow) {
                    return watts.error();
                }
                continue;
            }
            in_a_row_ = 0;
            keep(*watts, look, is_idle);
        }
        stop_.wait_until(end_ns);
        return {};
    }

    void keep(Watts wall, const DeviceWatch::Look& look, bool is_idle) {
        if (is_idle) {
            idle_busy_.push_back(look.busy);
        }
        if (!std::isfinite(look.busy)) {
            return;
        }
        meter::WallPoint point;
        point.load = std::clamp(look.busy, 0.0, 1.0);
        point.wall = wall;
        Watts counted;
        bool known = has_cpu_counter();
        for (std::size_t d = 0; d < look.windows.size(); ++d) {
            const Device& device = watch_.devices()[d].device;
            const auto& window = look.windows[d];
            const bool read = window && window->duration.count() > 0.0;
            const bool is_gpu = device.kind == DeviceKind::kGpu;
            if (is_gpu && !is_measured(device)) {
                known = false;  // a model does not say what the meter sees
                continue;
            }
            if (!read) {
                if (is_gpu) {
                    return;  // the meter sees it, and how much of it is not known
                }
                known = false;
                continue;
            }
            const Watts power = window->energy / window->duration;
            counted += power;
            point.counted_error += power * device.gain_sigma;
            point.gpus += is_gpu ? power : Watts{};
            if (is_idle) {
                idle_[d].push_back(*window);
            }
        }
        if (known) {
            point.counted = counted;
        }
        step_points_.push_back(point);
    }

    [[nodiscard]] bool has_cpu_counter() const {
        return std::any_of(watch_.devices().begin(), watch_.devices().end(), [](const WatchedDevice& one) {
            return one.is_counter && one.device.kind == DeviceKind::kCpu;
        });
    }

    CalibrateWorld& world_;
    const std::string& command_;
    Seconds step_;
    sample::StopSignals& stop_;
    DeviceWatch watch_;
    std::vector<std::vector<meter::IdleWindow>> idle_;
    std::vector<double> idle_busy_;
    std::vector<meter::WallPoint> step_points_;
    std::vector<meter::WallPoint> points_;
    std::size_t failed_ = 0;
    int in_a_row_ = 0;
};

/// A GPU whose power is not measured is in the curve, as it was meanwhile.
void warn_of_gpus(CalibrateWorld& world, const std::vector<WatchedDevice>& devices) {
    const auto read = std::count_if(devices.begin(), devices.end(), [](const WatchedDevice& one) {
        return one.device.kind == DeviceKind::kGpu && is_measured(one.device);
    });
    const auto all = std::count_if(devices.begin(), devices.end(), [](const WatchedDevice& one) {
        return one.device.kind == DeviceKind::kGpu;
    });
    if (read < all || static_cast<std::size_t>(read) < world.facts.gpu_models.size()) {
        world.report.warnings.emplace_back(
            "the power of a GPU cannot be read here: the curve holds it as it idled, and a run adds at most "
            "what a model says that it uses on top");
    }
}

}  // namespace

Result<std::optional<int>> calibrate_by_command(CalibrateWorld& world, const std::string& command,
                                                Seconds step) {
    const Host& host = world.context.host;
    sample::StopSignals stop;
    probe::DiscoverOptions wanted;
    wanted.wait_for_gpus = true;
    const probe::Discovery found = probe::discover(host, world.tables, world.facts, wanted);
    GRAMME_TRY(probe::ProcStat stat, open_load(world));
    MeterCalibration calibration{
        world, command, step, stop,
        DeviceWatch{host, found, std::move(stat), static_cast<double>(world.facts.cpu_count)}};
    auto first = calibration.ask();  // a meter that cannot be read is said before anybody waits
    if (stop.came()) {
        return stop.came();
    }
    if (!first) {
        return std::move(first).error();
    }
    std::optional<sample::BusyLoad> load;
    if (!host.is_sysroot()) {  // the load of this machine would not be that of a recorded one
        load.emplace();
    }
    print(world.context.terminal.err,
          fmt::format(
              "gramme: the meter shows {:.1f} W. For the next {:.0f} s {} 0, 25, 50, 75 and 100 % busy, "
              "{:.0f} s "
              "each, and the meter is read every {:.1f} s. Start nothing else meanwhile; Ctrl-C stops it and "
              "writes nothing.\n",
              first->value(), step.count() * kSteps.size(),
              load ? fmt::format("gramme keeps {} CPUs", load->threads())
                   : std::string{"the files of this recorded machine are taken as"},
              step.count(), MeterCalibration::period_of(step).count()));
    for (const double share : kSteps) {
        if (load) {
            load->set(share);
        }
        print(world.context.terminal.err, fmt::format("gramme: {:3.0f} % busy\n", 100.0 * share));
        std::fflush(world.context.terminal.err);
        GRAMME_CHECK(calibration.measure(share == 0.0));
        if (stop.came()) {
            return stop.came();
        }
    }
    load.reset();
    GRAMME_CHECK(take_wall_points(world, calibration.points(), meter::kSyntheticLoadSigma, "command"));
    calibration.take_idle();
    warn_of_gpus(world, calibration.devices());
    if (calibration.failed() > 0) {
        world.report.warnings.push_back(
            fmt::format("{} readings of the meter failed and are left out", calibration.failed()));
    }
    return std::optional<int>{};
}

}  // namespace gramme::cli
