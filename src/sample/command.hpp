// Starting the measured command: its own cgroup where there is one, the caller's signal mask, nothing of
// gramme left in it.
#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "sample/cgroup.hpp"

namespace gramme::sample {

struct CommandSpec {
    std::vector<std::string> argv;  ///< at least one word; looked up in PATH as a shell does
    std::vector<std::pair<std::string, std::string>> environment;  ///< added to or replacing the caller's
    sigset_t signal_mask{};             ///< the caller's own, before gramme blocked anything
    bool ignores_sigchld = false;       ///< the caller's disposition, which gramme had to change for itself
    const JobCgroup* cgroup = nullptr;  ///< where it starts; nullptr: where gramme is
    int stdout_fd = -1;                 ///< becomes its standard output; -1: the caller's
    int stderr_fd = -1;
};

struct StartedCommand {
    int pid = -1;
    host::UniqueFd pidfd;    ///< readable when the command has exited; empty where the kernel gave none
    bool in_cgroup = false;  ///< false where the kernel refused to put it there
};

/// Starts the command as a child, in the caller's process group, session and terminal. kNotFound (a shell
/// says 127) or kPermission (126: found but not executable), with the name of the command. One thread calls
/// it.
[[nodiscard]] Result<StartedCommand> start_command(const CommandSpec& spec);

}  // namespace gramme::sample
