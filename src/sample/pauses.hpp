// When whoever is measured asked not to be counted. Pure, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace gramme::sample {

/// Pauses of one run, one after another. Instants are Instant::boot_ns. Sampler thread only.
class Pauses {
public:
    void begin(std::int64_t at_ns) noexcept;
    void end(std::int64_t at_ns) noexcept;
    [[nodiscard]] bool is_open() const noexcept { return open_; }
    /// How long the run was paused up to an instant: of two readings the difference lies between them,
    /// however late it is asked. Of the last kKept pauses; those before are over at any instant that can be
    /// asked for.
    [[nodiscard]] std::int64_t until(std::int64_t at_ns) const noexcept;

    static constexpr std::size_t kKept = 64;

private:
    struct Pause {
        std::int64_t from_ns = 0;
        std::int64_t to_ns = 0;
        std::int64_t before_ns = 0;  ///< sum of all before it
    };
    std::array<Pause, kKept> kept_{};
    std::size_t count_ = 0;  ///< ever
    bool open_ = false;
};

}  // namespace gramme::sample
