#include "plan/forecast_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gramme::plan {
namespace {

/// Two-sided 95 % points of Student's t over that of the normal distribution, for 1, 2, ... degrees of
/// freedom (tables of the t distribution; 1.96 beyond).
double student_over_normal(std::size_t degrees) {
    constexpr std::array kT{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
    constexpr double kNormal = 1.96;
    if (degrees == 0) {
        return kT.front() / kNormal;
    }
    return (degrees <= kT.size() ? kT.at(degrees - 1) : 2.0) / kNormal;
}

}  // namespace

double median_of(std::vector<double> values) {
    if (values.empty()) {
        return 0.0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return (*middle + *std::max_element(values.begin(), middle)) / 2.0;
}

double low_quarter_of(std::vector<double> values) {
    if (values.empty()) {
        return 0.0;
    }
    const auto at = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 4);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

double joules_at(std::span<const EnergyAt> curve, double at_s) {
    const auto after = std::upper_bound(curve.begin(), curve.end(), at_s,
                                        [](double at, const EnergyAt& point) { return at < point.at_s; });
    if (after == curve.begin()) {
        return curve.front().joules;
    }
    if (after == curve.end()) {
        return curve.back().joules;
    }
    const EnergyAt& before = *(after - 1);
    const double share = (at_s - before.at_s) / (after->at_s - before.at_s);
    return before.joules + share * (after->joules - before.joules);
}

std::optional<Period> period_of(std::span<const Event> events, Enough enough, double seen_to) {
    constexpr std::size_t kMostEvents = 200;  // the rest follows from them, and this is quadratic
    constexpr double kMostMissing = 0.2;
    std::optional<Period> best;
    double most_explained = 0.0;
    const std::size_t count = std::min(events.size(), kMostEvents);
    const auto try_period = [&](double first, double every, bool from_zero) {
        double slack = 0.02 * every;
        for (std::size_t i = 0; i < count; ++i) {
            slack = std::max(slack, events[i].slack);
        }
        if (every <= 2.0 * slack) {
            return;  // anything would fit
        }
        Period period{every, first, {}};
        double expected = 0.0;
        for (double at = first; at <= seen_to + slack; at += every) {
            expected += 1.0;
            std::optional<std::size_t> nearest;
            for (std::size_t i = 0; i < count; ++i) {
                const double off = std::abs(events[i].step - at);
                if (off <= slack && (!nearest || off < std::abs(events[*nearest].step - at))) {
                    nearest = i;
                }
            }
            if (nearest) {
                period.members.push_back(*nearest);
                at = events[*nearest].step;  // no error of the period adds up
            }
        }
        const auto hits = static_cast<double>(period.members.size());
        const std::size_t needed = from_zero ? enough.from_zero : enough.from_anywhere;
        if (period.members.size() < needed || hits < (1.0 - kMostMissing) * expected) {
            return;
        }
        // What explains most of the time lost: chance periods of small events must not win over a real one.
        std::vector<double> costs;
        for (const std::size_t member : period.members) {
            costs.push_back(events[member].seconds);
        }
        const double explains = hits * low_quarter_of(std::move(costs));
        if (!best || explains > most_explained) {
            most_explained = explains;
            const double span = events[period.members.back()].step - events[period.members.front()].step;
            period.every = span / (hits - 1.0);
            period.last = events[period.members.back()].step;
            best = period;
        }
    };
    for (std::size_t i = 0; i < count && i < 20; ++i) {
        if (events[i].step > 0.0) {
            try_period(events[i].step, events[i].step, true);
        }
        for (std::size_t j = i + 1; j < count && j < i + 20; ++j) {
            try_period(events[i].step, events[j].step - events[i].step, false);
        }
    }
    return best;
}

Spread spread_ahead(std::span<const double> values, std::span<const double> weights, double ahead,
                    double least_drift) {
    constexpr std::size_t kBlocks = 10;
    double sum = 0.0;
    double weight = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i] * weights[i];
        weight += weights[i];
    }
    Spread out;
    out.mean = sum / weight;
    const std::size_t wanted = std::min(kBlocks, values.size());
    std::vector<double> blocks;
    double block_sum = 0.0;
    double block_weight = 0.0;
    double passed = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        block_sum += values[i] * weights[i];
        block_weight += weights[i];
        passed += weights[i];
        const double edge = weight * static_cast<double>(blocks.size() + 1) / static_cast<double>(wanted);
        if (passed >= edge * (1.0 - 1e-9)) {
            blocks.push_back(block_sum / block_weight);
            block_sum = block_weight = 0.0;
        }
    }
    const auto n = static_cast<double>(blocks.size());
    if (blocks.size() < 2 || !(out.mean > 0.0)) {
        out.relative = 1.0;
        return out;
    }
    double squares = 0.0;
    for (const double block : blocks) {
        squares += (block - out.mean) * (block - out.mean);
    }
    const double between = std::sqrt(squares / (n - 1.0)) / out.mean * student_over_normal(blocks.size() - 1);
    const double blocks_ahead = std::max(ahead / weight * n, 0.25);
    // The second half against the first: what drifts goes on drifting, one cannot know where to.
    const std::size_t half = blocks.size() / 2;
    double early = 0.0;
    double late = 0.0;
    for (std::size_t i = 0; i < half; ++i) {
        early += blocks[i];
        late += blocks[blocks.size() - 1 - i];
    }
    const double drift = (late - early) / static_cast<double>(half) / out.mean / 2.0;
    const double relative =
        between * between * (1.0 / n + 1.0 / blocks_ahead) + drift * drift + least_drift * least_drift;
    out.relative = std::sqrt(relative);
    return out;
}

}  // namespace gramme::plan
