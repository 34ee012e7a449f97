#include "cli/run_session.hpp"

#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "cli/run_outputs.hpp"
#include "config/version.hpp"
#include "present/present.hpp"
#include "sample/memory_journal.hpp"
#include "sample/process_tree.hpp"
#include "store/store.hpp"

namespace gramme::cli {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr Seconds kPatienceAtExit{
    0.1};  // for a driver that answers late; a hung one delays the exit by no more
constexpr unsigned long kTimerSlackNs = 50'000'000;  // wake-ups of the sampler may join others within 50 ms

/// UUID version 7 (RFC 9562): milliseconds since 1970, then 74 random bits.
std::string new_run_id(std::int64_t wall_ns) {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        const auto seed =
            static_cast<std::uint64_t>(wall_ns) ^ (static_cast<std::uint64_t>(::getpid()) << 32U);
        std::copy_n(reinterpret_cast<const unsigned char*>(&seed), sizeof seed, bytes.data() + 8);
    }
    const auto milliseconds = static_cast<std::uint64_t>(wall_ns / 1'000'000);
    for (std::size_t i = 0; i < 6; ++i) {
        bytes.at(i) = static_cast<unsigned char>(milliseconds >> (40U - 8U * i));
    }
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x70U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        constexpr std::string_view kHex = "0123456789abcdef";
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += kHex[bytes.at(i) >> 4U];
        text += kHex[bytes.at(i) & 0xFU];
    }
    return text;
}

/// Whether a process belongs to the job: this process, or the gramme of another rank, is among its ancestors
/// (a daemonised descendant comes back to it, because it is their subreaper). Reads a few files per question;
/// thread-safe.
class DescendantsOfGramme final : public probe::JobMembers {
public:
    DescendantsOfGramme(const Host& host, const sample::RankTable* ranks) : host_(host), ranks_(ranks) {}
    [[nodiscard]] bool contains(int pid) const override {
        const int self = ::getpid();
        for (int steps = 0; steps < 64 && pid > 1; ++steps) {
            if (pid == self || (ranks_ != nullptr && ranks_->contains(pid))) {
                return steps > 0;
            }
            const auto stat = host_.read("/proc/" + std::to_string(pid) + "/stat");
            const std::size_t bracket = stat ? stat->rfind(')') : std::string::npos;
            if (bracket == std::string::npos) {
                return false;
            }
            const auto fields = split(std::string_view{*stat}.substr(bracket), ' ');  // ") S ppid ..."
            const auto parent = fields.size() > 2 ? read_u64(fields[2]) : std::nullopt;
            if (!parent) {
                return false;
            }
            pid = static_cast<int>(*parent);
        }
        return false;
    }

private:
    const Host& host_;
    const sample::RankTable* ranks_;
};

/// One status line on a terminal, rewritten in place.
class LiveLine {
public:
    explicit LiveLine(bool wanted) : on_(wanted && ::isatty(STDERR_FILENO) == 1) {}
    void show(const sample::Sampler& sampler, const Factors& factors) const {
        if (!on_) {
            return;
        }
        const KilowattHours energy = sampler.energy();
        const GramsCO2e grams = energy * factors.pue.value * factors.intensity.value;
        const std::string line =
            present::live_line(sampler.power().value(), energy.value(), grams.value(),
                               static_cast<double>(sampler.elapsed_ns()) / kNsPerSecond, 79);
        std::fprintf(stderr, "\r\033[2K%s", line.c_str());
    }
    void clear() const {
        if (on_) {
            std::fputs("\r\033[2K", stderr);
        }
    }

private:
    bool on_;
};

RunRecord describe_run(const Host& host, const RunOptions& options, const std::vector<std::string>& command,
                       const HostFacts& facts) {
    RunRecord run;
    const std::int64_t wall_ns = host.now().wall_ns;
    run.id = new_run_id(wall_ns);
    run.started_wall_ns = wall_ns;
    run.project = options.project;
    if (run.project.empty()) {
        std::error_code ignored;
        run.project = std::filesystem::current_path(ignored).filename().string();
    }
    if (run.project.empty()) {
        run.project = "gramme";
    }
    run.name = options.name;
    if (options.keep_argv) {
        run.command = command;
    }
    run.tags = options.tags;
    run.scope = options.scope;
    run.host = facts;
    run.asked = options.factors;
    run.with_remainder = options.remainder;
    run.interval_s = options.interval_s;
    run.gramme_version = kVersion;
    run.warnings = options.warnings;
    return run;
}

}  // namespace

RunSession::RunSession(const RunWorld& world, const std::vector<std::string>& command)
    : world_(world),
      command_(command),
      run_(describe_run(world.host, world.options, command, world.facts)),
      ranks_(world.ranks) {
    if (auto cgroup = sample::JobCgroup::create(world_.host, run_.id)) {
        cgroup_ = *std::move(cgroup);
    }
    if (world_.calibration && world_.calibration->rest) {
        const meter::WallRest& rest = *world_.calibration->rest;
        run_.measured_rest = {rest.base.value(), rest.efficiency, rest.sigma, utc_text(rest.wall_ns)};
    }
    activity_.emplace(world_.host, cgroup_.get(), world_.facts, run_.scope, ranks_);
    run_.cpu_time_from = activity_->method();
    reservation_ = sample::read_reservation(world_.host, world_.facts);
    if (reservation_) {
        run_.reserved = *reservation_;
    }
    open_journal();
    open_socket();
    members_ = std::make_unique<DescendantsOfGramme>(world_.host, ranks_);
    probe::DiscoverOptions wanted{run_.scope, Seconds{world_.options.interval_s}, members_.get()};
    wanted.ranks = ranks_ != nullptr ? ranks_->size() : 1;
    wanted.calibrated = world_.calibration ? &world_.calibration->idle : nullptr;
    wanted.wall_curve = world_.calibration && world_.calibration->wall ? &*world_.calibration->wall : nullptr;
    probe::Discovery found = probe::discover(world_.host, world_.tables, world_.facts, wanted);
    say_idle_power(found);
    run_.warnings.insert(run_.warnings.end(), found.warnings.begin(), found.warnings.end());
    if (run_.cpu_time_from == "unknown" && run_.scope != Scope::kMachine) {
        run_.warnings.emplace_back(
            "the CPU time of the job cannot be told from that of others here: all energy of each "
            "device is counted as the job's");
    }
    Scope split_by = run_.scope;
    if (!reservation_ && run_.scope == Scope::kAllocation) {
        split_by = Scope::kMachine;
        run_.warnings.emplace_back(
            "no cpuset, quota or Slurm allocation limits this job: the allocation is the whole "
            "machine");
    }
    sampler_.emplace(world_.host, std::move(found.probes), *activity_, *journal_, split_by,
                     reservation_ ? &*reservation_ : nullptr, interval_ns());
}

RunSession::~RunSession() = default;

/// Whence the idle power of the measured devices that are shared comes, for the record.
void RunSession::say_idle_power(const probe::Discovery& found) {
    std::string assumed;
    for (const auto& probe : found.probes) {
        for (std::size_t i = 0; i < probe->device_count(); ++i) {
            const probe::ProbedDevice probed = probe->device(i);
            if (probed.meter.idle_calibrated) {
                run_.idle_power_from = "calibration";
            } else if (probed.device.quality == Quality::kMeasured && !probed.meter.whole) {
                assumed += (assumed.empty() ? "" : ", ") + probed.device.id;
            }
        }
    }
    if (run_.idle_power_from.empty()) {
        run_.idle_power_from = assumed.empty() ? "" : "assumed";
        return;
    }
    run_.calibrated_at = utc_text(world_.calibration->wall_ns);
    if (!assumed.empty()) {
        run_.warnings.push_back("the calibration lacks " + assumed +
                                ", whose idle power is assumed; `gramme calibrate` makes a new one");
    }
}

void RunSession::open_journal() {
    const Host& host = world_.host;
    constexpr const char* kWhat = "no journal, the run would be lost if gramme were killed: ";
    auto dir = store::open_data_dir(host.env("XDG_DATA_HOME"), host.env("HOME"), host.env("TMPDIR"));
    if (dir) {
        data_dir_ = dir->path;
        if (!dir->warning.empty()) {
            run_.warnings.push_back(dir->warning);
        }
        run_.store_url = absolute_store_url(world_.options, data_dir_);
        ::mkdir(journal_dir(data_dir_).c_str(), 0700);  // create() says what is wrong if it is not there
        auto journal = store::Journal::create(journal_dir(data_dir_), run_, host.now().boot_ns);
        if (journal) {
            journal_ = *std::move(journal);
            return;
        }
        run_.warnings.push_back(kWhat + journal.error().what);
    } else {
        run_.warnings.push_back(kWhat + dir.error().what);
    }
    journal_ = std::make_unique<sample::MemoryJournal>();
}

void RunSession::open_socket() {
    if (data_dir_.empty()) {
        return;
    }
    if (auto made = sample::RunSocket::create(world_.host, journal_dir(data_dir_), run_.id)) {
        socket_.emplace(*std::move(made));
    } else {
        run_.warnings.push_back("spans of the command are not recorded: " + made.error().what);
    }
}

Result<sample::ExitStatus> RunSession::measure(const sample::BlockedSignals& signals,
                                               const sample::FrontSplit& front) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans of the command come to us, are counted and can be named
    sampler_->start();
    sample::CommandSpec spec{command_, {}, signals.callers_mask(), signals.ignored_sigchld(), cgroup_.get()};
    if (socket_) {
        spec.environment.emplace_back("GRAMME_RUN_SOCKET", socket_->path());
    }
    // A launcher signals process by process, and the front may pass its copy on before the sampler has its
    // own.
    auto witness = front.front_pid == 0 || ranks_ != nullptr ? sample::SignalWitness::start() : std::nullopt;
    const auto started = sample::start_command(spec);
    if (!started) {
        (void)journal_->remove();
        return started.error();
    }
    if (ranks_ != nullptr) {  // not before there is a run to join
        lead_ranks();
    }
    ::prctl(PR_SET_TIMERSLACK, kTimerSlackNs);  // after the fork: the command keeps its own

    const LiveLine live{world_.options.live};
    sample::SupervisorHooks hooks;
    hooks.on_tick = [&] {
        sampler_->turn();
        if (ranks_ != nullptr) {
            note_ranks();
        }
        live.show(*sampler_, world_.factors);
    };
    hooks.on_exit = [&] { ranks_ == nullptr ? sampler_->finish(kPatienceAtExit) : sampler_->turn(); };
    hooks.on_message = [&](Result<Marker> marker) { keep_marker(std::move(marker)); };
    const auto status = sample::supervise(*started, signals, interval_ns(), socket_ ? &*socket_ : nullptr,
                                          front.front_pid, std::move(witness), hooks);
    live.clear();
    if (!status) {
        run_.warnings.push_back("only the first and the last reading were made: " + status.error().what);
        const sample::ExitStatus plain = sample::wait_plainly(started->pid, signals);
        sampler_->finish(kPatienceAtExit);
        return plain;
    }
    run_.survivors = survivors();
    if (ranks_ != nullptr) {
        hooks.on_tick = [&] { sampler_->turn(); };  // the terminal may be somebody else's by now
        outlast_ranks(signals, front, *status, hooks);
        sampler_->finish(kPatienceAtExit);
    }
    return *status;
}

std::int64_t RunSession::interval_ns() const {
    return static_cast<std::int64_t>(world_.options.interval_s * kNsPerSecond);
}

void RunSession::keep_marker(Result<Marker> marker) {
    constexpr std::uint64_t kMostMessages = 10'000;  // a flood must fill neither the disk nor the record
    if (marker) {
        // One that is not kept still says what the command does.
        marker->at_ns = world_.host.now().boot_ns - sampler_->started().boot_ns;
        sampler_->hear(*marker, socket_ ? socket_->sender() : 0);
    }
    if (messages_ == kMostMessages) {
        ++messages_dropped_;
        return;
    }
    ++messages_;
    std::string trouble;
    if (marker) {
        if (const auto added = journal_->add_marker(*marker); !added) {
            trouble = "a marker was lost: " + added.error().what;
        }
    } else {
        trouble = marker.error().what;
    }
    if (!trouble.empty()) {
        add_trouble(std::move(trouble));
    }
}

void RunSession::add_trouble(std::string trouble) {
    constexpr std::size_t kMostTroubles = 10;
    if (std::find(run_.warnings.begin(), run_.warnings.end(), trouble) != run_.warnings.end()) {
        return;
    }
    if (marker_troubles_ == kMostTroubles) {
        ++messages_dropped_;
        return;
    }
    ++marker_troubles_;
    run_.warnings.push_back(std::move(trouble));
}

std::vector<std::string> RunSession::survivors() const {
    const std::string proc =
        (world_.host.is_sysroot() ? world_.host.env("GRAMME_SYSROOT").value_or("") : "") + "/proc";
    std::vector<std::string> names;
    for (const int pid : cgroup_ ? cgroup_->processes() : sample::ProcessTree::descendants(proc)) {
        names.push_back(std::to_string(pid) + " " + sample::process_name(pid, proc));
    }
    return names;
}

void RunSession::note_end(const sample::ExitStatus& status) {
    run_.state = RunState::kFinished;
    run_.duration_s = static_cast<double>(sampler_->elapsed_ns()) / kNsPerSecond;
    run_.suspended_s = static_cast<double>(sampler_->suspended_ns()) / kNsPerSecond;
    run_.exit_status = status.code;
    run_.signal = status.signal;
    run_.samples = sampler_->turns();
    run_.failed_reads = sampler_->failed_reads();
    run_.own_cpu_s = sample::own_cpu_seconds();
}

void RunSession::deliver(const Terminal& terminal, const sample::ExitStatus& status) {
    note_end(status);
    if (ranks_ != nullptr) {
        describe_ranks();
    }
    if (messages_dropped_ > 0) {
        run_.warnings.push_back(std::to_string(messages_dropped_) +
                                " messages on GRAMME_RUN_SOCKET were not kept: there were too many");
    }
    run_.warnings.insert(run_.warnings.end(), sampler_->troubles().begin(), sampler_->troubles().end());
    const std::vector<std::string> bad_days = sampler_->bad_days();
    run_.warnings.insert(run_.warnings.end(), bad_days.begin(), bad_days.end());
    if (activity_->was_incomplete()) {
        run_.warnings.emplace_back(
            "the job has more processes than this limit of open files lets gramme follow (ulimit -n): for "
            "that time the "
            "whole machine is counted as the job's");
    }
    (void)journal_->describe(run_);  // killed between here and the store, the run is still a finished one
    const Footprint footprint = write_outputs(
        {world_.host, world_.tables, world_.options, world_.factors, data_dir_}, terminal, run_, *journal_);
    if (ranks_ != nullptr) {
        const bool quiet = world_.options.quiet && run_.warnings.empty();
        ranks_->say_delivered(can_speak_ || quiet ? "" : present::run_line(run_, footprint, ranks_->came()));
    }
}

}  // namespace gramme::cli
