// The wrapper's one loop: waits for the timer, signals, the command's end and messages of its children
// (epoll).
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "sample/command.hpp"
#include "sample/run_socket.hpp"
#include "sample/witness.hpp"

namespace gramme::sample {

/// Blocks all signals that a handler could take for the life of the process, and remembers what the caller
/// had. Make it before the first thread starts, so that every thread inherits the mask and every signal waits
/// for the loop.
class BlockedSignals {
public:
    BlockedSignals();
    [[nodiscard]] const sigset_t& callers_mask() const noexcept { return before_; }
    [[nodiscard]] const sigset_t& blocked() const noexcept { return blocked_; }
    [[nodiscard]] bool ignored_sigchld() const noexcept { return ignored_sigchld_; }

private:
    sigset_t before_{};
    sigset_t blocked_{};
    bool ignored_sigchld_ = false;
};

struct ExitStatus {
    int code = 0;               ///< what gramme leaves with: the command's own, or 128 + signal
    std::optional<int> signal;  ///< that killed the command
};

struct SupervisorHooks {
    std::function<void()> on_tick;  ///< every interval; may be empty
    std::function<void()> on_exit;  ///< at once when the command has exited, before it is reaped
    std::function<void(Result<Marker>)> on_message;
    std::function<void()> on_resize = {};  ///< a SIGWINCH came; may be empty
};

/// Runs until the command has exited. A signal that a process sent to gramme is passed to the command; one
/// that the terminal sent, or that a process sent to the whole group, is not, since the command has its own
/// copy. The command may stop and go on: the loop does not stop. `interval_ns` 0: no timer. `front_pid` 0: no
/// front (see front.hpp); then `witness`, which must be older than the command, tells the two apart; with
/// both it is asked of what the front passes on. Fails
/// only where epoll itself does.
[[nodiscard]] Result<ExitStatus> supervise(const StartedCommand& command, const BlockedSignals& signals,
                                           std::int64_t interval_ns, RunSocket* socket, int front_pid,
                                           std::optional<SignalWitness> witness,
                                           const SupervisorHooks& hooks);

/// After the command has exited, for ranks that go on: timer and messages, as in supervise(); signals are
/// dropped, orphans are taken. Returns when `is_over` is true, which is asked after every event and at least
/// four times a second.
void linger(const BlockedSignals& signals, std::int64_t interval_ns, RunSocket* socket,
            const SupervisorHooks& hooks, const std::function<bool()>& is_over);

/// CPU seconds that this process itself used.
[[nodiscard]] double own_cpu_seconds() noexcept;

/// Where the loop cannot run: the command still gets its signals and keeps its exit status.
[[nodiscard]] ExitStatus wait_plainly(int pid, const BlockedSignals& signals);

}  // namespace gramme::sample
