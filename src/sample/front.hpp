// The front: under a shell with job control, a small process between the shell and the sampler, so that
// Ctrl-Z can stop what the shell waits for while the sampler goes on reading counters that would wrap. Among
// several ranks it leaves with the command's status while the sampler measures the others to their end.
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>

namespace gramme::sample {

/// Lets a front leave before the sampler has ended. The sampler's.
class FrontRelease {
public:
    /// No front to release.
    FrontRelease() = default;
    FrontRelease(int front_pid, void* page) noexcept : front_pid_(front_pid), page_(page) {}
    /// The front leaves with `exit_status` now; false where there is none that could.
    [[nodiscard]] bool release(int exit_status) const noexcept;

private:
    int front_pid_ = 0;
    void* page_ = nullptr;  ///< shared with the front, for the life of both
};

struct FrontSplit {
    std::optional<int> exit_status;  ///< set in the front, when the sampler has ended: leave with it
    int front_pid = 0;               ///< set in the sampler: who forwards signals to it; 0: there is no front
    FrontRelease release;            ///< the sampler's
};

enum class FrontWanted : std::uint8_t {
    kUnderAShell,  ///< where this process is a job of a shell with job control: a controlling terminal, and
                   ///< not the session leader's own process group
    kAlways,       ///< the command's status must get out while the sampler goes on
};

/// Splits off a front where one is wanted. Returns once in the sampler (at once) and, in the front, when the
/// sampler has ended or has released it. All signals must be blocked already. Call it before any thread
/// exists.
[[nodiscard]] FrontSplit split_front(FrontWanted wanted);

}  // namespace gramme::sample
