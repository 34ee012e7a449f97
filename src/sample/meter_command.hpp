// A person's own meter: a command that prints watts, run now and then. And the signals that end a measurement
// of the machine early.
#pragma once

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "host/unique_fd.hpp"
#include "units/quantity.hpp"

namespace gramme::sample {

/// Takes SIGINT, SIGTERM and SIGHUP, where they are not ignored, for as long as it lives, so that what was
/// begun can be put away first. One in a process; make it before the first thread.
class StopSignals {
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// Waits until an instant of CLOCK_BOOTTIME, or for less where a signal came.
    void wait_until(std::int64_t boot_ns);
    /// The signal that came; it stays.
    [[nodiscard]] std::optional<int> came();
    /// Readable once a signal came; -1 where the system gives none.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// What the caller had: for a child.
    [[nodiscard]] const sigset_t& callers_mask() const noexcept { return before_; }

private:
    sigset_t before_{};
    sigset_t taken_{};
    host::UniqueFd fd_;
    std::optional<int> came_;
};

inline constexpr std::size_t kMostMeterBytes = 64 * 1024;

/// Runs `/bin/sh -c command` in a process group of its own, without input, and gives what it printed. It is
/// killed, with all it started, after `time_limit`, when it prints more than kMostMeterBytes and when a
/// signal came. kNotFound, kPermission: the shell could not run it (127, 126); kMalformed: it prints too
/// much; kUnavailable: it failed (with the first line of its stderr), took too long or was stopped by a
/// signal.
[[nodiscard]] Result<std::string> read_meter(const std::string& command, Seconds time_limit,
                                             StopSignals& stop);

}  // namespace gramme::sample
