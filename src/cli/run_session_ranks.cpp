// The part of a RunSession that measures other ranks of the job on this node, to the end of the last of them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "cli/run_session.hpp"
#include "host/unique_fd.hpp"
#include "probe/gpu_selection.hpp"

namespace gramme::cli {
namespace {

std::string rank_name(int rank) {
    return "rank " + std::to_string(rank);
}

std::string exit_detail(int code) {
    return "{\"exit_status\": " + std::to_string(code) + "}";
}

/// Somebody may wait for the end of this stream: a pipe or a socket, not a file and not a terminal.
bool has_a_reader(int stream) {
    struct stat status {};
    return ::fstat(stream, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode);
}

/// Whoever reads what the command prints must see its end, and a signal for the command's group is not for
/// what only measures others any more. `json`: where the result goes. False where nobody can be told of the
/// run on stderr any more.
bool step_aside(const std::string& json) {
    const bool json_is_a_stream = json.starts_with("/dev/") || json.starts_with("/proc/");
    const bool json_is_stderr = json_is_a_stream && (json.ends_with("/stderr") || json.ends_with("/fd/2"));
    const bool keeps_stderr = json_is_stderr || !has_a_reader(STDERR_FILENO);
    const host::UniqueFd nowhere{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    if (nowhere) {
        ::dup2(nowhere.get(), STDIN_FILENO);
        if (!json_is_a_stream || json_is_stderr) {
            ::dup2(nowhere.get(), STDOUT_FILENO);
        }
        if (!keeps_stderr) {
            ::dup2(nowhere.get(), STDERR_FILENO);
        }
    }
    ::setpgid(0, 0);
    return keeps_stderr;
}

}  // namespace

void RunSession::lead_ranks() {
    if (!socket_) {  // what the members' commands start could not join, and would be counted twice
        run_.warnings.emplace_back(
            "the other ranks on this node are not part of this run: there is no socket through which they "
            "could join");
        ranks_->abandon();
        ranks_ = nullptr;
        return;
    }
    ranks_->lead(run_.id, socket_->path(), activity_->surrounding());
    add_rank_marker(Marker::Kind::kSpanBegin, ranks_->rank(), sampler_->started().boot_ns, "");
}

void RunSession::add_rank_marker(Marker::Kind kind, int rank, std::int64_t boot_ns, std::string detail) {
    const std::int64_t at_ns = std::max<std::int64_t>(boot_ns - sampler_->started().boot_ns, 0);
    if (const auto added = journal_->add_marker({kind, at_ns, rank_name(rank), std::move(detail)}); !added) {
        markers_->warn("a marker was lost: " + added.error().what);
    }
}

void RunSession::note_ranks() {
    if (ranks_->was_cut() && !ranks_are_cut_off_) {
        ranks_are_cut_off_ = true;
        ranks_->abandon();
        run_.warnings.emplace_back(
            "another program cut the table of the ranks on this node: what the others used after that is not "
            "part "
            "of this run");
    }
    for (const sample::RankEvent& event : ranks_->news()) {
        switch (event.kind) {
            case sample::RankEvent::Kind::kBegan:
                add_rank_marker(Marker::Kind::kSpanBegin, event.end.rank, event.at_ns, "");
                break;
            case sample::RankEvent::Kind::kEnded:
                add_rank_marker(Marker::Kind::kSpanEnd, event.end.rank, event.at_ns,
                                exit_detail(event.end.code));
                break;
            case sample::RankEvent::Kind::kLost:
                add_rank_marker(Marker::Kind::kSpanEnd, event.end.rank, world_.host.now().boot_ns,
                                R"({"killed": true})");
                break;
        }
    }
}

/// Nobody is waited for who has not come: that time would be the run's, and its energy. Who comes later leads
/// a run of its own.
bool RunSession::ranks_are_over() {
    const bool left = ranks_->somebody_is_left();
    note_ranks();
    return !left && ranks_->close();
}

void RunSession::outlast_ranks(const sample::BlockedSignals& signals, const sample::FrontSplit& front,
                               const sample::ExitStatus& status, const sample::SupervisorHooks& hooks) {
    note_ranks();  // those that came or ended before this one
    add_rank_marker(Marker::Kind::kSpanEnd, ranks_->rank(), world_.host.now().boot_ns,
                    exit_detail(status.code));
    ranks_->own_command_ended(status.code, status.signal);
    if (ranks_are_over()) {
        return;  // the last one: the front waits for the record, as it does for a run without ranks
    }
    // The others may wait for this rank's end, and will for ever if nobody hears of it.
    if (!front.release.release(status.code)) {
        ranks_->abandon();
        run_.warnings.emplace_back(
            "no process could be made that outlives this rank: the others were measured until its end only");
        return;
    }
    can_speak_ = step_aside(world_.options.json);
    sample::linger(signals, interval_ns(), &*socket_, hooks, [this] { return ranks_are_over(); });
}

/// The run's exit status and what could not be measured of the other ranks.
void RunSession::describe_ranks() {
    note_ranks();
    run_.own_cpu_s += ranks_->members_own_cpu_s();
    if (const auto failure = ranks_->first_failure()) {
        run_.exit_status = failure->code;
        run_.signal = failure->signal;
    } else if (!ranks_->lost().empty()) {  // how its command ended is not known, but not well
        run_.exit_status = 128 + SIGKILL;
        run_.signal = SIGKILL;
    }
    if (const int missing = ranks_->size() - ranks_->came(); missing > 0 && !ranks_are_cut_off_) {
        run_.warnings.push_back(
            std::to_string(missing) + " of " + std::to_string(ranks_->size()) +
            " ranks on this node were not measured with this run: no gramme of theirs came "
            "before the commands of the others had ended");
    }
    for (const int rank : ranks_->lost()) {
        run_.warnings.push_back("the gramme of rank " + std::to_string(rank) +
                                " was killed: the CPU time of that rank is counted until then");
    }
    const probe::GpuVariables variables = probe::read_gpu_variables(world_.host);
    const auto listed = probe::gpus_listed_by_slurm(variables);
    const auto ledger = listed ? journal_->ledger() : Result<Ledger>{Ledger{}};
    if (listed && ledger) {
        const auto seen = std::count_if(ledger->devices.begin(), ledger->devices.end(), [](const Device& d) {
            return d.kind == DeviceKind::kGpu && d.id != "gpus";
        });
        if (seen > 0 && static_cast<std::size_t>(seen) < *listed) {
            run_.warnings.push_back("Slurm gave the step " + std::to_string(*listed) +
                                    " GPUs here and rank " + std::to_string(ranks_->rank()) + " may see " +
                                    std::to_string(seen) +
                                    " of them: the others are missing from the total (srun --gpu-bind=none "
                                    "lets every rank see all)");
        }
    } else if (!listed && variables.cuda_visible_devices &&
               ranks_->has_other_gpus(*variables.cuda_visible_devices)) {
        run_.warnings.emplace_back("the ranks have different CUDA_VISIBLE_DEVICES: GPUs that rank " +
                                   std::to_string(ranks_->rank()) +
                                   " may not use count only if a process of the job was seen on them");
    }
}

}  // namespace gramme::cli
