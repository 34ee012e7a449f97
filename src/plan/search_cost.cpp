#include "plan/search_cost.hpp"

#include <algorithm>
#include <cmath>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::plan {
namespace {

Estimate times(const Estimate& one, double factor) {
    return {one.value * factor, one.low * factor, one.high * factor};
}

SearchWay way_of(const SearchRequest& asked, std::string name, double configs, double trainings,
                 double full) {
    const double repeats = static_cast<double>(asked.space.seeds * asked.space.folds);
    SearchWay way;
    way.name = std::move(name);
    way.configs = configs;
    way.trainings = trainings * repeats;
    way.full_trainings = full * repeats;
    if (asked.trial.energy_kwh) {
        way.energy_kwh = times(*asked.trial.energy_kwh, way.full_trainings);
    }
    if (asked.trial.operational_kgco2e) {
        way.operational_kgco2e = times(*asked.trial.operational_kgco2e, way.full_trainings);
    }
    if (asked.trial.hours) {
        way.hours = *asked.trial.hours * way.full_trainings;
    }
    return way;
}

double trainings_of(std::span<const Rung> rungs) {
    double sum = 0.0;
    for (const Rung& rung : rungs) {
        sum += static_cast<double>(rung.configs);
    }
    return sum;
}

const Parameter* named(const Space& space, std::string_view name) {
    const auto found = std::find_if(space.parameters.begin(), space.parameters.end(),
                                    [&](const Parameter& one) { return one.name == name; });
    return found == space.parameters.end() ? nullptr : &*found;
}

Error no_narrowing(std::string_view text, const std::string& why) {
    return {Code::kUsage, "--narrow: '" + std::string{text} + "' " + why,
            "write NAME=LOW:HIGH inside the range, or NAME=VALUE,VALUE of its values"};
}

/// The share of its room that a parameter keeps, on its own scale.
double kept_of(const Parameter& old, const Narrowing& narrow) {
    if (!narrow.values.empty()) {
        return static_cast<double>(narrow.values.size()) / static_cast<double>(old.values.size());
    }
    const double margin = old.is_integer ? 0.5 : 0.0;
    const auto room = [&](double low, double high) {
        low -= margin;
        high += margin;
        return old.is_log ? std::log(high) - std::log(low) : high - low;
    };
    return room(narrow.low, narrow.high) / room(old.low, old.high);
}

std::size_t draws_for(const SearchRequest& asked, double kept) {
    const double best = asked.best / kept;  // the same part of the old space is more of the new one
    return best >= 1.0 ? 1 : draws_needed(asked.confidence, best);
}

Narrowed narrowed_by(const SearchRequest& asked) {
    Narrowed out;
    Space space = asked.space;
    for (const Narrowing& narrow : asked.narrow) {
        for (Parameter& parameter : space.parameters) {
            if (parameter.name != narrow.parameter) {
                continue;
            }
            const double kept = kept_of(parameter, narrow);
            out.kept *= kept;
            if (!narrow.values.empty()) {
                parameter.values = narrow.values;
                continue;
            }
            const bool by_points = parameter.points > 0 || grid_is_assumed(parameter);
            if (by_points) {
                parameter.points = std::max<std::size_t>(
                    static_cast<std::size_t>(
                        std::ceil(kept * static_cast<double>(grid_count(parameter)) - 1e-9)),
                    1);
            }
            parameter.low = narrow.low;
            parameter.high = narrow.high;
        }
    }
    out.grid = grid_size(space);
    out.random = draws_for(asked, out.kept);
    return out;
}

/// Half of the parameter that has most room on the grid.
Narrowed half_of_one(const SearchRequest& asked, double grid) {
    std::size_t most = 1;
    for (const Parameter& parameter : asked.space.parameters) {
        if (parameter.when.empty()) {
            most = std::max(most, grid_count(parameter));
        }
    }
    constexpr double kHalf = 0.5;
    Narrowed out;
    out.kept = kHalf;
    out.grid = grid * std::ceil(static_cast<double>(most) * kHalf) / static_cast<double>(most);
    out.random = draws_for(asked, kHalf);
    return out;
}

}  // namespace

Result<Narrowing> parse_narrowing(std::string_view text, const Space& space) {
    const std::size_t equals = text.find('=');
    const Parameter* parameter =
        equals == std::string_view::npos ? nullptr : named(space, trimmed(text.substr(0, equals)));
    if (parameter == nullptr) {
        return no_narrowing(text, "names no parameter of the space");
    }
    if (!parameter->when.empty()) {
        return no_narrowing(text, "is of a parameter with a condition, which is only in part of the space");
    }
    Narrowing out;
    out.parameter = parameter->name;
    const std::string_view room = text.substr(equals + 1);
    if (!parameter->values.empty()) {
        for (const std::string_view piece : split(room, ',')) {
            const std::string value{trimmed(piece)};
            if (std::find(parameter->values.begin(), parameter->values.end(), value) ==
                parameter->values.end()) {
                return no_narrowing(text, "holds a value that the parameter does not have");
            }
            if (std::find(out.values.begin(), out.values.end(), value) == out.values.end()) {
                out.values.push_back(value);
            }
        }
        return out;
    }
    const std::size_t colon = room.find(':');
    const auto low = parse_double(trimmed(room.substr(0, colon)));
    const auto high = colon == std::string_view::npos ? low : parse_double(trimmed(room.substr(colon + 1)));
    if (colon == std::string_view::npos || !low || !high || !(*low < *high) || *low < parameter->low ||
        *high > parameter->high) {
        return no_narrowing(text, "is no range inside that of the parameter");
    }
    out.low = *low;
    out.high = *high;
    return out;
}

Result<SearchPlan> plan_search(const SearchRequest& request) {
    SearchPlan plan;
    plan.asked = request;
    plan.repeats = static_cast<double>(request.space.seeds * request.space.folds);
    const double grid = grid_size(request.space);
    const std::size_t draws = draws_needed(request.confidence, request.best);
    plan.rungs = halving_rungs(draws, request.eta);
    plan.brackets = hyperband_brackets(request.resource, request.eta);
    const auto n = static_cast<double>(draws);
    plan.ways.push_back(way_of(request, "grid", grid, grid, grid));
    plan.ways.push_back(way_of(request, "random", n, n, n));
    plan.ways.push_back(way_of(request, "halving", n, trainings_of(plan.rungs), cost_restarting(plan.rungs)));
    plan.ways.push_back(
        way_of(request, "halving_resuming", n, trainings_of(plan.rungs), cost_resuming(plan.rungs)));
    double configs = 0.0;
    double trainings = 0.0;
    double full = 0.0;
    for (const Bracket& bracket : plan.brackets) {
        configs += static_cast<double>(bracket.front().configs);
        trainings += trainings_of(bracket);
        full += cost_restarting(bracket);
    }
    plan.ways.push_back(way_of(request, "hyperband", configs, trainings, full));
    for (SearchWay& way : plan.ways) {
        way.saved = 1.0 - way.full_trainings / plan.ways.front().full_trainings;
    }
    for (const Parameter& parameter : request.space.parameters) {
        if (grid_is_assumed(parameter)) {
            plan.assumed_points.push_back(parameter.name);
        }
    }
    for (const Narrowing& narrow : request.narrow) {
        if (std::count_if(request.narrow.begin(), request.narrow.end(),
                          [&](const Narrowing& one) { return one.parameter == narrow.parameter; }) > 1) {
            return Error{Code::kUsage, "--narrow: " + narrow.parameter + " twice", "give it once"};
        }
    }
    if (!request.narrow.empty()) {
        plan.narrowed = narrowed_by(request);
    }
    plan.half = half_of_one(request, grid);
    return plan;
}

}  // namespace gramme::plan
