// gramme calibrate: learns what this machine draws, by its own counters or by a person's power meter, and
// keeps it for later runs.
#include <csignal>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/parse.hpp"
#include "base/utc.hpp"
#include "cli/calibrate.hpp"
#include "config/override_tables.hpp"
#include "host/write_whole.hpp"
#include "probe/probe.hpp"

namespace gramme::cli {
namespace {

constexpr std::uint64_t kMostSeconds = 3600;

Result<std::uint64_t> wanted_seconds(const Arguments& arguments) {
    const auto typed = arguments.value("seconds");
    const auto seconds = typed ? read_u64(*typed) : std::optional<std::uint64_t>{30};
    if (!seconds || *seconds < 1 || *seconds > kMostSeconds) {
        return Error{Code::kUsage, "--seconds: '" + *typed + "' is no whole number from 1 to 3600",
                     "give for example --seconds 60"};
    }
    return *seconds;
}

Result<void> check_arguments(const Arguments& arguments) {
    const bool csv = arguments.has("meter-csv");
    if (csv && arguments.has("meter-command")) {
        return Error{Code::kUsage, "--meter-csv and --meter-command do not go together", "give one of them"};
    }
    if (csv && arguments.has("seconds")) {
        return Error{Code::kUsage, "--seconds does not go with --meter-csv: nothing is measured now", ""};
    }
    if (arguments.has("run") && !csv) {
        return Error{Code::kUsage, "--run goes with --meter-csv only", ""};
    }
    for (const char* name : {"meter-csv", "meter-command", "run"}) {
        if (const auto value = arguments.value(name); value && trimmed(*value).empty()) {
            return Error{Code::kUsage, std::string{"--"} + name + " is empty", ""};
        }
    }
    return {};
}

/// What the file holds for this machine; a broken one is no obstacle: it is made anew.
Calibration calibration_so_far(const Host& host, const HostFacts& facts) {
    std::vector<std::string> ignored;
    auto known = load_calibration(host, facts, ignored);
    return known ? *std::move(known) : calibration_of(facts, host.now().wall_ns);
}

Result<void> write_calibration(const std::string& path, const Calibration& calibration) {
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), failed);
    if (failed) {
        return Error{failed == std::errc::permission_denied ? Code::kPermission : Code::kIo,
                     "cannot make the folder of " + path + ": " + failed.message(), ""};
    }
    return host::write_whole(path, calibration_file_text(calibration));
}

/// Dies of the signal, as it would have at once.
int leave_by(const Terminal& terminal, int signal) {
    constexpr int kOfASignal = 128;
    print(terminal.err, "gramme: stopped; nothing was written\n");
    std::fflush(nullptr);
    (void)std::raise(signal);
    return kOfASignal + signal;
}

}  // namespace

Result<int> calibrate_command(const CommandContext& context) {
    const Host& host = context.host;
    const Arguments& arguments = context.arguments;
    GRAMME_CHECK(check_arguments(arguments));
    GRAMME_TRY(const std::uint64_t seconds, wanted_seconds(arguments));
    const auto path = calibration_path(host);
    if (!path) {
        return Error{Code::kUnavailable,
                     "there is no place for the calibration: neither XDG_CONFIG_HOME nor HOME is set",
                     "set one of them"};
    }
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    const HostFacts facts = probe::read_host_facts(host, tables);
    CalibrateWorld world{context, tables, facts, calibration_so_far(host, facts), {}};
    const Seconds duration{static_cast<double>(seconds)};
    if (const auto command = arguments.value("meter-command")) {
        GRAMME_TRY(const std::optional<int> signal, calibrate_by_command(world, *command, duration));
        if (signal) {
            return leave_by(context.terminal, *signal);
        }
    } else if (const auto file = arguments.value("meter-csv")) {
        GRAMME_CHECK(calibrate_by_csv(world, *file));
    } else {
        GRAMME_CHECK(calibrate_idle(world, duration));
    }
    if (world.report.wall && !facts.virtualisation.empty()) {
        world.report.warnings.emplace_back(
            "this is a virtual machine: the curve holds only while no other guest runs on the metered host");
    }
    GRAMME_CHECK(write_calibration(*path, world.calibration));
    present::CalibrationReport& report = world.report;
    report.cpu_model = world.calibration.cpu_model;
    report.cpu_sockets = world.calibration.cpu_sockets;
    report.date = utc_text(report.wall ? report.wall->wall_ns : world.calibration.wall_ns);
    report.file = *path;
    for (const std::string& warning : report.warnings) {
        print_warning(context.terminal, warning);
    }
    print(context.terminal.out, arguments.has("json")
                                    ? present::calibration_json(report)
                                    : present::calibration_text(report, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
