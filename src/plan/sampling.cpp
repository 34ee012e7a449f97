#include "plan/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace gramme::plan {
namespace {

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
class Uniform {
public:
    Uniform(std::uint64_t seed, std::uint64_t index) : state_(mixed(seed) ^ mixed(index * kStep + 1)) {}

    std::uint64_t next() {
        state_ += kStep;
        return mixed(state_);
    }
    /// In [0, 1).
    double unit() { return static_cast<double>(next() >> 11U) / 9007199254740992.0; }
    std::size_t below(std::size_t count) {
        const auto at = static_cast<std::size_t>(unit() * static_cast<double>(count));
        return std::min(at, count - 1);
    }

private:
    static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;
    static std::uint64_t mixed(std::uint64_t z) {
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    std::uint64_t state_;
};

constexpr int kDrawnDigits = 4;  // finer than any search needs, and short enough to read

std::string drawn(const Parameter& parameter, Uniform& random) {
    if (!parameter.values.empty()) {
        return parameter.values[random.below(parameter.values.size())];
    }
    if (parameter.step) {
        const std::size_t at = random.below(grid_count(parameter));
        return number_word(
            std::min(parameter.low + static_cast<double>(at) * *parameter.step, parameter.high));
    }
    // Half a number beyond either end: the first and the last are as likely as those between.
    const double margin = parameter.is_integer ? 0.5 : 0.0;
    const double low = parameter.low - margin;
    const double high = parameter.high + margin;
    const double at = random.unit();
    double value = parameter.is_log ? std::exp(std::log(low) + at * (std::log(high) - std::log(low)))
                                    : low + at * (high - low);
    value = parameter.is_integer ? std::round(value) : value;
    return number_word(std::clamp(value, parameter.low, parameter.high), kDrawnDigits);
}

}  // namespace

Point draw(const Space& space, std::uint64_t seed, std::uint64_t index) {
    Uniform random{seed, index};
    Point point;
    for (const Parameter& parameter : space.parameters) {
        if (is_active(parameter, point)) {
            point.emplace_back(parameter.name, drawn(parameter, random));
        }
    }
    return point;
}

std::vector<Point> draw_points(const Space& space, std::uint64_t seed, std::size_t count) {
    constexpr std::uint64_t kDrawsForEach = 1000;
    std::vector<Point> out;
    std::set<Point> seen;
    for (std::uint64_t index = 0; out.size() < count && index < kDrawsForEach * count; ++index) {
        Point point = draw(space, seed, index);
        if (seen.insert(point).second) {
            out.push_back(std::move(point));
        }
    }
    return out;
}

}  // namespace gramme::plan
