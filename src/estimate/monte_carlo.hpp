// Monte Carlo with a generator of our own: the second way to an interval, against which `gramme explain` and
// the tests check the closed form. Same seed, same draws on any machine. Pure. Method:
// docs/method/uncertainty.md#check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "estimate/lognormal.hpp"

namespace gramme::estimate {

/// Standard normal numbers: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
/// OOPSLA 2014) and the transform of Box and Muller (1958).
class Normals {
public:
    explicit Normals(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] double next();

private:
    [[nodiscard]] double uniform();  ///< in (0, 1]

    std::uint64_t state_;
    double spare_ = 0.0;
    bool has_spare_ = false;
};

inline constexpr std::uint64_t kCheckSeed = 20261123;
inline constexpr std::size_t kCheckDraws = 200'000;
/// The closed form and Monte Carlo may differ by this much at either end.
inline constexpr double kCheckTolerance = 0.03;

/// 2.5 % and 97.5 % point of (sum of `terms`) x (product of `factors`) by drawing: the logarithms of the
/// terms are normal with the given correlation (as in sum_of), those of the factors independent. Only value
/// and variance of each input count. `value` is the sum x product of the values.
[[nodiscard]] Estimate drawn_interval(std::span<const Uncertain> terms,
                                      const std::function<double(std::size_t, std::size_t)>& correlation,
                                      std::span<const Uncertain> factors, std::size_t draws = kCheckDraws,
                                      std::uint64_t seed = kCheckSeed);

}  // namespace gramme::estimate
