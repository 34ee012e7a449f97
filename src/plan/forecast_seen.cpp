// Of a forecast, what was seen: start-up, pace, events, power.
#include <algorithm>
#include <cmath>
#include <utility>

#include "plan/forecast_reckoning.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::plan {
namespace {

// How far the pace and the energy of what is ahead lie from those of what was seen, at the least, relative:
// clocks, neighbours and data change. Taken from our own repeats (docs/method/forecast.md#interval).
constexpr double kLeastDriftOfPace = 0.04;
constexpr double kLeastDriftOfEnergy = 0.04;

}  // namespace

double Reckoning::phases_between(double from_s, double to_s, std::optional<Phase> kind) const {
    double sum = 0.0;
    for (const PhaseSeen& phase : seen_.phases) {
        if (!kind || phase.phase == *kind) {
            sum += std::max(0.0, std::min(to_s, phase.to_s) - std::max(from_s, phase.from_s));
        }
    }
    return sum;
}

double Reckoning::joules_between(double from_s, double to_s) const {
    return to_s > from_s ? joules_at(seen_.energy, to_s) - joules_at(seen_.energy, from_s) : 0.0;
}

double Reckoning::step_at(double at_s) const {
    const auto after = std::upper_bound(seen_.steps.begin(), seen_.steps.end(), at_s,
                                        [](double at, const StepSeen& one) { return at < one.at_s; });
    return after == seen_.steps.begin() ? 0.0 : (after - 1)->step;
}

Result<void> Reckoning::look_at_steps() {
    for (std::size_t i = 1; i < seen_.steps.size(); ++i) {
        const StepSeen& before = seen_.steps[i - 1];
        const StepSeen& now = seen_.steps[i];
        Between one{before.step, now.step, before.at_s, now.at_s, 0.0, 0.0};
        one.seconds = std::max(now.at_s - before.at_s - phases_between(before.at_s, now.at_s), 0.0);
        between_.push_back(one);
    }
    if (between_.size() < kLeastGaps) {
        return Error{Code::kUnavailable,
                     "not enough yet: " + std::to_string(seen_.steps.size()) + " of " +
                         std::to_string(kLeastGaps + 1) + " reports of a step",
                     ""};
    }
    return {};
}

double Reckoning::usual_steps() const {
    std::vector<double> steps;
    for (const Between& one : between_) {
        steps.push_back(one.steps());
    }
    return median_of(std::move(steps));
}

void Reckoning::find_pace(std::size_t first) {
    std::vector<double> paces;
    for (std::size_t i = first; i < between_.size(); ++i) {
        paces.push_back(between_[i].pace());
    }
    pace_ = median_of(paces);
    for (double& one : paces) {
        one = std::abs(one - pace_);
    }
    constexpr double kSigmaOverMad = 1.4826;  // of a normal distribution
    noise_ = kSigmaOverMad * median_of(std::move(paces));
}

void Reckoning::find_start_up() {
    find_pace(between_.size() / 2);
    double slower_s = 0.0;
    const std::size_t most = between_.size() / 4;
    while (first_ < most && between_[first_].pace() > 1.25 * pace_ + 3.0 * noise_) {
        slower_s += between_[first_].seconds - pace_ * between_[first_].steps();
        ++first_;
    }
    find_pace(first_);
    const StepSeen& first = seen_.steps.front();
    const double before_s = first.at_s - phases_between(0.0, first.at_s);
    const double usual = usual_steps();
    from_zero_ = first.step <= std::max(1.0, 2.0 * usual);
    const double of_steps = pace_ * (from_zero_ ? first.step : usual);
    start_up_s_ = std::max(before_s - of_steps, 0.0) + slower_s;
}

void Reckoning::find_events() {
    for (std::size_t i = first_; i < between_.size(); ++i) {
        Between& one = between_[i];
        const double excess = one.seconds - pace_ * one.steps();
        if (excess > std::max(5.0 * noise_, 0.1 * pace_) * one.steps()) {
            one.excess_s = excess;
            events_.push_back({one.to_step, one.steps(), excess});
        }
    }
    const double seen_to = seen_.steps.back().step;
    for (int round = 0; round < 3 && !events_.empty(); ++round) {
        const auto period = period_of(events_, {3, 4}, seen_to);
        if (!period) {
            break;
        }
        // Two kinds may have come at once: the lesser cost is this one's, the rest is another's.
        std::vector<double> all;
        for (const std::size_t member : period->members) {
            all.push_back(events_[member].seconds);
        }
        const double usual = low_quarter_of(all);
        constexpr double kStillOne = 1.3;
        std::vector<double> costs;
        for (const std::size_t member : period->members) {
            double& seconds = events_[member].seconds;
            if (seconds <= kStillOne * usual) {
                costs.push_back(seconds);
                seconds = 0.0;
            } else {
                seconds -= usual;
            }
        }
        periods_.push_back({period->every, period->last, std::move(costs)});
        std::erase_if(events_, [&](const Event& one) {
            return one.seconds <= std::max(5.0 * noise_, 0.1 * pace_) * std::max(one.slack, 1.0);
        });
    }
}

void Reckoning::find_spread() {
    std::vector<double> values;
    std::vector<double> weights;
    for (std::size_t i = first_; i < between_.size(); ++i) {
        const Between& one = between_[i];
        values.push_back((one.seconds - one.excess_s) / one.steps());
        weights.push_back(one.steps());
    }
    const Spread spread = spread_ahead(values, weights, left_steps_, kLeastDriftOfPace);
    step_s_ = spread.mean;
    spread_ = spread.relative;
}

void Reckoning::find_power() {
    if (seen_.energy.size() < 2) {
        return;
    }
    // Where windows are as long as all of the steps their mean has to do, for start-up and steps alike.
    const EnergyAt& last = seen_.energy.back();
    power_w_ = (last.joules - seen_.energy.front().joules) / (last.at_s - seen_.energy.front().at_s);
    std::vector<double> apart;
    for (std::size_t i = 1; i < seen_.energy.size(); ++i) {
        apart.push_back(seen_.energy[i].at_s - seen_.energy[i - 1].at_s);
    }
    resolution_s_ = median_of(std::move(apart));
    for (const PhaseSeen& phase : seen_.phases) {
        aside_.emplace_back(phase.from_s, phase.to_s);
    }
    for (const Between& one : between_) {
        if (is_aside(one)) {
            aside_.emplace_back(one.from_s, one.to_s);
        }
    }
    const double from = between_[first_].from_s;
    const double to = std::min(seen_.steps.back().at_s, seen_.energy.back().at_s);
    const double longest = std::min(10.0, (to - from) / (2.0 * resolution_s_));
    if (!(longest >= 1.0)) {
        return;
    }
    const auto count = static_cast<std::size_t>(longest);
    std::vector<double> values;
    std::vector<double> weights;
    for (std::size_t i = 0; i < count; ++i) {
        const double begin = from + (to - from) * static_cast<double>(i) / static_cast<double>(count);
        const double end = from + (to - from) * static_cast<double>(i + 1) / static_cast<double>(count);
        double joules = joules_between(begin, end);
        double seconds = end - begin;
        for (const auto& [aside_from, aside_to] : aside_) {
            const double a = std::max(begin, aside_from);
            const double b = std::min(end, aside_to);
            if (b > a) {
                joules -= joules_between(a, b);
                seconds -= b - a;
            }
        }
        if (seconds > 0.1 * (end - begin)) {
            values.push_back(std::max(joules, 0.0) / seconds);
            weights.push_back(seconds);
        }
    }
    double sum = 0.0;
    double seconds = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i] * weights[i];
        seconds += weights[i];
    }
    if (seconds > 0.0) {
        power_w_ = sum / seconds;
    }
}

/// Joules of a step by themselves: a step that has to wait for others takes longer and seldom more energy.
void Reckoning::find_step_energy() {
    if (!power_w_) {
        return;
    }
    step_j_ = *power_w_ * step_s_;
    step_j_spread_ = root_of_squares(spread_, kOnce / 2.0);
    const double from = between_[first_].from_s;
    const double to = std::min(seen_.steps.back().at_s, seen_.energy.back().at_s);
    const double count = std::floor(std::min(10.0, (to - from) / (2.0 * resolution_s_)));
    std::vector<double> values;
    std::vector<double> weights;
    double begin = from;
    double steps = 0.0;
    for (std::size_t i = first_; i < between_.size() && count >= 2.0; ++i) {
        const Between& one = between_[i];
        steps += is_aside(one) ? 0.0 : one.steps();
        if (one.to_s - begin < (to - from) / count * (1.0 - 1e-9) || one.to_s > to) {
            continue;
        }
        double joules = joules_between(begin, one.to_s);
        for (const auto& [aside_from, aside_to] : aside_) {
            joules -= joules_between(std::max(begin, aside_from), std::min(one.to_s, aside_to));
        }
        if (steps > 0.0) {
            values.push_back(std::max(joules, 0.0) / steps);
            weights.push_back(steps);
        }
        begin = one.to_s;
        steps = 0.0;
    }
    if (values.size() < 2) {
        return;
    }
    const Spread spread = spread_ahead(values, weights, left_steps_, kLeastDriftOfEnergy);
    step_j_ = spread.mean;
    step_j_spread_ = spread.relative;
    energy_by_steps_ = true;
}

/// A pause that nobody said, long enough to have joules of its own, lies somewhere in it.
bool Reckoning::is_aside(const Between& one) const {
    return one.excess_s >= 2.0 * resolution_s_ && phases_between(one.from_s, one.to_s) == 0.0;
}

}  // namespace gramme::plan
