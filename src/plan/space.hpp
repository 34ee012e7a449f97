// The space of a search: parameters with values or ranges, some of them only beside a value of another. Pure.
// Method: docs/method/search.md
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace gramme::plan {

/// "only where `parameter` has one of `values`".
struct Condition {
    std::string parameter;
    std::vector<std::string> values;
};

struct Parameter {
    std::string name;                 ///< letters, digits, '_', '-' and '.'
    std::vector<std::string> values;  ///< as the command gets them; empty: a range
    double low = 0.0, high = 0.0;     ///< of a range, both ends in it
    bool is_log = false;              ///< equal ratios are equally likely, not equal steps
    bool is_integer = false;
    std::optional<double> step;   ///< of a range: low, low + step, ...
    std::size_t points = 0;       ///< of a range on a grid; 0: not said
    std::vector<Condition> when;  ///< all must hold, else the command does not get the parameter
};

struct Space {
    std::string name;
    std::vector<Parameter> parameters;  ///< after check_space() each behind those that its conditions name
    std::size_t seeds = 1;              ///< trainings of each point with different seeds
    std::size_t folds = 1;              ///< of a cross-validation, for each seed
};

/// What a sweep fills in beside the parameters; none of them has such a name.
inline constexpr const char* kReservedNames[] = {"trial", "budget", "dir", "seed"};

/// One point: the parameters that it has, in the order of the space.
using Point = std::vector<std::pair<std::string, std::string>>;

/// Points of a grid for a range of real numbers that names neither points nor a step. An assumption: where it
/// decides something, it is said.
inline constexpr std::size_t kUsualPoints = 5;
inline constexpr std::size_t kMostGridValues = 100'000;

/// kMalformed: it holds something else than letters, digits, '_', '-' and '.', or is one of kReservedNames.
[[nodiscard]] Result<void> check_parameter_name(const std::string& name);

/// Puts the parameters in order. kMalformed: no parameter, a name twice, a range that is none, a condition on
/// what is not there or on itself, more than kMostGridValues values of one parameter, conditions that
/// depend on each other in more ways than can be counted.
[[nodiscard]] Result<void> check_space(Space& space);

/// What the parameter takes on a grid: its values; of a range its steps, its whole numbers, or so many points
/// at equal distances (equal ratios where is_log), both ends among them.
[[nodiscard]] std::vector<std::string> grid_values(const Parameter& parameter);
[[nodiscard]] std::size_t grid_count(const Parameter& parameter);
/// Whether the grid of it is our assumption (kUsualPoints).
[[nodiscard]] bool grid_is_assumed(const Parameter& parameter);

/// Whether `parameter` belongs to a point that has `so_far`.
[[nodiscard]] bool is_active(const Parameter& parameter, const Point& so_far);

/// Points of the full grid: parameters that are not active do not multiply it. A whole number, exact below
/// 2^53.
[[nodiscard]] double grid_size(const Space& space);
/// The points themselves, the last parameter changing fastest. kOutOfRange: more than `most`.
[[nodiscard]] Result<std::vector<Point>> grid_points(const Space& space, std::size_t most);

/// "lr=0.01 batch=32".
[[nodiscard]] std::string point_text(const Point& point);

/// The number at so many significant digits, without zeros at its end; a whole one with all of its own. What
/// a command is given.
[[nodiscard]] std::string number_word(double value, int digits = 6);

}  // namespace gramme::plan
