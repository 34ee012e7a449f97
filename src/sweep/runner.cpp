#include "sweep/runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include "host/errno_error.hpp"
#include "plan/sampling.hpp"
#include "present/json.hpp"
#include "store/file_lock.hpp"
#include "store/new_run_id.hpp"
#include "sweep/attempt.hpp"
#include "sweep/ending_signals.hpp"
#include "sweep/spending.hpp"
#include "sweep/sweep_log.hpp"
#include "sweep/trial_process.hpp"
#include "sweep/words.hpp"
#include "units/quantity.hpp"

namespace gramme::sweep {
namespace {

using plan::Task;
using plan::Trial;
using present::Json;

constexpr double kNsPerSecond = 1e9;
/// For gramme to write the run after its command was killed.
constexpr double kGrammeGrace_s = 10.0;

struct Running {
    Task task;
    std::size_t attempt = 1;
    std::int64_t started_wall_ns = 0;
    std::int64_t started_ns = 0;  ///< on the clock of the host that counts through suspend
    TrialProcess process;
    bool adopted = false;  ///< of an earlier sweep that was killed: no child of ours
    bool timed_out = false;
    /// Asked to end then, by the wall clock, together with a sweep and not because its time was up.
    std::optional<std::int64_t> dropped_wall_ns;
    int ending = 0;  ///< 0: it may go on; 1: asked to end; 2: its command killed; 3: killed
    std::int64_t ending_ns = 0;
};

class Runner {
public:
    Runner(const Host& host, const SweepOptions& options, const SweepEvents& events, SweepLog log,
           std::vector<plan::Point> points, plan::TrialOrder schedule)
        : host_(host),
          options_(options),
          events_(events),
          log_(std::move(log)),
          points_(std::move(points)),
          schedule_(std::move(schedule)),
          began_ns_(host.now().boot_ns) {
        for (const Trial& trial : log_.ended()) {
            spending_.add_ended(trial);
        }
    }

    Result<plan::SweepResult> run() {
        const EndingSignals signals;
        GRAMME_CHECK(take_up());
        while (failure_ == std::nullopt) {
            start_what_may();
            if (running_.empty() || failure_) {
                break;
            }
            wait(signals);
        }
        if (failure_) {
            end_all(signals);
            return *failure_;
        }
        return result();
    }

private:
    [[nodiscard]] std::string path_of(const Task& task, std::size_t attempt, const char* suffix) const {
        return options_.folder + "/" + file_stem(task, attempt) + suffix;
    }
    /// Of a point, through its rungs: a checkpoint is found where the rung before left it.
    [[nodiscard]] std::string dir_of(const Task& task) const {
        return options_.folder + "/" + file_stem({task.config, 0, 1.0}, 1) + ".d";
    }

    [[nodiscard]] std::int64_t wall_ns() const { return host_.now().wall_ns; }

    /// Trials that an earlier sweep had started and whose end it did not see: those that ended meanwhile,
    /// those that still run, those that were killed as well.
    Result<void> take_up() {
        if (options_.budget) {
            GRAMME_CHECK(look_at_store());
        }
        const auto open = log_.open_trials();  // a copy: ending one changes it
        for (const auto& [key, started] : open) {
            Running one;
            one.task = started.task;
            one.attempt = started.attempt;
            one.started_wall_ns = started.at_wall_ns;
            one.started_ns = host_.now().boot_ns - (wall_ns() - started.at_wall_ns);
            one.adopted = true;
            one.timed_out = started.timed_out;
            one.dropped_wall_ns = started.timed_out ? std::nullopt : started.dropped_ns;
            one.process = find_trial(started.pid, path_of(one.task, one.attempt, ".log"));
            const bool has_ended = read_ran(path_of(one.task, one.attempt, ".json")).has_value();
            if (!has_ended && is_locked(one)) {
                events_.warn("trial " + file_stem(one.task, one.attempt) +
                             " of the sweep before still runs: it is waited for");
                log_.ran(one.started_wall_ns, wall_ns());
                if (started.dropped_ns || started.timed_out) {
                    ask_to_end(one);  // it did not obey the first time
                }
                running_.push_back(std::move(one));
                continue;
            }
            one.ending = started.dropped_ns || started.timed_out ? 1 : 0;
            GRAMME_CHECK(reap(one));
        }
        return {};
    }

    /// Some process of it lives: all have the log of the trial as their output.
    [[nodiscard]] bool is_locked(const Running& one) const {
        const std::string path = path_of(one.task, one.attempt, ".log");
        const host::UniqueFd lock{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
        return lock && store::try_lock(lock.get()) == store::LockOutcome::kHeld;
    }

    /// The kernel takes a moment to end what was killed. What went into a session of its own may stay.
    void wait_until_gone(const Running& one) const {
        constexpr int kMostLooks = 100;
        constexpr int kBetweenLooks_ms = 10;
        for (int look = 0; look < kMostLooks && is_locked(one); ++look) {
            (void)::poll(nullptr, 0, kBetweenLooks_ms);
        }
    }

    /// Reads the runs of this sweep anew, and with them what attempts that were cut short have used.
    Result<void> look_at_store() {
        GRAMME_TRY(stored_, events_.runs());
        const std::vector<Trial> cut = cut_short_among(stored_, log_.id(), log_.ended());
        spending_.set_cut_short(cut);
        for (const Trial& attempt : cut) {
            log_.ran(ended_at(attempt.ended_wall_ns, -attempt.duration_s), attempt.ended_wall_ns);
        }
        return {};
    }

    [[nodiscard]] bool is_attempt(const RunRecord& run, const Task& task, std::size_t attempt) const {
        return run.lineage && run.lineage->id == log_.id() &&
               tag_of(run, "trial") == file_stem(task, attempt);
    }

    /// Why the limit leaves no room for it; empty: it does.
    [[nodiscard]] std::string no_room_for(const Task& next) const {
        double running = 0.0;
        for (const Running& one : running_) {
            running += one.task.budget;
        }
        const double elapsed_s =
            log_.earlier_s() + static_cast<double>(host_.now().boot_ns - began_ns_) / kNsPerSecond;
        return options_.budget ? spending_.no_room(*options_.budget, next.budget, running, elapsed_s) : "";
    }

    void start_what_may() {
        if (stopping_ != 0) {
            return;
        }
        for (const Task& task : schedule_.ready(log_.ended())) {
            if (running_.size() >= options_.jobs) {
                return;
            }
            const bool runs = std::any_of(running_.begin(), running_.end(), [&](const Running& one) {
                return one.task.config == task.config && one.task.rung == task.rung;
            });
            if (runs) {
                continue;
            }
            stopped_ = no_room_for(task);
            if (!stopped_.empty()) {
                return;
            }
            // Before anything is known of a trial the limit cannot be held with several of them.
            if (options_.budget && log_.ended().empty() && !running_.empty()) {
                return;
            }
            if (auto started = start(task); !started) {
                failure_ = started.error();
                return;
            }
        }
    }

    Result<void> start(const Task& task) {
        const std::size_t attempt = log_.attempts(task) + 1;
        const std::string dir = dir_of(task);
        std::error_code failed;
        std::filesystem::create_directories(dir, failed);
        const std::string log_path = path_of(task, attempt, ".log");
        const host::UniqueFd log_file{
            ::open(log_path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)};
        if (failed || !log_file) {
            return host::errno_error("cannot write into " + options_.folder, failed ? failed.value() : errno);
        }
        (void)store::try_lock(log_file.get());  // held by the trial's processes as long as one of them lives
        const plan::Point& point = points_.at(task.config);
        const Filling filling = filling_of(task, dir);
        std::vector<std::string> words{"run",        "--quiet",
                                       "--json",     path_of(task, attempt, ".json"),
                                       "--csv",      "none",
                                       "--trial-of", log_.id(),
                                       "--name",     options_.name + " " + file_stem(task, 1),
                                       "--tag",      "trial=" + file_stem(task, attempt)};
        Json parameters = Json::object();
        for (const auto& [name, value] : point) {
            words.emplace_back("--tag");
            words.push_back("p." + name + "=" + value);
            parameters[name] = value;
        }
        words.insert(words.end(), options_.run_words.begin(), options_.run_words.end());
        words.emplace_back("--");
        for (std::string& word : filled_command(options_.command, options_.space, filling)) {
            words.push_back(std::move(word));
        }
        GRAMME_CHECK(log_.note_start(task, attempt, wall_ns()));
        Running one;
        one.task = task;
        one.attempt = attempt;
        one.started_wall_ns = wall_ns();
        one.started_ns = host_.now().boot_ns;
        GRAMME_TRY(one.process,
                   start_trial(words,
                               {{"GRAMME_TRIAL", file_stem(task, 1)},
                                {"GRAMME_TRIAL_BUDGET", filling.at("budget")},
                                {"GRAMME_TRIAL_DIR", dir},
                                {"GRAMME_TRIAL_PARAMETERS",
                                 parameters.dump(-1, ' ', false, Json::error_handler_t::replace)},
                                {"GRAMME_RUN_SOCKET", ""},
                                {"GRAMME_RESUME_OF", ""},
                                {"GRAMME_FINE_TUNE_OF", ""},
                                {"GRAMME_TRIAL_OF", ""}},
                               log_file.get()));
        log_.note_pid(task, one.process.pid, wall_ns());
        running_.push_back(std::move(one));
        return {};
    }

    [[nodiscard]] Filling filling_of(const Task& task, const std::string& dir) const {
        Filling filling{{"trial", file_stem(task, 1)}, {"dir", dir}};
        double budget = task.budget * options_.resource;
        if (options_.resource >= 1.0 && options_.resource == std::floor(options_.resource)) {
            budget = std::max(std::round(budget), 1.0);  // epochs and steps are whole
        }
        filling["budget"] = plan::number_word(budget);
        filling["seed"] = std::to_string(options_.seed + task.config);
        for (const auto& [name, value] : points_.at(task.config)) {
            filling[name] = value;
        }
        return filling;
    }

    /// Until a trial ends, a signal comes, or somebody's time is up.
    void wait(const EndingSignals& signals) {
        constexpr int kAtMost_ms = 500;
        constexpr int kUnwatched_ms = 50;
        std::vector<pollfd> fds{{signals.fd(), POLLIN, 0}};
        int wait_ms = kAtMost_ms;
        for (const Running& one : running_) {
            if (one.process.pidfd) {
                fds.push_back({one.process.pidfd.get(), POLLIN, 0});
            } else {
                wait_ms = kUnwatched_ms;
            }
        }
        (void)::poll(fds.data(), fds.size(), wait_ms);
        if (const int signal = signals.taken(); signal != 0 && stopping_ == 0) {
            stopping_ = signal;
            stopped_ = "a signal";
            for (Running& one : running_) {
                drop(one);
            }
        }
        for (std::size_t i = 0; i < running_.size() && !failure_;) {
            if (has_ended(running_[i])) {
                const Running one = std::move(running_[i]);
                running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
                if (auto done = reap(one); !done) {
                    failure_ = done.error();
                }
                continue;
            }
            press(running_[i]);
            ++i;
        }
    }

    [[nodiscard]] bool has_ended(Running& one) const {
        if (one.process.pidfd) {
            pollfd fd{one.process.pidfd.get(), POLLIN, 0};
            return ::poll(&fd, 1, 0) > 0;
        }
        if (!one.adopted) {  // a kernel without pidfd
            siginfo_t info{};
            return ::waitid(P_PID, static_cast<id_t>(one.process.pid), &info, WEXITED | WNOHANG | WNOWAIT) !=
                       0 ||
                   info.si_pid != 0;
        }
        return !is_locked(one) || read_ran(path_of(one.task, one.attempt, ".json")).has_value();
    }

    void drop(Running& one) {
        const std::int64_t now = wall_ns();
        if (!one.timed_out) {
            one.dropped_wall_ns = now;
        }
        (void)log_.note_drop(one.task, now);
        ask_to_end(one);
    }

    void ask_to_end(Running& one) const {
        one.ending = 1;
        one.ending_ns = host_.now().boot_ns;
        signal_trial(one.process.pid, SIGTERM, Whom::kLeader);  // gramme passes it on, and writes the run
    }

    /// A trial whose time is up is asked to end, then made to.
    void press(Running& one) {
        const std::int64_t now = host_.now().boot_ns;
        const auto since = [&](std::int64_t at) { return static_cast<double>(now - at) / kNsPerSecond; };
        if (one.ending == 0) {
            if (options_.timeout_s && since(one.started_ns) > *options_.timeout_s) {
                one.timed_out = true;
                (void)log_.note_timeout(one.task, wall_ns());
                ask_to_end(one);
            }
        } else if (one.ending == 1 && since(one.ending_ns) > options_.grace_s) {
            one.ending = 2;
            signal_trial(one.process.pid, SIGKILL, Whom::kOthers);
        } else if (one.ending == 2 && since(one.ending_ns) > options_.grace_s + kGrammeGrace_s) {
            one.ending = 3;
            signal_trial(one.process.pid, SIGKILL, Whom::kOthers);
            signal_trial(one.process.pid, SIGKILL, Whom::kLeader);
        }
    }

    /// One that ended well just before it was asked to has ended. After it was asked, an exit status of 0
    /// says no more than that it obeyed: a training that saves what it has and leaves has no objective of its
    /// point yet.
    static bool was_cut_short(const Running& one, const Ran& ran) {
        const std::int64_t begun = begun_at(ran).value_or(one.started_wall_ns);
        return one.dropped_wall_ns &&
               (ran.exit_status != 0 || ended_at(begun, ran.duration_s) >= *one.dropped_wall_ns);
    }

    /// The end of a trial's process: an end of the trial, or one that is to be tried again.
    Result<void> reap(const Running& one) {
        int status = 0;
        if (!one.adopted) {
            while (::waitpid(one.process.pid, &status, 0) < 0 && errno == EINTR) {
            }
        }
        auto ran = read_ran(path_of(one.task, one.attempt, ".json"));
        bool has_finished = ran.has_value();
        // What it left behind ends with it; nobody measures what outlives a gramme that was killed.
        if (one.ending > 0 || !ran) {
            signal_trial(one.process.pid, SIGKILL, Whom::kOthers);
            wait_until_gone(one);
        }
        if (!ran || one.dropped_wall_ns) {  // what it used counts for the limit
            if (auto looked = look_at_store(); !looked) {
                events_.warn("what trial " + file_stem(one.task, one.attempt) +
                             " used is not known: " + looked.error().what);
            }
        }
        if (!ran) {
            const auto stored = std::find_if(
                stored_.begin(), stored_.end(),
                [&](const store::RunSummary& run) { return is_attempt(run.run, one.task, one.attempt); });
            if (stored != stored_.end()) {
                ran = ran_of(*stored);
                has_finished = stored->run.state == RunState::kFinished;
            }
        }
        if (has_finished && !was_cut_short(one, *ran)) {
            return finish(one, *ran);
        }
        if (one.adopted || one.dropped_wall_ns) {
            return {};  // it begins anew
        }
        const std::string log_path = path_of(one.task, one.attempt, ".log");
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {  // gramme itself, before there was a run
            const Complaint said = complaint_in(log_path);
            return Error{Code::kUsage, "no trial can be run: " + said.what,
                         said.hint + (said.hint.empty() ? "" : "; ") + "its output is in " + log_path};
        }
        Ran killed = ran.value_or(Ran{});  // what it used until then counts
        killed.exit_status = std::nullopt;
        killed.signal = WIFSIGNALED(status) ? std::optional{WTERMSIG(status)} : std::nullopt;
        return finish(one, killed);
    }

    Result<void> finish(const Running& one, const Ran& ran) {
        Trial trial;
        trial.task = one.task;
        trial.attempt = one.attempt;
        trial.point = points_.at(one.task.config);
        trial.run_id = ran.id;
        trial.exit_status = ran.exit_status;
        trial.energy_kwh = ran.energy_kwh;
        trial.operational_kgco2e = ran.operational_kgco2e;
        trial.duration_s = ran.duration_s;
        trial.ended_wall_ns = ended_at(one.started_wall_ns, ran.duration_s);
        if (one.timed_out) {
            trial.outcome = plan::Outcome::kTimedOut;
            trial.note = options_.timeout_s ? "ended after " + plan::number_word(*options_.timeout_s) +
                                                  " s (--trial-timeout)"
                                            : "its time was up (--trial-timeout)";
        } else if (ran.signal) {
            trial.outcome = plan::Outcome::kFailed;
            trial.note = "signal " + std::to_string(*ran.signal);
        } else if (ran.exit_status.value_or(0) != 0) {
            trial.outcome = plan::Outcome::kFailed;
            trial.note = "exit status " + std::to_string(*ran.exit_status);
        } else {
            const Told told = told_by_trial(one);
            trial.objective = told.value;
            trial.note = told.note;
            trial.outcome = told.value          ? plan::Outcome::kFinished
                            : told.not_a_number ? plan::Outcome::kNotANumber
                                                : plan::Outcome::kNoObjective;
        }
        GRAMME_CHECK(log_.note_end(trial, wall_ns()));
        spending_.add_ended(trial);
        events_.ended(trial, log_.ended().size(), schedule_.planned());
        return {};
    }

    [[nodiscard]] Told told_by_trial(const Running& one) const {
        if (!options_.objective.is_json()) {
            return options_.objective.from_log(path_of(one.task, one.attempt, ".log"));
        }
        return options_.objective.from_json(
            filled(options_.objective.file(), filling_of(one.task, dir_of(one.task))), one.started_wall_ns);
    }

    /// After a failure of our own: nothing goes on unwatched.
    void end_all(const EndingSignals& signals) {
        stopping_ = SIGTERM;
        for (Running& one : running_) {
            drop(one);
        }
        const auto failure = std::exchange(failure_, std::nullopt);
        while (!running_.empty() && !failure_) {
            wait(signals);
        }
        failure_ = failure;
    }

    Result<plan::SweepResult> result() {
        plan::SweepResult out;
        out.id = log_.id();
        out.name = options_.name;
        out.folder = options_.folder;
        out.method = options_.method;
        out.seed = options_.seed;
        out.minimize = options_.minimize;
        out.objective = options_.objective.text();
        out.planned = schedule_.planned();
        out.trials = log_.ended();
        out.stopped = stopped_;
        out.stopped_by = stopping_;
        out.grid_points = plan::grid_size(options_.space);
        if (auto looked = look_at_store(); !looked) {
            events_.warn("attempts that were cut short are not in the sums: " + looked.error().what);
            return out;
        }
        out.lost = cut_short_among(stored_, out.id, out.trials);
        return out;
    }

    const Host& host_;
    const SweepOptions& options_;
    const SweepEvents& events_;
    SweepLog log_;
    std::vector<plan::Point> points_;
    plan::TrialOrder schedule_;
    std::vector<Running> running_;
    Spending spending_;
    std::vector<store::RunSummary> stored_;  ///< as they were when last looked at
    std::int64_t began_ns_;
    std::optional<Error> failure_;
    std::string stopped_;
    int stopping_ = 0;
};

Result<std::vector<plan::Point>> points_of(const SweepOptions& options) {
    if (options.method == plan::SearchMethod::kGrid) {
        constexpr std::size_t kMostPoints = 100'000;
        GRAMME_TRY(std::vector<plan::Point> grid, plan::grid_points(options.space, kMostPoints));
        if (options.configs > 0 && grid.size() > options.configs) {
            grid.resize(options.configs);
        }
        return grid;
    }
    return plan::draw_points(options.space, options.seed, options.configs);
}

}  // namespace

plan::TrialOrder schedule_of(const SweepOptions& options, std::size_t configs) {
    plan::TrialOrder schedule;
    schedule.configs = configs;
    schedule.minimize = options.minimize;
    schedule.rungs = options.method == plan::SearchMethod::kHalving
                         ? plan::halving_rungs(configs, options.eta, 1.0 / options.resource)
                         : std::vector<plan::Rung>{{configs, 1.0}};
    return schedule;
}

Result<plan::SweepResult> run_sweep(const Host& host, const SweepOptions& options,
                                    const SweepEvents& events) {
    GRAMME_TRY(std::vector<plan::Point> points, points_of(options));
    SweepIdentity identity;
    identity.id = store::new_run_id(host.now().wall_ns);
    identity.space = options.space_text;
    identity.command = options.command;
    identity.method = name_of(options.method);
    identity.objective = options.objective.text();
    identity.minimize = options.minimize;
    identity.seed = options.seed;
    identity.configs = options.configs;
    identity.eta = options.eta;
    identity.resource = options.resource;
    plan::TrialOrder schedule = schedule_of(options, points.size());
    GRAMME_TRY(SweepLog log,
               SweepLog::open(options.folder, identity, {points, schedule.rungs.size()}, host.now().wall_ns));
    Runner runner{host, options, events, std::move(log), std::move(points), std::move(schedule)};
    return runner.run();
}

}  // namespace gramme::sweep
