// gramme run: measures a command from its first instruction to its exit, and stays out of its way.
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"
#include "cli/override_tables.hpp"
#include "cli/run_outputs.hpp"
#include "cli/version.hpp"
#include "estimate/estimate.hpp"
#include "present/present.hpp"
#include "probe/probe.hpp"
#include "sample/front.hpp"
#include "sample/memory_journal.hpp"
#include "sample/sampler.hpp"
#include "sample/supervisor.hpp"
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

/// Whether a process belongs to the job: this process is among its ancestors (a daemonised descendant comes
/// back to it, because it is their subreaper). Reads a few files per question; thread-safe.
class DescendantsOfGramme final : public probe::JobMembers {
public:
    explicit DescendantsOfGramme(const Host& host) : host_(host) {}
    [[nodiscard]] bool contains(int pid) const override {
        const int self = ::getpid();
        for (int steps = 0; steps < 64 && pid > 1; ++steps) {
            if (pid == self) {
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
};

int fail(const Error& error, int exit_code) {
    std::fprintf(stderr, "gramme: %s\n", error.what.c_str());
    if (!error.hint.empty()) {
        std::fprintf(stderr, "        %s\n", error.hint.c_str());
    }
    return exit_code;
}

int cannot_start(const Error& error) {
    return fail(error, error.code == Code::kNotFound ? kExitNotFound : kExitCannotExecute);
}

double own_cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

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
    run.interval_s = options.interval_s;
    run.gramme_version = kVersion;
    run.warnings = options.warnings;
    return run;
}

/// The journal in the data directory, or in memory with a warning: measuring goes on either way.
std::unique_ptr<store::Journal> open_journal(const Host& host, RunRecord& run, std::string& data_dir) {
    auto dir = store::open_data_dir(host.env("XDG_DATA_HOME"), host.env("HOME"), host.env("TMPDIR"));
    if (dir) {
        data_dir = dir->path;
        if (!dir->warning.empty()) {
            run.warnings.push_back(dir->warning);
        }
        ::mkdir(journal_dir(dir->path).c_str(), 0700);  // create() says what is wrong if it is not there
        auto journal = store::Journal::create(journal_dir(dir->path), run, host.now().boot_ns);
        if (journal) {
            return *std::move(journal);
        }
        run.warnings.push_back("no journal, the run would be lost if gramme were killed: " +
                               journal.error().what);
    } else {
        run.warnings.push_back("no journal, the run would be lost if gramme were killed: " +
                               dir.error().what);
    }
    return std::make_unique<sample::MemoryJournal>();
}

std::vector<std::string> names_of_survivors(const sample::JobCgroup* cgroup) {
    std::vector<std::string> names;
    for (const int pid : cgroup != nullptr ? cgroup->processes() : sample::ProcessTree::descendants()) {
        names.push_back(std::to_string(pid) + " " + sample::process_name(pid));
    }
    return names;
}

/// Inside another run: that run measures; this one only says when its command began and ended.
std::optional<int> join_outer_run(const Host& host, const RunOptions& options,
                                  const std::vector<std::string>& command,
                                  const sample::BlockedSignals& signals) {
    const auto path = host.env("GRAMME_RUN_SOCKET");
    if (!path || path->empty()) {
        return std::nullopt;
    }
    const auto outer = sample::RunClient::connect(*path);
    if (!outer) {
        return std::nullopt;  // a stale variable: this run is its own
    }
    const std::string name = options.name.empty() ? command.front() : options.name;
    (void)outer->send({Marker::Kind::kSpanBegin, 0, name, ""});
    const auto started =
        sample::start_command({command, {}, signals.callers_mask(), signals.ignored_sigchld(), nullptr});
    if (!started) {
        (void)outer->send({Marker::Kind::kSpanEnd, 0, name, R"({"started": false})"});
        return cannot_start(started.error());
    }
    const auto status = sample::supervise(*started, signals, 0, nullptr, 0, {{}, [] {}, {}});
    const int code = status ? status->code : static_cast<int>(kExitBug);
    (void)outer->send({Marker::Kind::kSpanEnd, 0, name, "{\"exit_status\": " + std::to_string(code) + "}"});
    if (!options.quiet) {
        std::fprintf(stderr, "gramme: '%s' is part of the run that surrounds it, which measures it\n",
                     name.c_str());
    }
    return code;
}

}  // namespace

int cmd_run(const Host& host, const RunOptions& options, const std::vector<std::string>& command) {
    GRAMME_ASSERT(!command.empty());
    const auto tables = tables_with_overrides(options.data_dir);
    if (!tables) {
        return fail(tables.error(), kExitBadData);
    }
    const HostFacts facts = probe::read_host_facts(host, *tables);
    const auto factors = estimate::resolve_factors(*tables, options.factors, facts);
    if (!factors) {  // said before the command starts: a misspelt region is cheaper to mend now
        return fail(factors.error(), kExitUsage);
    }

    const sample::BlockedSignals signals;
    if (const auto joined = join_outer_run(host, options, command, signals)) {
        return *joined;
    }
    const sample::FrontSplit front = sample::split_front_if_interactive();
    if (front.exit_status) {
        return *front.exit_status;
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans of the command come to us, are counted and can be named

    RunRecord run = describe_run(host, options, command, facts);
    std::string data_dir;
    const std::unique_ptr<store::Journal> journal = open_journal(host, run, data_dir);
    auto cgroup = sample::JobCgroup::create(host, run.id);
    const sample::JobCgroup* group = cgroup ? cgroup->get() : nullptr;
    std::optional<sample::RunSocket> socket;
    if (!data_dir.empty()) {
        if (auto made = sample::RunSocket::create(host, journal_dir(data_dir), run.id)) {
            socket.emplace(*std::move(made));
        } else {
            run.warnings.push_back("spans of the command are not recorded: " + made.error().what);
        }
    }
    const DescendantsOfGramme members{host};
    probe::Discovery found =
        probe::discover(host, *tables, facts, {options.scope, Seconds{options.interval_s}, &members, false});
    run.warnings.insert(run.warnings.end(), found.warnings.begin(), found.warnings.end());
    sample::JobActivity activity{host, group};
    sample::Sampler sampler{host, std::move(found.probes), activity, *journal, options.scope};
    sampler.start();

    sample::CommandSpec spec{command, {}, signals.callers_mask(), signals.ignored_sigchld(), group};
    if (socket) {
        spec.environment.emplace_back("GRAMME_RUN_SOCKET", socket->path());
    }
    const auto started = sample::start_command(spec);
    if (!started) {
        (void)journal->remove();
        return cannot_start(started.error());
    }
    ::prctl(PR_SET_TIMERSLACK, kTimerSlackNs);  // after the fork: the command keeps its own

    const LiveLine live{options.live};
    sample::SupervisorHooks hooks;
    hooks.on_tick = [&] {
        sampler.turn();
        live.show(sampler, *factors);
    };
    hooks.on_exit = [&] {
        sampler.finish(kPatienceAtExit);
        run.survivors = names_of_survivors(group);
    };
    hooks.on_message = [&](Result<Marker> marker) {
        if (marker) {
            marker->at_ns = host.now().boot_ns - sampler.started().boot_ns;
            if (const auto added = journal->add_marker(*marker); !added) {
                run.warnings.push_back("a marker was lost: " + added.error().what);
            }
        } else if (std::find(run.warnings.begin(), run.warnings.end(), marker.error().what) ==
                   run.warnings.end()) {
            run.warnings.push_back(marker.error().what);
        }
    };
    const auto interval_ns = static_cast<std::int64_t>(options.interval_s * kNsPerSecond);
    const auto status = sample::supervise(*started, signals, interval_ns, socket ? &*socket : nullptr,
                                          front.front_pid, hooks);
    live.clear();
    if (!status) {
        return fail(status.error(), kExitBug);
    }

    run.state = RunState::kFinished;
    run.duration_s = static_cast<double>(sampler.elapsed_ns()) / kNsPerSecond;
    run.exit_status = status->code;
    run.signal = status->signal;
    run.samples = sampler.turns();
    run.failed_reads = sampler.failed_reads();
    run.own_cpu_s = own_cpu_seconds();
    (void)journal->describe(run);  // killed between here and the store, the run is still a finished one
    deliver(host, *tables, options, *factors, data_dir, run, *journal);
    if (sampler.has_threads()) {
        // A driver that hangs in its own call may hold the loader's lock, which a normal exit would wait for.
        std::fflush(nullptr);
        socket.reset();
        cgroup = Error{};
        ::_exit(status->code);
    }
    return status->code;
}

}  // namespace gramme::cli
