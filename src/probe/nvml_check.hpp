// An energy counter against the power of the same GPU, over the first seconds of a run. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "units/quantity.hpp"

namespace gramme::probe {

/// Power is told now and then, the counter seldom; what both say of the time between the first and the last
/// reading of the counter is compared once that is long enough. Method: docs/method/nvml.md#self-check
class CounterCheck {
public:
    struct Verdict {
        Seconds lasted{};
        Joules by_counter{};
        Joules by_power{};
        /// by_counter / by_power lies within what sensors of one GPU may differ by.
        [[nodiscard]] bool agrees() const;
        /// The gain's relative standard uncertainty, widened by how far the two lie apart.
        [[nodiscard]] double widened(double gain_sigma) const;
    };

    CounterCheck() = default;
    /// A power is the average of `window` before its instant (0: instantaneous).
    explicit CounterCheck(Seconds window) noexcept : window_(window) {}

    /// `at_ns`: Instant::boot_ns, never falling. The verdict, once, when enough was seen.
    [[nodiscard]] std::optional<Verdict> power(std::int64_t at_ns, Watts power) noexcept;
    void counter(std::int64_t at_ns, std::uint64_t millijoules) noexcept;
    /// Nothing is to be compared (any more).
    [[nodiscard]] bool is_over() const noexcept { return over_; }
    void give_up() noexcept { over_ = true; }

private:
    Seconds window_{0.0};
    bool over_ = false;
    bool has_power_ = false;
    std::int64_t power_ns_ = 0;  ///< the middle of what the newest power speaks of
    Watts power_{};
    Joules sum_{};  ///< of the power from begun_ns_ on, at most to ended_ns_
    bool has_counter_ = false;
    std::int64_t begun_ns_ = 0;
    std::uint64_t begun_mj_ = 0;
    std::int64_t ended_ns_ = 0;  ///< of the reading that the verdict is about; 0: there is none yet
    std::uint64_t last_mj_ = 0;
};

}  // namespace gramme::probe
