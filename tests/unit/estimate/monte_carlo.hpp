// Random numbers of our own, so that a check against Monte Carlo gives the same digits everywhere.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace gramme::testing {

/// SplitMix64 (Steele, Lea, Flood 2014) and the Box-Muller transform.
class Normals {
public:
    explicit Normals(std::uint64_t seed) : state_(seed) {}

    double next() {
        if (has_spare_) {
            has_spare_ = false;
            return spare_;
        }
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        const double angle = 2.0 * std::numbers::pi * uniform();
        spare_ = radius * std::sin(angle);
        has_spare_ = true;
        return radius * std::cos(angle);
    }

private:
    double uniform() {  // in (0, 1]
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        z ^= z >> 31U;
        return (static_cast<double>(z >> 11U) + 1.0) / 9007199254740992.0;
    }

    std::uint64_t state_;
    double spare_ = 0.0;
    bool has_spare_ = false;
};

/// The point below which a fraction of the draws lies.
inline double quantile(std::vector<double>& draws, double fraction) {
    const auto at = static_cast<std::ptrdiff_t>(fraction * static_cast<double>(draws.size()));
    std::nth_element(draws.begin(), draws.begin() + at, draws.end());
    return draws[static_cast<std::size_t>(at)];
}

}  // namespace gramme::testing
