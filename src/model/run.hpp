// One tracked command: who, what, when, where, how it ended. Everything but its energy, which is the ledger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/device.hpp"
#include "model/forecast.hpp"

namespace gramme {

/// The machine a run was on, as far as it could be read; empty or 0 means unknown.
struct HostFacts {
    std::string hostname;
    std::string os;            ///< "Debian GNU/Linux 12 (bookworm), Linux 6.1.0"
    std::string architecture;  ///< "x86_64"
    std::string cpu_model;     ///< as the kernel names it
    std::string cpu_vendor;    ///< "GenuineIntel", "AuthenticAMD", "ARM"
    int cpu_family = 0;        ///< x86 family, decimal; ARM: implementer
    int cpu_model_number = 0;  ///< x86 model, decimal; ARM: part
    int cpu_stepping = 0;
    std::string microarchitecture;  ///< key of data/cpu_power.csv ("zen3-milan"), empty if not recognised
    int cpu_count = 0;              ///< logical CPUs online
    int cpu_sockets = 0;
    std::uint64_t memory_bytes = 0;
    std::string virtualisation;  ///< "" (none found), "vm", "kvm", "xen", "vmware", "microsoft"
    std::string container;       ///< "", "docker", "podman", "kubernetes", "lxc", "container"
    std::string chassis;         ///< "server", "desktop", "laptop" or ""
    std::string cloud;           ///< "aws", "gcp", "azure" where the firmware says so
    bool slurm = false;
    std::vector<std::string> gpu_models;
};

/// What the person asked for about place and factors; resolved by estimate/.
struct FactorRequest {
    std::string region;       ///< as typed; empty: unknown
    std::string region_from;  ///< "--region", "GRAMME_REGION", "./gramme.toml:2": where it was said
    std::optional<double> intensity_gco2e_per_kwh;
    std::string intensity_from;  ///< "--intensity", "/home/a/.config/gramme/config.toml:3"; empty: unknown
    std::optional<double> pue;
    std::string pue_from;
    /// Instead of a grid: shares of energy sources, which sum to 1; empty: the grid of the region.
    std::vector<std::pair<std::string, double>> mix;
    std::string mix_from;     ///< "--energy-source", "--mix"
    std::optional<int> year;  ///< of the intensity: the newest figure not after it
    std::string basis;        ///< "lifecycle" (also where empty) or "direct"
};

/// What was reserved for the job of this machine's CPUs.
struct ReservedCpus {
    double cpus = 0.0;     ///< CPUs' worth of time
    double of_cpus = 0.0;  ///< logical CPUs of the machine
    std::string source;    ///< "cpuset 0-7", "cpu.max", "SLURM_CPUS_ON_NODE"
};

enum class RunState : std::uint8_t { kRunning, kFinished, kInterrupted };

[[nodiscard]] constexpr std::string_view name_of(RunState state) {
    switch (state) {
        case RunState::kRunning: return "running";
        case RunState::kFinished: return "finished";
        case RunState::kInterrupted: return "interrupted";
    }
    return "";
}

/// What a meter at the wall showed of the machine beside what is counted: wall = (counted + base) /
/// efficiency
/// (`gramme calibrate`, docs/method/wall-meter.md).
struct MeasuredRest {
    double base_w = 0.0;
    double efficiency = 1.0;
    double sigma = 0.0;  ///< relative standard uncertainty
    std::string date;    ///< UTC, "2026-11-25T09:00:00Z"
};

/// What a run is to an earlier one of the same model. Runs related so are added up by `gramme runs tree`.
enum class LineageKind : std::uint8_t { kResumeOf, kFineTuneOf, kTrialOf };
inline constexpr LineageKind kLineageKinds[] = {LineageKind::kResumeOf, LineageKind::kFineTuneOf,
                                                LineageKind::kTrialOf};

[[nodiscard]] constexpr std::string_view name_of(LineageKind kind) {
    switch (kind) {
        case LineageKind::kResumeOf: return "resume_of";
        case LineageKind::kFineTuneOf: return "fine_tune_of";
        case LineageKind::kTrialOf: return "trial_of";
    }
    return "";
}

struct Lineage {
    LineageKind kind = LineageKind::kResumeOf;
    std::string id;  ///< UUID, small letters: of a run, or of a sweep, which is no run itself
};

/// Where a run was read from that this program did not measure (`gramme runs import`).
struct ImportedFrom {
    std::string file;  ///< as it was named
    std::size_t line = 0;
    std::string program;  ///< that measured: "CodeCarbon 2.3.4"
};

/// What stands before the file in `..._from` of a factor that was imported: it is nobody's flag or setting.
inline constexpr std::string_view kImportedFrom = "imported from ";

struct RunRecord {
    std::string id;       ///< UUID version 7 (RFC 9562): sorts by start time; of an imported run any UUID
    std::string part_of;  ///< id of the run that this one is a span of; empty: of none
    std::optional<Lineage> lineage;  ///< absent: it comes from no other run
    std::string project = "gramme";
    std::string name;
    std::vector<std::string> command;                       ///< empty with --no-argv
    std::vector<std::pair<std::string, std::string>> tags;  ///< sorted by key, keys unique
    Scope scope = Scope::kJob;
    RunState state = RunState::kRunning;
    std::int64_t started_wall_ns = 0;  ///< UTC
    double duration_s = 0.0;
    double suspended_s = 0.0;  ///< of it, as far as it was noticed
    double paused_s = 0.0;     ///< of it, in which nothing was counted because the program asked for that
    std::optional<int>
        exit_status;  ///< 0..255; 128 + signal when killed; absent while running or when never known
    std::optional<int> signal;
    HostFacts host;
    FactorRequest asked;
    bool with_remainder = false;                ///< the unmeasured remainder of the machine was asked for
    std::optional<MeasuredRest> measured_rest;  ///< absent: no meter has told
    std::string store_url;  ///< where it is to be kept, with an absolute path; "none"; empty: wherever its
                            ///< finder keeps runs
    std::string
        cpu_time_from;  ///< "cgroup", "surrounding cgroup", "process tree", "unknown"; empty: not said
    std::optional<ReservedCpus> reserved;  ///< absent: no reservation is known
    std::string
        idle_power_from;        ///< of measured devices: "calibration" or "assumed"; empty: none is measured
    std::string calibrated_at;  ///< UTC, "2026-11-25T09:00:00Z", where it is "calibration"
    double interval_s = 1.0;    ///< 0: not known
    std::string gramme_version;
    double own_cpu_s = 0.0;              ///< CPU seconds gramme itself used
    std::optional<double> own_energy_j;  ///< what these used; absent: not known
    std::string own_energy_from;         ///< how that was taken
    std::uint64_t samples = 0;           ///< turns of the sampling loop
    std::uint64_t failed_reads = 0;
    std::vector<std::string> warnings;       ///< what went wrong with measuring, in plain words
    std::vector<std::string> survivors;      ///< "1234 sleep": descendants alive when the command exited
    std::optional<ImportedFrom> imported;    ///< absent: measured here
    std::optional<ForecastRecord> forecast;  ///< absent: nothing said how far it was
    std::optional<BudgetRecord> budget;      ///< absent: it was given none
};

/// Of the run, what was to be measured.
[[nodiscard]] constexpr double measured_s(const RunRecord& run) {
    return run.duration_s > run.paused_s ? run.duration_s - run.paused_s : 0.0;
}

}  // namespace gramme
