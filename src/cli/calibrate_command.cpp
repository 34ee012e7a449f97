// gramme calibrate: measures what each device draws while the machine does nothing, and keeps it for later
// runs.
#include <fmt/format.h>
#include <sys/stat.h>

#include <cmath>
#include <ctime>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/parse.hpp"
#include "base/utc.hpp"
#include "cli/calibration.hpp"
#include "cli/command_context.hpp"
#include "cli/override_tables.hpp"
#include "cli/run_outputs.hpp"
#include "meter/idle_power.hpp"
#include "present/present.hpp"
#include "probe/probe.hpp"
#include "probe/proc_stat.hpp"

namespace gramme::cli {
namespace {

constexpr std::uint64_t kMostSeconds = 3600;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kMostReadings = 256;

/// Sleeps until an instant of the boot clock; a signal that stops gramme stops it too.
void sleep_until(const Host& host, std::int64_t boot_ns) {
    for (std::int64_t left = boot_ns - host.now().boot_ns; left > 0; left = boot_ns - host.now().boot_ns) {
        const timespec time{static_cast<std::time_t>(left / kNsPerSecond),
                            static_cast<long>(left % kNsPerSecond)};
        ::nanosleep(&time, nullptr);
    }
}

/// A device whose energy is counted and shared by CPU time: what an idle power is needed for.
struct Watched {
    std::size_t probe = 0;
    std::size_t index = 0;
    Device device;
    meter::DeviceMeter meter;
    std::vector<meter::IdleWindow> windows{};
};

std::vector<Watched> watched_devices(const probe::Discovery& found, std::int64_t start_ns) {
    std::vector<Watched> out;
    for (std::size_t p = 0; p < found.probes.size(); ++p) {
        for (std::size_t i = 0; i < found.probes[p]->device_count(); ++i) {
            probe::ProbedDevice probed = found.probes[p]->device(i);
            const bool is_model = std::holds_alternative<meter::LoadModel>(probed.meter.energy);
            if (!is_model && !probed.meter.whole && probed.device.quality <= Quality::kIntegrated) {
                const meter::DeviceMeter meter{probed.meter, Scope::kMachine, start_ns};
                out.push_back({p, i, std::move(probed.device), meter});
            }
        }
    }
    return out;
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
            "`gramme doctor` says what is missing and how to enable it"};
}

Result<std::uint64_t> wanted_seconds(const Arguments& arguments) {
    const auto typed = arguments.value("seconds");
    const auto seconds = typed ? read_u64(*typed) : std::optional<std::uint64_t>{30};
    if (!seconds || *seconds < 1 || *seconds > kMostSeconds) {
        return Error{Code::kUsage, "--seconds: '" + *typed + "' is no whole number from 1 to 3600",
                     "give for example --seconds 60"};
    }
    return *seconds;
}

/// The windows of one measurement, second by second.
class Measurement {
public:
    Measurement(const Host& host, const probe::Discovery& found, probe::ProcStat stat, double cpus)
        : host_(host), found_(found), stat_(std::move(stat)), cpus_(cpus), buffer_(kMostReadings) {}

    void run(std::uint64_t seconds) {
        const std::int64_t start_ns = host_.now().boot_ns;
        devices_ = watched_devices(found_, start_ns);
        read(start_ns);
        busy_.clear();
        for (std::uint64_t i = 1; i <= seconds; ++i) {
            sleep_until(host_, start_ns + static_cast<std::int64_t>(i) * kNsPerSecond);
            read(host_.now().boot_ns);
        }
    }
    [[nodiscard]] const std::vector<Watched>& devices() const { return devices_; }
    [[nodiscard]] const std::vector<double>& busy() const { return busy_; }

private:
    /// Of the machine since the last call; NaN where it is not known.
    double busy_until(std::int64_t now_ns) {
        const auto now = stat_.read();
        const double passed_s = static_cast<double>(now_ns - last_ns_) / static_cast<double>(kNsPerSecond);
        const double share = now && last_ ? (now->busy - last_->busy) / (cpus_ * passed_s)
                                          : std::numeric_limits<double>::quiet_NaN();
        last_ = now;
        last_ns_ = now_ns;
        return share;
    }

    void read(std::int64_t now_ns) {
        const double busy = busy_until(now_ns);
        busy_.push_back(busy);
        for (std::size_t p = 0; p < found_.probes.size(); ++p) {
            buffer_.clear();
            found_.probes[p]->sample(buffer_);
            for (const Reading& reading : std::as_const(buffer_).readings()) {
                add(p, reading, busy);
            }
        }
    }

    void add(std::size_t probe, const Reading& reading, double busy) {
        for (Watched& watched : devices_) {
            if (watched.probe != probe || watched.index != reading.device) {
                continue;
            }
            const meter::MeterStep step = watched.meter.add(reading, {});
            const Seconds duration = Nanoseconds{step.to_ns - step.from_ns};
            constexpr Seconds kLongest{
                1.5};  // one that spans failed reads also spans seconds that may be busy
            if (step.kind == meter::MeterStep::Kind::kWindow && duration <= kLongest) {
                watched.windows.push_back({duration, step.energy, busy});
            }
        }
    }

    const Host& host_;
    const probe::Discovery& found_;
    probe::ProcStat stat_;
    double cpus_;
    ReadingBuffer buffer_;
    std::vector<Watched> devices_;
    std::vector<double> busy_;
    std::optional<probe::CpuSeconds> last_;
    std::int64_t last_ns_ = 0;
};

Error too_busy(const meter::Quiet& quiet) {
    return {Code::kUnavailable,
            fmt::format(
                "the machine was not idle: less than 2 % busy in only {} of {} seconds, {:.1f} % on average; "
                "nothing was written",
                quiet.quiet, quiet.windows, 100.0 * quiet.mean_busy),
            "stop what runs here (top shows it) and try again; --seconds gives it longer"};
}

Result<void> write_calibration(const std::string& path, const Calibration& calibration) {
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), failed);
    if (failed) {
        return Error{failed == std::errc::permission_denied ? Code::kPermission : Code::kIo,
                     "cannot make the folder of " + path + ": " + failed.message(), ""};
    }
    return write_whole(path, calibration_file_text(calibration));
}

}  // namespace

Result<int> calibrate_command(const CommandContext& context) {
    const Host& host = context.host;
    GRAMME_TRY(const std::uint64_t seconds, wanted_seconds(context.arguments));
    const auto path = calibration_path(host);
    if (!path) {
        return Error{Code::kUnavailable,
                     "there is no place for the calibration: neither XDG_CONFIG_HOME nor HOME is set",
                     "set one of them"};
    }
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const HostFacts facts = probe::read_host_facts(host, tables);
    probe::DiscoverOptions wanted;
    wanted.gpus = false;  // all energy of a GPU is its job's: no idle power is needed
    const probe::Discovery found = probe::discover(host, tables, facts, wanted);
    if (watched_devices(found, 0).empty()) {
        return nothing_to_measure(found);
    }
    auto stat = probe::ProcStat::open(host);
    if (!stat || facts.cpu_count <= 0) {
        return Error{Code::kUnavailable, "how busy this machine is cannot be read (/proc/stat)", ""};
    }
    print(context.terminal.err,
          fmt::format("gramme: measuring for {} s; leave the machine alone\n", seconds));
    Measurement measurement{host, found, *std::move(stat), static_cast<double>(facts.cpu_count)};
    measurement.run(seconds);
    const meter::Quiet quiet = meter::quiet_of(measurement.busy());
    if (!quiet.enough()) {
        return too_busy(quiet);
    }

    Calibration calibration = calibration_of(facts, host.now().wall_ns);
    present::CalibrationReport report;
    report.warnings = found.warnings;
    for (const Watched& watched : measurement.devices()) {
        const auto power = meter::idle_power(watched.windows);
        if (!power) {
            report.warnings.push_back(watched.device.id +
                                      " gave no reading while the machine was idle: left out");
            continue;
        }
        calibration.idle.emplace_back(watched.device.id, power->median);
        report.rows.push_back({watched.device.id, watched.device.method, power->median.value(),
                               power->spread.value(), power->windows});
    }
    if (report.rows.empty()) {
        return Error{Code::kUnavailable, "no counter gave a reading while the machine was idle",
                     "`gramme doctor` says what can be read"};
    }
    GRAMME_CHECK(write_calibration(*path, calibration));
    report.cpu_model = calibration.cpu_model;
    report.cpu_sockets = calibration.cpu_sockets;
    report.date = utc_text(calibration.wall_ns);
    report.file = *path;
    report.windows = quiet.windows;
    report.quiet_windows = quiet.quiet;
    report.mean_busy = quiet.mean_busy;
    for (const std::string& warning : report.warnings) {
        print_warning(context.terminal, warning);
    }
    print(context.terminal.out, context.arguments.has("json")
                                    ? present::calibration_json(report)
                                    : present::calibration_text(report, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
