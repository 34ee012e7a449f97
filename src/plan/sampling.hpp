// Points drawn at random from a space: the same seed gives the same points on any machine. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/space.hpp"

namespace gramme::plan {

/// Draw number `index`, which does not depend on the others: values of a list are equally likely, ranges
/// uniform on their scale, and a parameter that is not active is not drawn. Numbers of a range have four
/// significant digits. SplitMix64, as in estimate/monte_carlo.
[[nodiscard]] Point draw(const Space& space, std::uint64_t seed, std::uint64_t index);

/// The first `count` different draws: training the same point again would tell nothing new. Fewer where the
/// space has no more (or hides the rest so well that a thousand draws for each point did not find them).
[[nodiscard]] std::vector<Point> draw_points(const Space& space, std::uint64_t seed, std::size_t count);

}  // namespace gramme::plan
