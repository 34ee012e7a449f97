// CPU time of a process tree without a cgroup: the live descendants, found through their parents' `children`
// files, and what was waited for. Never a scan of all processes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/unique_fd.hpp"

namespace gramme::sample {

/// Sampler thread only. Files stay open: a turn with no new process and no new thread opens nothing and
/// allocates nothing.
class ProcessTree {
public:
    /// `proc`: where the process files are, "/proc" or that of a recorded machine.
    explicit ProcessTree(std::string proc = "/proc");
    ~ProcessTree();
    ProcessTree(const ProcessTree&) = delete;
    ProcessTree& operator=(const ProcessTree&) = delete;
    ProcessTree(ProcessTree&&) = delete;
    ProcessTree& operator=(ProcessTree&&) = delete;

    /// False where `proc` does not show this process, as that of a recorded machine, or not whose parent it
    /// is.
    [[nodiscard]] bool available() const;
    /// CPU seconds of all descendants of this process, alive or reaped; never falls. A child that nobody
    /// waits for (SIGCHLD ignored by its parent) counts up to the last turn that saw it.
    [[nodiscard]] double cpu_seconds() noexcept;
    /// False if the last cpu_seconds() could not look at every process for lack of file descriptors: it is
    /// too low then.
    [[nodiscard]] bool complete() const noexcept { return complete_; }
    /// Descendants of this process that are alive now (zombies left out), from a fresh walk.
    [[nodiscard]] static std::vector<int> descendants(const std::string& proc = "/proc");

private:
    struct Process;
    void visit_children_of(int pid, int depth);
    Process* known(int pid);
    void note_failed_open() noexcept;

    std::string proc_;
    std::map<int, std::unique_ptr<Process>> processes_;
    std::uint64_t turn_ = 0;
    bool complete_ = true;
    double live_seconds_ = 0.0;
    double most_ = 0.0;
    double seconds_per_tick_;
};

/// The command name of a process ("sleep"), empty if it is gone.
[[nodiscard]] std::string process_name(int pid, const std::string& proc = "/proc");

}  // namespace gramme::sample
