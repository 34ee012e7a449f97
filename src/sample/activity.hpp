// CPU time of the job and of the machine at one instant: what every share is made from.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/host.hpp"
#include "model/reading.hpp"
#include "probe/proc_stat.hpp"
#include "sample/cgroup.hpp"
#include "sample/process_tree.hpp"
#include "sample/socket_time.hpp"

namespace gramme::sample {

/// Sampler thread only. read() opens nothing and, with a cgroup, allocates nothing.
class JobActivity {
public:
    /// Whose CPU time: of `cgroup`, which the command runs in; null: of the process tree below this process.
    /// Scope kAllocation: of everything in gramme's own cgroup (a batch job, a container), where that is not
    /// the whole machine.
    JobActivity(const Host& host, const JobCgroup* cgroup, const HostFacts& facts, Scope scope);

    /// `machine_busy_s`: busy CPU seconds of the machine, where a probe has read them in this very turn; else
    /// they are read here.
    [[nodiscard]] ActivityReading read(std::int64_t at_ns,
                                       std::optional<double> machine_busy_s = std::nullopt) noexcept;
    /// Some reading lacked file descriptors to follow the whole process tree: energy of that time is counted
    /// whole.
    [[nodiscard]] bool was_incomplete() const noexcept { return was_incomplete_; }
    /// How the job's CPU time is known, in words: "cgroup", "surrounding cgroup", "process tree", "unknown".
    [[nodiscard]] std::string method() const;

private:
    const JobCgroup* cgroup_;
    std::optional<probe::ProcStat> machine_;
    std::unique_ptr<OpenFile> surrounding_;  ///< cpu.stat of gramme's own cgroup
    std::unique_ptr<ProcessTree> tree_;
    std::unique_ptr<SocketTime> sockets_;
    bool was_incomplete_ = false;
};

}  // namespace gramme::sample
