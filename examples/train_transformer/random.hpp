// Random numbers that are the same on every machine: the standard's distributions are not.
#pragma once

#include <cmath>
#include <cstdint>

namespace gramme::transformer {

/// SplitMix64. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    /// 0 <= result < `end`; the bias of the remainder is below end / 2^64.
    std::uint64_t below(std::uint64_t end) { return next() % end; }
    /// 0 < result <= 1.
    double uniform() { return (static_cast<double>(next() >> 11U) + 1.0) * 0x1.0p-53; }
    /// Mean 0, standard deviation 1 (Box and Muller, 1958).
    double normal() {
        constexpr double kTwoPi = 6.283185307179586;
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        return radius * std::cos(kTwoPi * uniform());
    }

private:
    std::uint64_t state_;
};

}  // namespace gramme::transformer
