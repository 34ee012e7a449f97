#include "cli/run_session.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "base/utc.hpp"
#include "cli/run_outputs.hpp"
#include "present/present.hpp"
#include "sample/job_signals.hpp"
#include "sample/memory_journal.hpp"
#include "sample/process_tree.hpp"
#include "store/store.hpp"
#include "track/find_devices.hpp"
#include "track/job_processes.hpp"
#include "track/run_record.hpp"

namespace gramme::cli {
namespace {

constexpr double kNsPerSecond = 1e9;
/// For a driver that answers late: of eight busy GPUs the counters take up to 0.15 s. A hung one delays the
/// exit by no more.
constexpr Seconds kPatienceAtExit{0.25};
constexpr std::size_t kLiveWidth = 79;
constexpr unsigned long kTimerSlackNs = 50'000'000;  // wake-ups of the sampler may join others within 50 ms

/// One status line on a terminal, rewritten in place.
class LiveLine {
public:
    explicit LiveLine(bool wanted) : on_(wanted && ::isatty(STDERR_FILENO) == 1) {}
    [[nodiscard]] bool is_on() const { return on_; }
    void show(const sample::Sampler& sampler, const Factors& factors, const std::string& forecast) const {
        if (!on_) {
            return;
        }
        const KilowattHours energy = sampler.energy();
        const GramsCO2e grams = energy * factors.pue.value * factors.intensity.value;
        const std::string line = present::live_line(sampler.power().value(), energy.value(), grams.value(),
                                                    static_cast<double>(sampler.elapsed_ns()) / kNsPerSecond,
                                                    kLiveWidth, forecast);
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

}  // namespace

RunSession::RunSession(const RunWorld& world, const std::vector<std::string>& command)
    : world_(world),
      command_(command),
      run_(track::describe_run(world.host, world.options, command, world.facts)),
      ranks_(world.ranks) {
    if (auto cgroup = sample::JobCgroup::create(world_.host, run_.id)) {
        cgroup_ = *std::move(cgroup);
    }
    activity_.emplace(world_.host, cgroup_.get(), world_.facts, run_.scope, ranks_);
    run_.cpu_time_from = activity_->method();
    reservation_ = sample::read_reservation(world_.host, world_.facts);
    if (reservation_) {
        run_.reserved = *reservation_;
    }
    watch_.emplace(world.host, world.watch, world.factors,
                   [this](const std::string& text) { clear_and_say(text); });
    watch_->describe_begin(run_);
    open_journal();
    markers_.emplace(*journal_, run_.warnings);
    open_socket();
    members_ = std::make_unique<track::JobProcesses>(world_.host, track::OwnProcess::kOutside, ranks_);
    auto [found, split_by] =
        track::find_devices({world_.host, world_.tables, world_.facts, world_.calibration, *members_,
                             ranks_ != nullptr ? ranks_->size() : 1, reservation_.has_value()},
                            run_);
    sampler_.emplace(world_.host, std::move(found.probes), *activity_, *journal_, split_by,
                     reservation_ ? &*reservation_ : nullptr, interval_ns());
}

RunSession::~RunSession() = default;

void RunSession::open_journal() {
    const Host& host = world_.host;
    constexpr const char* kWhat = "no journal, the run would be lost if gramme were killed: ";
    auto dir = store::open_data_dir(host.env("XDG_DATA_HOME"), host.env("HOME"), host.env("TMPDIR"));
    if (dir) {
        data_dir_ = dir->path;
        if (!dir->warning.empty()) {
            run_.warnings.push_back(dir->warning);
        }
        run_.store_url = track::absolute_store_url(world_.options, data_dir_);
        ::mkdir(track::journal_dir(data_dir_).c_str(),
                0700);  // create() says what is wrong if it is not there
        auto journal = store::Journal::create(track::journal_dir(data_dir_), run_, host.now().boot_ns);
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
    if (auto made = sample::RunSocket::create(world_.host, track::journal_dir(data_dir_), run_.id)) {
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
    if (run_.lineage) {  // it is this run's, not that of whatever the command measures by itself
        for (const char* name : {"GRAMME_RESUME_OF", "GRAMME_FINE_TUNE_OF", "GRAMME_TRIAL_OF"}) {
            spec.environment.emplace_back(name, "");
        }
    }
    // A launcher signals process by process, and the front may pass its copy on before the sampler has its
    // own.
    auto witness = front.front_pid == 0 || ranks_ != nullptr ? sample::SignalWitness::start() : std::nullopt;
    // Behind the witness: a fork of this process that held these pipes would keep them open.
    if (const auto opened = watch_->open_relay(); !opened) {
        run_.warnings.push_back("--progress-regex reads nothing: " + opened.error().what);
    } else if (const auto* relay = watch_->relay()) {
        spec.stdout_fd = relay->for_command(STDOUT_FILENO);
        spec.stderr_fd = relay->for_command(STDERR_FILENO);
        keeper_pid_ = relay->keeper_pid();
    }
    const auto started = sample::start_command(spec);
    if (!started) {
        (void)journal_->remove();
        return started.error();
    }
    watch_->started({started->pid, [this] { return job_processes(); }}, sampler_->started().boot_ns);
    if (ranks_ != nullptr) {  // not before there is a run to join
        lead_ranks();
    }
    ::prctl(PR_SET_TIMERSLACK, kTimerSlackNs);  // after the fork: the command keeps its own

    const LiveLine live{world_.options.live};
    shows_live_ = live.is_on();
    const auto keep = [this](const Marker& marker) { markers_->keep(marker); };
    sample::SupervisorHooks hooks;
    hooks.on_tick = [&] {
        sampler_->turn();
        if (ranks_ != nullptr) {
            note_ranks();
        }
        watch_->turn(now(), keep);
        live.show(*sampler_, world_.factors, live.is_on() ? watch_->line() : "");
    };
    if (watch_->relay() != nullptr) {
        hooks.on_resize = [&] {
            if (watch_->relay()->follow_size()) {
                sample::send_to_all(job_processes(), SIGWINCH);
            }
        };
    }
    hooks.on_exit = [&] { ranks_ == nullptr ? sampler_->finish(kPatienceAtExit) : sampler_->turn(); };
    hooks.on_message = [&](Result<Marker> marker) { keep_marker(std::move(marker)); };
    const auto status = sample::supervise(*started, signals, interval_ns(), socket_ ? &*socket_ : nullptr,
                                          front.front_pid, std::move(witness), hooks);
    live.clear();
    shows_live_ = false;
    if (!status) {
        run_.warnings.push_back("only the first and the last reading were made: " + status.error().what);
        const sample::ExitStatus plain = sample::wait_plainly(started->pid, signals);
        sampler_->finish(kPatienceAtExit);
        watch_->ended(keep);
        return plain;
    }
    watch_->ended(keep);
    run_.survivors = survivors();
    if (ranks_ != nullptr) {
        hooks.on_resize = nullptr;
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
    if (marker) {
        // One that is not kept still says what the command does.
        marker->at_ns = world_.host.now().boot_ns - sampler_->started().boot_ns;
        sampler_->hear(*marker, socket_ ? socket_->sender() : 0);
        watch_->hear(*marker);
        markers_->keep(*marker);
    } else {
        markers_->refuse(marker.error().what);
    }
}

std::vector<int> RunSession::job_processes() const {
    return without_keeper(cgroup_ ? cgroup_->processes() : sample::ProcessTree::descendants());
}

std::vector<int> RunSession::without_keeper(std::vector<int> processes) const {
    processes.erase(std::remove(processes.begin(), processes.end(), keeper_pid_), processes.end());
    return processes;
}

RunWatch::Now RunSession::now() const {
    RunWatch::Now now;
    now.at_s = static_cast<double>(sampler_->elapsed_ns()) / kNsPerSecond;
    if (sampler_->has_devices()) {
        now.energy_j = sampler_->energy().value();
        const sample::Sampler::Told told = sampler_->told();
        now.told_s = static_cast<double>(told.elapsed_ns) / kNsPerSecond;
        now.told_j = told.energy.value();
        now.joined_j = sampler_->joined().value();
    }
    return now;
}

/// At once, and without waiting for whoever reads it: a reader that does not read must not hold the sampler.
void RunSession::clear_and_say(const std::string& text) const {
    pollfd room{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0) {
        const std::string line = (shows_live_ ? "\r\033[2K" : "") + std::string{"gramme: "} + text + "\n";
        (void)!::write(STDERR_FILENO, line.data(), line.size());
    }
}

std::vector<std::string> RunSession::survivors() const {
    const std::string proc =
        (world_.host.is_sysroot() ? world_.host.env("GRAMME_SYSROOT").value_or("") : "") + "/proc";
    std::vector<std::string> names;
    for (const int pid :
         without_keeper(cgroup_ ? cgroup_->processes() : sample::ProcessTree::descendants(proc))) {
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
    watch_->describe_end(now(), run_);
}

void RunSession::deliver(const Terminal& terminal, const sample::ExitStatus& status) {
    note_end(status);
    if (ranks_ != nullptr) {
        describe_ranks();
    }
    markers_->tell_dropped();
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
