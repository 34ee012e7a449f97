// How busy a device was, and why an accelerator waited: a small state machine beside the meter. Pure, no
// allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "meter/device_meter.hpp"
#include "model/ledger.hpp"
#include "model/use.hpp"

namespace gramme::meter {

/// A utilisation speaks for the time since the reading before, at most so long: counters are read every 10 s
/// or more often.
inline constexpr Seconds kLongestHold{15.0};
/// A stop for data is short; a longer one is something else (a validation, a checkpoint).
inline constexpr Seconds kLongestStall{60.0};
/// Stops of this number make a pattern: the first two have no clear cause.
inline constexpr int kStallsOfAPattern = 3;
/// CPUs that the job keeps busy: from here on it works for the accelerator ...
inline constexpr double kWorkingCpus = 0.5;
/// ... and up to here it waits too.
inline constexpr double kWaitingCpus = 0.1;

/// Whether a span of GRAMME_RUN_SOCKET is an evaluation by its name: it begins with "eval" or "valid", or is
/// "val", upper or lower case.
[[nodiscard]] bool names_evaluation(std::string_view span) noexcept;

/// A span whose sender was gone before anybody looked, such as `nc` in a shell script, is over after so long:
/// whether the evaluation that it began still goes on cannot be seen.
inline constexpr Seconds kLongestUnwatched{1800.0};

/// When the command evaluates: its spans, as they come. A span ends with its sender at the latest. Instants
/// are Instant::boot_ns. Sampler thread only, no allocation.
class EvaluationSpans {
public:
    /// Processes that can have spans open at once; those of others explain nothing.
    static constexpr std::size_t kMostSenders = 64;

    /// `started_ns`: the begin of the run, which the instant of a marker counts from. `sender`: the process
    /// that says it; 0 where it is not known. An end without a begin of the same sender ends a span whose
    /// sender was never seen alive, if there is one.
    void hear(const Marker& marker, std::int64_t started_ns, int sender = 0) noexcept;
    /// Ends the spans of senders that are gone. `is_gone(pid)` is asked once for each that has one open.
    template <typename IsGone>
    void end_of_gone(std::int64_t now_ns, const IsGone& is_gone) noexcept {
        for (std::size_t i = senders_; i > 0; --i) {
            Sender& one = open_[i - 1];
            const bool gone = one.pid == 0 || is_gone(one.pid);
            one.seen_alive |= !gone;
            const bool too_long = Nanoseconds{now_ns - one.opened_ns} > kLongestUnwatched;
            if (gone && (one.seen_alive || too_long)) {
                close(i - 1, now_ns);
            }
        }
    }
    /// Share of a stretch, 0..1, that lies in an evaluation: in the newest one that ended, or the open one.
    [[nodiscard]] double share_of(std::int64_t from_ns, std::int64_t to_ns) const noexcept;

private:
    struct Sender {
        int pid = 0;
        int depth = 0;  ///< evaluations in evaluations are one
        std::int64_t opened_ns = 0;
        bool seen_alive = false;
    };
    void begin(std::int64_t at_ns, int sender) noexcept;
    void end(std::int64_t at_ns, int sender) noexcept;
    void close(std::size_t index, std::int64_t at_ns) noexcept;

    std::array<Sender, kMostSenders> open_{};
    std::size_t senders_ = 0;     ///< of open_, those in use
    std::int64_t opened_ns_ = 0;  ///< since then one or another is open
    std::int64_t last_from_ns_ = 0;
    std::int64_t last_to_ns_ = 0;
};

/// The use of one device. CPUs: busy over all CPU time. Accelerators: by the utilisation of their readings;
/// where it is unknown nothing is added, and a stretch of idleness before it goes on after it. A cause is
/// given when the accelerator is busy again, when the whole stretch is known. Method:
/// docs/method/efficiency.md.
class UseMeter {
public:
    explicit UseMeter(DeviceKind kind) : kind_(kind) {}

    /// `step`: what the meter made of a reading; only windows count. `utilization` of that reading, 0..1;
    /// values outside are unknown.
    [[nodiscard]] Use add(const MeterStep& step, std::optional<double> utilization,
                          const EvaluationSpans& spans) noexcept;

private:
    struct Stretch {
        Joules energy;
        double time_s = 0.0;
        double job_cpu_s = 0.0;
        double cpu_known_s = 0.0;
    };
    [[nodiscard]] static Use use_of_cpu(const MeterStep& step, double time_s) noexcept;
    void wait(const MeterStep& step, double time_s) noexcept;
    void judge(Use& use) noexcept;

    DeviceKind kind_;
    Stretch stretch_;  ///< of idleness, up to now
    bool was_busy_ = false;
    int stalls_ = 0;
};

}  // namespace gramme::meter
