// A cgroup of its own for the command: exact CPU time of everything it starts, short-lived and daemonised
// children included.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "host/unique_fd.hpp"

namespace gramme::sample {

/// Whether a run here can have its own cgroup, in words for `gramme doctor`.
struct CgroupStatus {
    bool usable = false;
    std::string text;    ///< "own cgroup v2 below /user.slice/...: CPU time is exact", or why not
    std::string remedy;  ///< a command that would help, or empty
};
/// Tries it: makes a group and removes it again.
[[nodiscard]] CgroupStatus cgroup_status(const Host& host);

/// Sampler thread only. Removes itself when destroyed; processes still alive in it go back to the parent
/// group first.
class JobCgroup {
public:
    /// A new group below the caller's own (cgroup v2, also on a hybrid v1 machine). kUnsupported: no v2
    /// hierarchy, or the files are a recorded tree; kPermission: not delegated to this user.
    static Result<std::unique_ptr<JobCgroup>> create(const Host& host, const std::string& run_id);
    ~JobCgroup();
    JobCgroup(const JobCgroup&) = delete;
    JobCgroup& operator=(const JobCgroup&) = delete;
    JobCgroup(JobCgroup&&) = delete;
    JobCgroup& operator=(JobCgroup&&) = delete;

    /// For clone3(CLONE_INTO_CGROUP).
    [[nodiscard]] int directory_fd() const noexcept { return directory_.get(); }
    /// cpu.stat of the group, for OpenFile-like reads at offset 0.
    [[nodiscard]] int cpu_stat_fd() const noexcept { return cpu_stat_.get(); }
    /// Processes in the group now.
    [[nodiscard]] std::vector<int> processes() const;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    JobCgroup(std::string parent, std::string path) : parent_(std::move(parent)), path_(std::move(path)) {}

    std::string parent_;
    std::string path_;
    host::UniqueFd directory_;
    host::UniqueFd cpu_stat_;
};

using IsLiveRun = std::function<bool(const std::string& run_id)>;

/// Removes the empty groups of killed grammes below the caller's own one. A living gramme keeps its group
/// locked; one that `is_live` knows is left alone, too.
void sweep_cgroups(const Host& host, const IsLiveRun& is_live);
/// The same below the folder `parent`.
void sweep_cgroups_below(const std::string& parent, const IsLiveRun& is_live);

}  // namespace gramme::sample
