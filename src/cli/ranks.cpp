#include "cli/ranks.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "sample/cgroup.hpp"
#include "sample/cgroup_paths.hpp"
#include "sample/job_cpu.hpp"
#include "sample/launcher.hpp"
#include "sample/node_job.hpp"
#include "sample/process_tree.hpp"
#include "sample/run_socket.hpp"
#include "store/store.hpp"
#include "track/outputs.hpp"

namespace gramme::cli {
namespace {

/// How long the last rank waits for the record: a launcher may kill what is left after it.
constexpr std::chrono::seconds kForTheRecord{3};
constexpr double kNsPerSecond = 1e9;

/// Where the ranks meet; they share the environment that says where.
Result<std::string> meeting_folder(const Host& host) {
    std::string fallback;
    const auto dir = store::open_data_dir(host.env("XDG_DATA_HOME"), host.env("HOME"), host.env("TMPDIR"));
    if (dir) {
        fallback = track::journal_dir(dir->path);
        ::mkdir(fallback.c_str(), 0700);
    }
    std::string folder = sample::rendezvous_folder(host, fallback);
    if (folder.empty()) {
        return dir.error();
    }
    return folder;
}

Result<sample::RankTable> join(const Host& host, const HostFacts& facts, const sample::NodeJob& job) {
    GRAMME_TRY(const std::string folder, meeting_folder(host));
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);  // a home folder may be that of several nodes
    const std::string node = facts.hostname.empty() ? std::string{name.data()} : facts.hostname;
    const std::string key = node + " " + std::to_string(::getuid()) + " " + job.key;
    return sample::RankTable::join(folder, key, job.local_rank, job.local_size);
}

std::string which_rank(const sample::NodeJob& job) {
    return "rank " + std::to_string(job.local_rank) + " of " + std::to_string(job.local_size) +
           " on this node";
}

constexpr std::array<const char*, 4> kOptionsOfTheRun{"--json", "--csv", "--name", "--tag"};

/// Their values, a default as nothing.
std::array<std::string, 4> options_of_the_run(const RunOptions& options) {
    std::string tags;
    for (const auto& [key, value] : options.tags) {
        tags.append(key).append("=").append(value).append("\n");
    }
    return {options.json, options.csv == RunOptions{}.csv ? "" : options.csv, options.name, tags};
}

/// All ranks have the same command line; what is this rank's alone has no run to go to.
void warn_of_own_options(const CommandContext& context, const sample::RankTable& table) {
    const auto own = options_of_the_run(context.options);
    const auto other = table.other_options(own);
    std::string dropped;
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (other.at(i) && !own.at(i).empty()) {
            dropped += (dropped.empty() ? "" : ", ") + std::string{kOptionsOfTheRun.at(i)};
        }
    }
    if (!dropped.empty()) {
        print_warning(context.terminal, dropped + " of rank " + std::to_string(table.rank()) +
                                            " is not used: run " + table.run_id() +
                                            ", which measures this rank, has that of its first rank");
    }
}

/// Whether a process above this one has its name, or that of a sampler behind a front.
bool is_below_a_gramme() {
    const std::string own = sample::process_name(::getpid());
    int pid = ::getppid();
    for (int steps = 0; steps < 64 && pid > 1; ++steps) {
        const std::string name = sample::process_name(pid);
        if (name == own || name == "gr-sampler") {
            return true;
        }
        pid = sample::parent_of(pid);
    }
    return false;
}

/// CPU seconds of the member's command, from nothing at its beginning.
class MemberCpu {
public:
    MemberCpu(const Host& host, const sample::JobCgroup* cgroup, sample::RankTable& table)
        : cpu_(host, cgroup, Scope::kJob), table_(table) {
        // The leader counts a whole cgroup, and this command is in it.
        const auto own = sample::own_group_v2(host);
        for (std::string group = own ? *own : ""; !group.empty() && !counted_;
             group.erase(group.rfind('/'))) {
            counted_ = table.counts_group(group);
        }
        before_ = cpu_.read().value_or(0.0);
    }
    void publish() noexcept {
        if (counted_) {
            return;
        }
        const auto seconds = cpu_.read();
        table_.publish(seconds ? *seconds - before_ : 0.0, seconds.has_value());
    }

private:
    sample::JobCpu cpu_;
    sample::RankTable& table_;
    bool counted_ = false;
    double before_ = 0.0;
};

/// After the command: the leader hears of it at once, and whoever is last waits for the record.
void leave(const CommandContext& context, sample::RankTable& table, const sample::ExitStatus& status) {
    const bool abandoned = table.is_closed();
    table.leave(status.code, status.signal, sample::own_cpu_seconds());
    if (const auto run = sample::RunClient::connect(table.socket_path())) {
        run->wake();
    }
    if (table.is_last()) {
        table.wait_for_delivery(kForTheRecord);
        if (const std::string word = table.take_last_word(); !word.empty()) {
            print(context.terminal.err, "gramme: " + word + "\n");
        }
    }
    const bool killed = !table.is_closed() && !table.leader_lives();
    if (table.was_cut()) {
        print_warning(context.terminal,
                      "another program cut the table of the ranks on this node: what this rank "
                      "used after that is not part of run " +
                          table.run_id());
    } else if (killed || abandoned) {
        print_warning(context.terminal, "run " + table.run_id() + ", which measured this rank, " +
                                            (killed ? "was killed" : "ended early") +
                                            ": what the rank used after that is not known");
    }
}

}  // namespace

int cannot_start(const Terminal& terminal, const Error& error) {
    print_error(terminal, error);
    return error.code == Code::kNotFound ? kExitNotFound : kExitCannotExecute;
}

std::optional<sample::RankTable> join_ranks(const CommandContext& context, const HostFacts& facts,
                                            std::vector<std::string>& warnings) {
    const Host& host = context.host;
    const bool whole_machine = context.options.scope == Scope::kMachine;
    auto job = sample::find_node_job(host, "");
    const auto by_launcher = sample::find_node_job(host, "?");
    if (by_launcher && (!job || job->key != by_launcher->key)) {
        // An MPICH that names no job: only then are the processes above this one looked at.
        if (const auto launcher = sample::find_launcher()) {
            job = sample::find_node_job(host, *launcher);
        } else if (!job) {
            warnings.push_back("this is " + which_rank(*by_launcher) +
                               ", and the process that started the ranks "
                               "cannot be told, so that each measures for itself; do not add these runs up");
            return std::nullopt;
        }
    }
    if (!job) {
        if (const auto rank = sample::local_rank_said(host); whole_machine && rank.value_or(0) > 0) {
            warnings.push_back("this is rank " + std::to_string(*rank) +
                               " of its node, and --scope machine counts all of the node: every rank that is "
                               "measured so counts it again");
        }
        return std::nullopt;
    }
    auto table = join(host, facts, *job);
    if (table) {
        if (table->role() == sample::RankTable::Role::kLeader) {
            table->set_options(options_of_the_run(context.options));
        }
        return *std::move(table);
    }
    warnings.push_back("this is " + which_rank(*job) + ", and each measures for itself" +
                       (whole_machine ? ", the whole machine every time: " : ": ") + table.error().what +
                       "; do not add these runs up");
    return std::nullopt;
}

void warn_of_a_run_around_srun(const CommandContext& context) {
    const auto job = sample::find_node_job(context.host, "");
    if (job && job->key.starts_with("slurm ") && job->local_rank == 0 && !is_below_a_gramme()) {
        print_warning(
            context.terminal,
            "the run around srun does not see what the ranks use, since Slurm's daemon starts them: "
            "put gramme behind srun, `srun ... gramme run -- COMMAND`");
    }
}

int run_as_member(const CommandContext& context, const sample::BlockedSignals& signals,
                  sample::RankTable& table) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans of the command come to us and are counted
    table.set_gpus(context.host.env("CUDA_VISIBLE_DEVICES").value_or(""));
    std::unique_ptr<sample::JobCgroup> cgroup;
    const std::string name =
        table.run_id() + "-rank" + std::to_string(table.rank()) + "-" + std::to_string(::getpid());
    if (auto made = sample::JobCgroup::create(context.host, name)) {
        cgroup = *std::move(made);
    }
    MemberCpu cpu{context.host, cgroup.get(), table};
    sample::CommandSpec spec{
        context.arguments.words, {}, signals.callers_mask(), signals.ignored_sigchld(), cgroup.get()};
    spec.environment.emplace_back("GRAMME_RUN_SOCKET", table.socket_path());
    auto witness = sample::SignalWitness::start();
    const auto started = sample::start_command(spec);
    if (!started) {
        const int code = cannot_start(context.terminal, started.error());
        leave(context, table, {code, std::nullopt});
        return code;
    }
    const auto interval_ns = static_cast<std::int64_t>(context.options.interval_s * kNsPerSecond);
    const auto publish = [&cpu] { cpu.publish(); };
    auto status = sample::supervise(*started, signals, interval_ns, nullptr, 0, std::move(witness),
                                    {publish, publish, {}});
    if (!status) {
        status = sample::wait_plainly(started->pid, signals);
        publish();
    }
    leave(context, table, *status);
    warn_of_own_options(context, table);
    return status->code;
}

}  // namespace gramme::cli
