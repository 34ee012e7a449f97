// The front: under a shell with job control, a small process between the shell and the sampler, so that
// Ctrl-Z can stop what the shell waits for while the sampler goes on reading counters that would wrap.
#pragma once

#include <csignal>
#include <optional>

namespace gramme::sample {

struct FrontSplit {
    std::optional<int> exit_status;  ///< set in the front, when the sampler has ended: leave with it
    int front_pid = 0;               ///< set in the sampler: who forwards signals to it; 0: there is no front
};

/// Splits off a front if this process is a job of a shell with job control (a controlling terminal, and not
/// the session leader's own process group). Returns once in the sampler (at once) and, in the front, when the
/// sampler has ended. All signals must be blocked already. Call it before any thread exists.
[[nodiscard]] FrontSplit split_front_if_interactive();

}  // namespace gramme::sample
