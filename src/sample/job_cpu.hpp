// CPU seconds of what this gramme started: of its cgroup, or of its process tree.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/host.hpp"
#include "model/device.hpp"
#include "sample/cgroup.hpp"
#include "sample/process_tree.hpp"

namespace gramme::sample {

/// Sampler thread only.
class JobCpu {
public:
    /// Of `cgroup`, which the command runs in and which outlives this; null: of the process tree below this
    /// process. Scope kAllocation: of everything in gramme's own cgroup (a batch job, a container), where
    /// that is not the whole machine.
    /// `with_self`: this process is the job's as well, where it is not in what is counted anyhow.
    JobCpu(const Host& host, const JobCgroup* cgroup, Scope scope, bool with_self = false);

    /// Cumulative; nothing where it is not known. Opens nothing and, with a cgroup, allocates nothing.
    [[nodiscard]] std::optional<double> read() noexcept;
    /// Some reading lacked file descriptors to follow the whole process tree.
    [[nodiscard]] bool was_incomplete() const noexcept { return was_incomplete_; }
    /// "cgroup", "surrounding cgroup", "process tree", "unknown".
    [[nodiscard]] std::string method() const;
    /// The folder of the surrounding cgroup, empty where the time is not that of one.
    [[nodiscard]] const std::string& surrounding() const noexcept { return surrounding_path_; }

private:
    const JobCgroup* cgroup_;
    std::unique_ptr<OpenFile> surrounding_;  ///< cpu.stat of gramme's own cgroup
    std::string surrounding_path_;
    std::unique_ptr<ProcessTree> tree_;
    bool with_self_;
    bool was_incomplete_ = false;
};

}  // namespace gramme::sample
