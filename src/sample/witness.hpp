// Tells a signal that was sent to gramme alone from one that the command got as well.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

namespace gramme::sample {

/// A process that does nothing but let signals wait: it is in gramme's process group, session and cgroup, all
/// signals blocked. What is sent to the whole group (kill(2) with a negative pid) or to every process of a
/// cgroup or job step (systemd, Slurm) waits there too; what is sent to gramme's pid does not. The kernel
/// itself does not say whom a signal was sent to. It shares gramme's memory (no page is copied), uses no CPU
/// time and dies with gramme. Sampler thread only.
class SignalWitness {
public:
    /// All signals must be blocked. Nothing where no process can be made: then no signal counts as seen.
    [[nodiscard]] static std::optional<SignalWitness> start();
    SignalWitness(SignalWitness&& other) noexcept;
    SignalWitness& operator=(SignalWitness&&) = delete;
    ~SignalWitness();

    /// Whether the witness got `signal` as well. A group's members are signalled in one go, those of a cgroup
    /// one after another: waits up to 20 ms for it. What was seen is forgotten, so that the next one counts
    /// anew.
    [[nodiscard]] bool saw(int signal);
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

private:
    SignalWitness();
    void begin();
    [[nodiscard]] bool is_waiting(int signal) const;
    void end() noexcept;

    std::unique_ptr<char[]> stack_;
    pid_t pid_ = -1;
};

}  // namespace gramme::sample
