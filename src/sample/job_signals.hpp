// Signals to the processes of a job, for a budget that is over.
#pragma once

#include <string>
#include <vector>

namespace gramme::sample {

/// To each of `pids` at once; those that are gone meanwhile are passed over.
void send_to_all(const std::vector<int>& pids, int signal) noexcept;

/// The process catches it (SigCgt of /proc/PID/status): it would neither end by it nor ignore it.
[[nodiscard]] bool catches(int pid, int signal);

/// The processes nearest to `command` that catch it: the command itself, else on each branch of its
/// descendants the first that does. Workers that such a process started are left alone: they have inherited
/// its handler and would do its work again. Empty: none does.
[[nodiscard]] std::vector<int> first_to_catch(int command, int signal);

}  // namespace gramme::sample
