// A hardware energy counter as the kernel shows it: whole microjoules, wrapping. Header only, no files.
#pragma once

#include <cstdint>

namespace gramme::simulator {

/// What one count of the 32-bit register is worth, in uJ, for a zone with this range: the range is 2^32 - 1
/// counts, the modulus 2^32 (Linux drivers/powercap/intel_rapl_common.c). Small made-up ranges: 1.
[[nodiscard]] constexpr std::uint64_t one_count(std::uint64_t range_uj) {
    constexpr std::uint64_t kCounts = 0xffff'ffffU;
    return range_uj <= kCounts ? 1 : (range_uj + kCounts - 1) / kCounts;
}

/// Adds energy, keeps the truth beside what the register shows.
class EnergyCounter {
public:
    EnergyCounter(std::uint64_t raw_uj, std::uint64_t range_uj) : raw_uj_(raw_uj), range_uj_(range_uj) {}

    /// `picojoules` so that a short tick of a small power loses nothing; whole microjoules reach the
    /// register.
    void add_picojoules(std::uint64_t picojoules) {
        rest_pj_ += picojoules;
        const std::uint64_t whole = rest_pj_ / 1'000'000;
        rest_pj_ %= 1'000'000;
        true_uj_ += whole;
        const std::uint64_t modulus = range_uj_ + one_count(range_uj_);
        raw_uj_ += whole;
        while (raw_uj_ >= modulus) {
            raw_uj_ -= modulus;
            ++wraps_;
        }
        // The last few uJ of the modulus have no register value of their own: the register cannot exceed its
        // range.
    }
    void reset_to(std::uint64_t raw_uj) {
        raw_uj_ = raw_uj;
        ++resets_;
    }

    [[nodiscard]] std::uint64_t shown_uj() const { return raw_uj_ < range_uj_ ? raw_uj_ : range_uj_; }
    [[nodiscard]] std::uint64_t range_uj() const { return range_uj_; }
    [[nodiscard]] std::uint64_t true_uj() const { return true_uj_; }
    [[nodiscard]] std::uint64_t wraps() const { return wraps_; }
    [[nodiscard]] std::uint64_t resets() const { return resets_; }

private:
    std::uint64_t raw_uj_;
    std::uint64_t range_uj_;
    std::uint64_t rest_pj_ = 0;
    std::uint64_t true_uj_ = 0;
    std::uint64_t wraps_ = 0;
    std::uint64_t resets_ = 0;
};

}  // namespace gramme::simulator
