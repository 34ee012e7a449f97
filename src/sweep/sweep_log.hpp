// What a sweep has done, in a file that only grows: DIR/sweep.jsonl. A line is on the disk before what it
// says is relied on, so that a sweep which is killed at any moment goes on where it was. Format:
// docs/sweep.md#files
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "plan/sweep_result.hpp"
#include "present/json.hpp"

namespace gramme::sweep {

/// What makes it the same sweep: with anything else the trials would not belong together.
struct SweepIdentity {
    std::string id;     ///< UUID version 7; given anew only to a new sweep
    std::string space;  ///< text of the file
    std::vector<std::string> command;
    std::string method, objective;
    bool minimize = false;
    std::uint64_t seed = 0;
    std::size_t configs = 0;
    double eta = 3.0, resource = 1.0;
};

/// What a line of the log may be about.
struct Scope {
    const std::vector<plan::Point>& points;
    std::size_t rungs = 1;
};

/// A trial that was started.
struct Started {
    plan::Task task;
    std::size_t attempt = 1;
    std::int64_t at_wall_ns = 0;
    int pid = 0;  ///< 0: the sweep was killed before it could say
    bool timed_out = false;
    std::optional<std::int64_t> dropped_ns;  ///< asked to end together with the sweep; it may not have obeyed
};

/// One thread. The file is locked as long as the object lives.
class SweepLog {
public:
    /// Opens DIR/sweep.jsonl or makes it, with its folder. A line that was cut while it was written is taken
    /// off. kUsage: another sweep is in the folder, or one with other settings. kUnavailable: it runs just
    /// now. kMalformed: damaged, or a line is about a point that is not in `scope`. kIo, kPermission.
    static Result<SweepLog> open(const std::string& folder, const SweepIdentity& wanted, const Scope& scope,
                                 std::int64_t now_wall_ns);

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const std::vector<plan::Trial>& ended() const { return ended_; }
    /// Started and not ended, by point and rung: the newest attempt.
    [[nodiscard]] const std::map<std::pair<std::size_t, std::size_t>, Started>& open_trials() const {
        return open_;
    }
    [[nodiscard]] std::size_t attempts(const plan::Task& task) const;
    /// Of the times before this one, in which the sweep ran or a trial of it that outlived it.
    [[nodiscard]] double earlier_s() const;
    /// A trial that was started at `from` ran until `until`, also where the sweep did not live to write it.
    void ran(std::int64_t from_wall_ns, std::int64_t until_wall_ns);

    Result<void> note_start(const plan::Task& task, std::size_t attempt, std::int64_t now_wall_ns);
    /// May get lost: the lock of the trial's log says as well that it runs.
    void note_pid(const plan::Task& task, int pid, std::int64_t now_wall_ns);
    /// Before it is asked to end: what it tells from then on is not its own end.
    Result<void> note_timeout(const plan::Task& task, std::int64_t now_wall_ns);
    /// Likewise, where the sweep itself ends: the trial begins anew the next time, when it is gone.
    Result<void> note_drop(const plan::Task& task, std::int64_t now_wall_ns);
    Result<void> note_end(const plan::Trial& trial, std::int64_t now_wall_ns);

private:
    Result<void> append(const std::string& line, bool sync);
    struct Session {
        std::int64_t begin_ns = 0, last_ns = 0;
    };
    Result<void> read_line(const present::Json& json, const Scope& scope);
    Result<void> read_note(const present::Json& json, const Scope& scope, std::int64_t at_ns);
    Result<void> read_back(const std::string& text, const SweepIdentity& wanted, const Scope& scope);

    host::UniqueFd fd_;
    std::string path_, id_;
    std::vector<plan::Trial> ended_;
    std::map<std::pair<std::size_t, std::size_t>, Started> open_;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> attempts_;
    std::vector<Session> sessions_;  ///< before this one
    std::int64_t opened_ns_ = 0;
};

}  // namespace gramme::sweep
