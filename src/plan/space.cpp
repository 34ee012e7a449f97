#include "plan/space.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

namespace gramme::plan {
namespace {

Error wrong(const Parameter& parameter, const std::string& what, std::string hint) {
    return {Code::kMalformed, "parameter '" + parameter.name + "': " + what, std::move(hint)};
}

bool is_plain(const std::string& name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '-' || c == '.';
    });
}

/// How many steps or whole numbers are in a range; as a double, for a range may be absurd.
double stepped_count(const Parameter& parameter) {
    constexpr double kMargin = 1e-9;  // 0.1 to 0.5 in steps of 0.1 are five numbers
    const double step = parameter.step.value_or(1.0);
    return std::floor((parameter.high - parameter.low) / step * (1.0 + kMargin) + kMargin) + 1.0;
}

Result<void> check_range(const Parameter& parameter) {
    if (!std::isfinite(parameter.low) || !std::isfinite(parameter.high) ||
        !(parameter.low < parameter.high)) {
        return wrong(parameter, "its range does not go up", "write range = [low, high] with low < high");
    }
    if (parameter.is_log && !(parameter.low > 0.0)) {
        return wrong(parameter, "a logarithmic scale needs a range above 0",
                     "start it above 0, or leave scale = \"log\" out");
    }
    if (parameter.step && (parameter.is_log || parameter.points > 0)) {
        return wrong(parameter, "step goes with neither a logarithmic scale nor points", "give points alone");
    }
    if (parameter.step && !(*parameter.step > 0.0)) {
        return wrong(parameter, "its step is not above 0", "write step = 0.1");
    }
    const auto whole = [](double value) { return value == std::floor(value); };
    if (parameter.is_integer &&
        !(whole(parameter.low) && whole(parameter.high) && whole(parameter.step.value_or(1.0)))) {
        return wrong(parameter, "whole numbers from or to a fraction", "give whole ends and a whole step");
    }
    const double count = parameter.points > 0                     ? static_cast<double>(parameter.points)
                         : parameter.step || parameter.is_integer ? stepped_count(parameter)
                                                                  : 1.0;
    if (count > static_cast<double>(kMostGridValues)) {
        return wrong(parameter, "more than 100000 values", "give a larger step, or points");
    }
    return {};
}

Result<void> check_one(const Parameter& parameter) {
    GRAMME_CHECK(check_parameter_name(parameter.name));
    if (parameter.values.empty()) {
        return check_range(parameter);
    }
    const std::set<std::string> different(parameter.values.begin(), parameter.values.end());
    if (different.size() != parameter.values.size()) {
        return wrong(parameter, "a value stands twice in its list", "leave one out");
    }
    if (parameter.values.size() > kMostGridValues) {
        return wrong(parameter, "more than 100000 values", "give a range instead");
    }
    return {};
}

/// A point stands in one variable of the environment as JSON, and a value in one argument. Linux takes 128
/// KiB for each (MAX_ARG_STRLEN, execve(2)), and JSON may take two bytes for one.
Result<void> check_length(const Space& space) {
    constexpr std::size_t kMostBytes = 60'000;
    constexpr std::size_t kAround = 32;  // quotes, a colon and a comma; the longest number
    std::size_t sum = 0;
    const Parameter* longest = nullptr;
    std::size_t most = 0;
    for (const Parameter& parameter : space.parameters) {
        std::size_t own = parameter.name.size() + kAround;
        for (const std::string& value : parameter.values) {
            own = std::max(own, parameter.name.size() + kAround + value.size());
        }
        sum += own;
        if (longest == nullptr || own > most) {
            longest = &parameter;
            most = own;
        }
    }
    return sum > kMostBytes ? Result<void>{wrong(
                                  *longest,
                                  "the names and values of a point may have 60000 bytes together, more is no "
                                  "argument of a command",
                                  "let a value be the name of a file that holds it")}
                            : Result<void>{};
}

Result<void> check_condition(const Parameter& parameter, const Condition& condition, const Space& space) {
    const auto on = std::find_if(space.parameters.begin(), space.parameters.end(),
                                 [&](const Parameter& one) { return one.name == condition.parameter; });
    if (on == space.parameters.end()) {
        return wrong(parameter, "its condition names '" + condition.parameter + "', which is no parameter",
                     "name a parameter of this file");
    }
    if (on->values.empty()) {
        return wrong(parameter, "its condition is on '" + on->name + "', which is a range",
                     "conditions are on parameters with values = [...]");
    }
    for (const std::string& value : condition.values) {
        if (std::find(on->values.begin(), on->values.end(), value) == on->values.end()) {
            return wrong(parameter, "'" + on->name + "' never has the value '" + value + "'",
                         "give one of its values");
        }
    }
    return condition.values.empty() ? wrong(parameter, "its condition names no value", "give at least one")
                                    : Result<void>{};
}

double clamped(const Parameter& parameter, double value) {
    return std::clamp(value, parameter.low, parameter.high);
}

/// Counts or lists the points, parameter by parameter.
class GridWalk {
public:
    explicit GridWalk(const Space& space) : space_(space), asked_from_(space.parameters.size() + 1) {
        for (std::size_t i = space.parameters.size(); i-- > 0;) {
            asked_from_[i] = asked_from_[i + 1];
            for (const Condition& condition : space.parameters[i].when) {
                asked_from_[i].insert(condition.parameter);
            }
        }
    }

    /// Points from parameter `at` on. What comes depends on no more than the values that later conditions ask
    /// for, and of those on which conditions hold: each such state is counted once.
    [[nodiscard]] double count(std::size_t at) {
        if (at == space_.parameters.size()) {
            return 1.0;
        }
        const std::string state = state_at(at);
        if (const auto known = counted_.find(state); known != counted_.end()) {
            return known->second;
        }
        if (counted_.size() >= kMostStates) {
            too_many_ = true;
            return 0.0;
        }
        const Parameter& parameter = space_.parameters[at];
        double sum = 0.0;
        if (!is_active(parameter, point_)) {
            sum = count(at + 1);
        } else if (!asked_from_[at + 1].contains(parameter.name)) {
            sum = static_cast<double>(grid_count(parameter)) * count(at + 1);
        } else {
            for (const auto& [value, times] : kinds_of(at)) {
                point_.emplace_back(parameter.name, value);
                sum += times * count(at + 1);
                point_.pop_back();
            }
        }
        counted_.emplace(state, sum);
        return sum;
    }
    /// A count that was given up.
    [[nodiscard]] bool too_many() const { return too_many_; }

    void list(std::size_t at, std::vector<Point>& out) {
        if (at == space_.parameters.size()) {
            out.push_back(point_);
            return;
        }
        const Parameter& parameter = space_.parameters[at];
        if (!is_active(parameter, point_)) {
            list(at + 1, out);
            return;
        }
        for (std::string& value : grid_values(parameter)) {
            point_.emplace_back(parameter.name, std::move(value));
            list(at + 1, out);
            point_.pop_back();
        }
    }

private:
    static constexpr std::size_t kMostStates = 20'000;

    /// Values of which no later condition tells one from another, as one of them and how many there are.
    [[nodiscard]] std::vector<std::pair<std::string, double>> kinds_of(std::size_t at) const {
        const Parameter& parameter = space_.parameters[at];
        std::map<std::string, std::pair<std::string, double>> kinds;
        for (const std::string& value : parameter.values) {
            std::string holds;
            for (std::size_t i = at + 1; i < space_.parameters.size(); ++i) {
                for (const Condition& condition : space_.parameters[i].when) {
                    if (condition.parameter == parameter.name) {
                        const auto& wanted = condition.values;
                        holds += std::find(wanted.begin(), wanted.end(), value) != wanted.end() ? '1' : '0';
                    }
                }
            }
            auto& kind = kinds.try_emplace(std::move(holds), value, 0.0).first->second;
            kind.second += 1.0;
        }
        std::vector<std::pair<std::string, double>> out;
        for (auto& [holds, kind] : kinds) {
            out.push_back(std::move(kind));
        }
        return out;
    }

    [[nodiscard]] std::string state_at(std::size_t at) const {
        std::string out = std::to_string(at);
        for (const auto& [name, value] : point_) {
            if (asked_from_[at].contains(name)) {
                out += '\n' + name + '\t' + value;
            }
        }
        return out;
    }

    const Space& space_;
    std::vector<std::set<std::string>>
        asked_from_;  ///< whom the conditions of a parameter and of later ones name
    std::map<std::string, double> counted_;
    bool too_many_ = false;
    Point point_;
};

}  // namespace

Result<void> check_parameter_name(const std::string& name) {
    if (!is_plain(name)) {
        return Error{Code::kMalformed,
                     "parameter '" + name + "': its name is not of letters, digits, _, - and .", "rename it"};
    }
    for (const char* reserved : kReservedNames) {
        if (name == reserved) {
            return Error{Code::kMalformed, "a parameter cannot be called '" + name + "'",
                         "rename it: {" + name + "} in a command is filled in by gramme"};
        }
    }
    return {};
}

Result<void> check_space(Space& space) {
    constexpr std::size_t kMostParameters = 200;
    constexpr double kMostRepeats = 1000.0;
    if (space.parameters.empty() || space.parameters.size() > kMostParameters) {
        return Error{Code::kMalformed, "a space has 1 to 200 parameters",
                     "write [parameters.lr] and below it values = [...] or range = [low, high]"};
    }
    if (space.seeds == 0 || space.folds == 0 || static_cast<double>(space.seeds) > kMostRepeats ||
        static_cast<double>(space.folds) > kMostRepeats) {
        return Error{Code::kMalformed, "seeds and folds are 1 to 1000", "leave them out for 1"};
    }
    std::set<std::string> names;
    for (const Parameter& parameter : space.parameters) {
        GRAMME_CHECK(check_one(parameter));
        if (!names.insert(parameter.name).second) {
            return wrong(parameter, "stands twice", "leave one out");
        }
        for (const Condition& condition : parameter.when) {
            GRAMME_CHECK(check_condition(parameter, condition, space));
        }
    }
    GRAMME_CHECK(check_length(space));
    std::vector<Parameter> ordered;
    std::set<std::string> placed;
    while (ordered.size() < space.parameters.size()) {
        const std::size_t before = ordered.size();
        for (const Parameter& parameter : space.parameters) {
            const bool ready =
                std::all_of(parameter.when.begin(), parameter.when.end(),
                            [&](const Condition& condition) { return placed.contains(condition.parameter); });
            if (ready && placed.insert(parameter.name).second) {
                ordered.push_back(parameter);
            }
        }
        if (ordered.size() == before) {
            const auto left = std::find_if(space.parameters.begin(), space.parameters.end(),
                                           [&](const Parameter& one) { return !placed.contains(one.name); });
            return wrong(*left, "its conditions lead back to itself", "leave one of them out");
        }
    }
    space.parameters = std::move(ordered);
    GridWalk walk{space};
    (void)walk.count(0);
    if (walk.too_many()) {
        return Error{Code::kMalformed,
                     "the conditions of this space hang together in too many ways to count its points",
                     "name fewer parameters in conditions that must hold together"};
    }
    return {};
}

bool grid_is_assumed(const Parameter& parameter) {
    return parameter.values.empty() && parameter.points == 0 && !parameter.step && !parameter.is_integer;
}

std::size_t grid_count(const Parameter& parameter) {
    if (!parameter.values.empty()) {
        return parameter.values.size();
    }
    if (parameter.points > 0 && parameter.is_integer) {
        return grid_values(parameter).size();  // neighbours may be the same whole number
    }
    if (parameter.points > 0) {
        return parameter.points;
    }
    return grid_is_assumed(parameter) ? kUsualPoints : static_cast<std::size_t>(stepped_count(parameter));
}

std::vector<std::string> grid_values(const Parameter& parameter) {
    if (!parameter.values.empty()) {
        return parameter.values;
    }
    const bool stepped = parameter.points == 0 && !grid_is_assumed(parameter);
    const auto count = stepped                ? static_cast<std::size_t>(stepped_count(parameter))
                       : parameter.points > 0 ? parameter.points
                                              : kUsualPoints;
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) {
        double value = 0.0;
        if (stepped) {
            value = parameter.low + static_cast<double>(i) * parameter.step.value_or(1.0);
        } else {
            const double at = count == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(count - 1);
            value = parameter.is_log ? std::exp(std::log(parameter.low) +
                                                at * (std::log(parameter.high) - std::log(parameter.low)))
                                     : parameter.low + at * (parameter.high - parameter.low);
        }
        value = clamped(parameter, parameter.is_integer ? std::round(value) : value);
        std::string word = number_word(value);
        if (out.empty() || out.back() != word) {
            out.push_back(std::move(word));
        }
    }
    return out;
}

bool is_active(const Parameter& parameter, const Point& so_far) {
    return std::all_of(parameter.when.begin(), parameter.when.end(), [&](const Condition& condition) {
        return std::any_of(so_far.begin(), so_far.end(), [&](const auto& setting) {
            return setting.first == condition.parameter &&
                   std::find(condition.values.begin(), condition.values.end(), setting.second) !=
                       condition.values.end();
        });
    });
}

double grid_size(const Space& space) {
    return GridWalk{space}.count(0);
}

Result<std::vector<Point>> grid_points(const Space& space, std::size_t most) {
    if (const double size = grid_size(space); size > static_cast<double>(most)) {
        return Error{Code::kOutOfRange,
                     "the grid has " + number_word(size) + " points, more than " + std::to_string(most),
                     "search at random, or give fewer points"};
    }
    std::vector<Point> out;
    GridWalk{space}.list(0, out);
    return out;
}

std::string point_text(const Point& point) {
    std::string out;
    for (const auto& [name, value] : point) {
        out += (out.empty() ? "" : " ") + name + "=" + value;
    }
    return out;
}

std::string number_word(double value, int digits) {
    std::array<char, 64> text{};
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    const auto done =
        whole ? std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed)
              : std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general,
                              digits);
    return {text.data(), done.ptr};
}

}  // namespace gramme::plan
