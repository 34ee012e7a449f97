// What was used between two instants, as the windows of the devices tell it. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/device.hpp"
#include "units/quantity.hpp"

namespace gramme::sample {

/// The job's energy of a stretch. Unknown is absent, never 0.
struct StretchEnergy {
    std::array<std::optional<Joules>, 4> by_kind{};  ///< by DeviceKind
    bool is_whole = true;                            ///< no device in scope lacks a part of it
    [[nodiscard]] bool is_known() const noexcept;
    [[nodiscard]] Joules sum() const noexcept;
    void add(DeviceKind kind, Joules energy) noexcept;
};

/// The newest that is known of one device: where its last window ended, and what the job draws there.
class RecentPower {
public:
    /// A window of the job's. Of a pause nothing is kept: what comes after it is not like it.
    void add(std::int64_t to_ns, Seconds length, Joules job, bool paused) noexcept;
    [[nodiscard]] std::int64_t until_ns() const noexcept { return until_ns_; }
    /// Over 0.1 s at least, where so much is known: sensors and clocks count in steps of 10 to 100 ms.
    [[nodiscard]] std::optional<Watts> power() const noexcept;

private:
    std::int64_t until_ns_ = 0;
    Joules energy_;
    Seconds time_{0.0};
    std::optional<Watts> power_;
};

/// Stretches that are open. Each gets of every window the part by time that lies in it. Instants are
/// Instant::boot_ns. Sampler thread only; a window allocates nothing.
class Stretches {
public:
    /// What came after the last window of a device is taken to go on as before for at most so long; more than
    /// that is unknown.
    static constexpr std::int64_t kLongestTail = 200'000'000;

    [[nodiscard]] std::int64_t begin(std::int64_t at_ns);
    /// Windows behind it are not its own any more.
    void end(std::int64_t id, std::int64_t at_ns) noexcept;
    void add(DeviceKind kind, std::int64_t from_ns, std::int64_t to_ns, Joules job) noexcept;
    /// What lies between the last window of a device and the end of a stretch. `paused_ns(at)`: time of
    /// pauses up to an instant.
    template <typename PausedUntil>
    void add_tail(std::int64_t id, DeviceKind kind, const RecentPower& recent,
                  const PausedUntil& paused_ns) noexcept {
        for (Stretch& stretch : open_) {
            if (stretch.id != id || recent.until_ns() >= stretch.to_ns) {
                continue;
            }
            const std::int64_t from_ns =
                recent.until_ns() > stretch.from_ns ? recent.until_ns() : stretch.from_ns;
            const std::int64_t left_ns =
                stretch.to_ns - from_ns - (paused_ns(stretch.to_ns) - paused_ns(from_ns));
            if (recent.power() && stretch.to_ns - recent.until_ns() <= kLongestTail) {
                stretch.energy.add(kind, *recent.power() * Seconds{Nanoseconds{left_ns}});
            } else {
                stretch.energy.is_whole = false;
            }
        }
    }
    /// It is forgotten.
    [[nodiscard]] StretchEnergy take(std::int64_t id);

private:
    struct Stretch {
        std::int64_t id = 0;
        std::int64_t from_ns = 0;
        std::int64_t to_ns = 0;
        StretchEnergy energy{};
    };
    std::vector<Stretch> open_;
    std::int64_t next_ = 1;
};

}  // namespace gramme::sample
