// One measured run from its first reading to its record: journal, cgroup, socket, probes and sampler, and
// their order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "cli/options.hpp"
#include "cli/run_watch.hpp"
#include "cli/terminal.hpp"
#include "config/calibration.hpp"
#include "estimate/estimate.hpp"
#include "probe/probe.hpp"
#include "sample/activity.hpp"
#include "sample/cgroup.hpp"
#include "sample/front.hpp"
#include "sample/rank_table.hpp"
#include "sample/run_socket.hpp"
#include "sample/sampler.hpp"
#include "sample/supervisor.hpp"
#include "store/journal.hpp"
#include "track/marker_keeper.hpp"

namespace gramme::cli {

/// The world that a run happens in; all outlive the session.
struct RunWorld {
    const Host& host;
    const refdata::Tables& tables;
    const RunOptions& options;
    const Factors& factors;
    const HostFacts& facts;
    const std::optional<Calibration>& calibration;
    const WatchRequest& watch;
    sample::RankTable* ranks = nullptr;  ///< other ranks of the job on this node, which this run measures too
};

/// One thread. Trouble while it is set up (no journal, no cgroup, no socket) becomes a warning of the run,
/// never a failure.
class RunSession {
public:
    /// Opens everything but reads nothing yet. GPU drivers begin to open on their own thread.
    RunSession(const RunWorld& world, const std::vector<std::string>& command);
    ~RunSession();
    RunSession(const RunSession&) = delete;
    RunSession& operator=(const RunSession&) = delete;
    RunSession(RunSession&&) = delete;
    RunSession& operator=(RunSession&&) = delete;

    /// First readings, then the command, then the loop until it has exited, with the last readings. Fails
    /// only where the command cannot be started (kNotFound, kPermission): then there is no run.
    /// With other ranks it returns when the last of them has left; a front has the status earlier.
    [[nodiscard]] Result<sample::ExitStatus> measure(const sample::BlockedSignals& signals,
                                                     const sample::FrontSplit& front);
    /// Record, footprint, store, CSV, JSON and summary. After measure().
    void deliver(const Terminal& terminal, const sample::ExitStatus& status);
    /// A probe has a thread that may be stuck in its driver.
    [[nodiscard]] bool has_threads() const { return sampler_->has_threads(); }

private:
    void open_journal();
    void open_socket();
    [[nodiscard]] std::vector<std::string> survivors() const;
    [[nodiscard]] std::vector<int> job_processes() const;
    [[nodiscard]] std::vector<int> without_keeper(std::vector<int> processes) const;
    [[nodiscard]] RunWatch::Now now() const;
    void clear_and_say(const std::string& text) const;
    void keep_marker(Result<Marker> marker);
    [[nodiscard]] std::int64_t interval_ns() const;
    void note_end(const sample::ExitStatus& status);
    // Other ranks: run_session_ranks.cpp.
    void lead_ranks();
    void note_ranks();
    void add_rank_marker(Marker::Kind kind, int rank, std::int64_t boot_ns, std::string detail);
    [[nodiscard]] bool ranks_are_over();
    void outlast_ranks(const sample::BlockedSignals& signals, const sample::FrontSplit& front,
                       const sample::ExitStatus& status, const sample::SupervisorHooks& hooks);
    void describe_ranks();

    const RunWorld& world_;
    const std::vector<std::string>& command_;
    RunRecord run_;
    std::string data_dir_;  ///< empty where nothing can be written
    std::unique_ptr<store::Journal> journal_;
    std::unique_ptr<sample::JobCgroup> cgroup_;
    std::optional<sample::RunSocket> socket_;
    std::optional<track::MarkerKeeper> markers_;
    sample::RankTable* ranks_;        ///< null: there are none
    bool ranks_are_cut_off_ = false;  ///< and a warning says so
    bool can_speak_ = true;           ///< stderr is still somebody's
    std::unique_ptr<probe::JobMembers> members_;
    std::optional<sample::JobActivity> activity_;
    std::optional<sample::Reservation> reservation_;
    std::optional<sample::Sampler> sampler_;
    std::optional<RunWatch> watch_;
    int keeper_pid_ = 0;       ///< of the output (sample::OutputKeeper): a child, but no part of the job
    bool shows_live_ = false;  ///< a live line stands on the terminal
};

}  // namespace gramme::cli
