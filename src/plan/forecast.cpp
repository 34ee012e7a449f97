#include "plan/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "estimate/lognormal.hpp"
#include "plan/forecast_reckoning.hpp"
#include "units/root_of_squares.hpp"

namespace gramme::plan {
namespace {

using estimate::kZ95;

constexpr std::size_t kFewEvents = 4;  ///< fewer at no period say nothing of what is ahead

std::string whole(double value) {
    return std::to_string(static_cast<long long>(std::llround(value)));
}

}  // namespace

Result<Forecast> Reckoning::result() {
    GRAMME_CHECK(look_at_steps());
    find_start_up();
    find_events();
    const double from = of_ == Of::kThisRun ? seen_.steps.back().step : 0.0;
    left_steps_ = std::max(total_ - from, 0.0);
    find_spread();
    find_power();
    find_step_energy();
    add_phases();
    add_events();
    return put_together();
}

double Reckoning::power_of(Phase kind) const {
    double joules = 0.0;
    double seconds = 0.0;
    for (const PhaseSeen& one : seen_.phases) {
        if (one.phase == kind) {
            joules += joules_between(one.from_s, one.to_s);
            seconds += one.to_s - one.from_s;
        }
    }
    // Of short ones the curve tells little, but these are the joules that were taken out of the steps: what
    // is too much here was too little there, and most of it cancels. Mean watts x seconds would count a wait
    // as work.
    return seconds > 0.0 ? joules / seconds : *power_w_;
}

double Reckoning::power_of_pauses() const {
    double joules = 0.0;
    double seconds = 0.0;
    for (const Between& one : between_) {
        if (one.excess_s >= 2.0 * resolution_s_ && phases_between(one.from_s, one.to_s) == 0.0) {
            joules += joules_between(one.from_s, one.to_s) - *power_w_ * (one.seconds - one.excess_s);
            seconds += one.excess_s;
        }
    }
    return seconds > 0.0 ? std::max(joules, 0.0) / seconds : *power_w_;
}

void Reckoning::add_recurring(std::string what, const std::vector<double>& costs, double every, double last,
                              std::optional<double> watts, bool is_short) {
    const auto seen = static_cast<double>(costs.size());
    const double middle = median_of(costs);
    double mean = 0.0;
    for (const double cost : costs) {  // one that hung says little of the others
        mean += std::min(cost, costs.size() >= kFewEvents ? 5.0 * middle : cost) / seen;
    }
    double squares = 0.0;
    for (const double cost : costs) {
        const double taken = std::min(cost, costs.size() >= kFewEvents ? 5.0 * middle : cost);
        squares += (taken - mean) * (taken - mean);
    }
    const double sd = costs.size() > 1 ? std::sqrt(squares / (seen - 1.0)) : kOnce * mean;
    Recurring one{std::move(what), costs.size(), every, mean, 0.0, std::nullopt};
    double variance = 0.0;
    double cancels = 0.0;  // of the variance, in the joules
    const double steps = seen_.steps.back().step - seen_.steps.front().step;
    if (every > 0.0) {
        const double begun = of_ == Of::kThisRun ? last : 0.0;
        one.ahead = std::max(std::floor((total_ - begun) / every * (1.0 + 1e-6)), 0.0);
        const double error_of_mean = one.ahead * one.ahead * sd * sd / seen;
        variance = one.ahead * sd * sd + error_of_mean;
        variance += one.ahead > 0.0 ? 0.25 * mean * mean : 0.0;  // one more or less at the end
        if (is_short && one.ahead > 0.0) {
            const double left = (one.ahead - seen * left_steps_ / steps) / one.ahead;
            cancels = error_of_mean * std::max(1.0 - left * left, 0.0);
        }
    } else {
        one.ahead = seen * left_steps_ / steps;
        variance = one.ahead * (mean * mean + sd * sd) + one.ahead * one.ahead * mean * mean / seen;
    }
    ahead_.seconds += one.ahead * mean;
    ahead_.variance += variance;
    if (watts) {
        one.each_j = *watts * mean;
        ahead_.joules += one.ahead * *one.each_j;
        ahead_.variance_j += (variance - cancels) * *watts * *watts;
    }
    recurring_.push_back(std::move(one));
}

void Reckoning::add_phases() {
    for (const Phase kind : {Phase::kEvaluation, Phase::kCheckpoint}) {
        std::vector<double> costs;
        std::vector<Event> events;
        for (const PhaseSeen& phase : seen_.phases) {
            if (phase.phase == kind) {
                costs.push_back(phase.to_s - phase.from_s);
                events.push_back({step_at(phase.from_s), 1.0, costs.back()});
            }
        }
        if (costs.empty()) {
            continue;
        }
        double every = 0.0;
        double last = events.back().step;
        const double usual = usual_steps();
        for (Event& event : events) {
            event.slack = usual;
        }
        if (const auto period = period_of(events, {2, 3}, seen_.steps.back().step)) {
            every = period->every;
            last = period->last;
        } else if (costs.size() == 1 && from_zero_ && events.front().step > usual) {
            every = events.front().step;  // a first one, as far from the start as the next from it
            notes_.push_back("one " + name_of(kind) + " was seen, at step " + whole(every) +
                             ": taken to come every " + whole(every) + " steps");
        }
        const bool is_short = energy_by_steps_ && median_of(costs) < 2.0 * resolution_s_;
        add_recurring(name_of(kind), costs, every, last,
                      power_w_ ? std::optional{power_of(kind)} : std::nullopt, is_short);
    }
}

std::string Reckoning::name_of(Phase kind) {
    return kind == Phase::kEvaluation ? "evaluation" : "checkpoint";
}

void Reckoning::add_events() {
    const std::optional<double> watts = power_w_ ? std::optional{power_of_pauses()} : std::nullopt;
    // A short one is in the joules of the steps already.
    const auto watts_of = [&](const std::vector<double>& costs) {
        const bool in_steps = energy_by_steps_ && median_of(costs) < 2.0 * resolution_s_;
        return watts && in_steps ? std::optional{0.0} : watts;
    };
    for (const Found& found : periods_) {
        add_recurring("pause", found.costs, found.every, found.last, watts_of(found.costs), false);
    }
    std::vector<double> costs;
    for (const Event& one : events_) {
        costs.push_back(one.seconds);
    }
    const double largest = costs.empty() ? 0.0 : *std::max_element(costs.begin(), costs.end());
    // Of their own kind, so that they will go on; one alone, or one that outweighs the rest, may be the
    // last.
    if (costs.size() >= kFewEvents || (costs.size() > 1 && largest <= 3.0 * median_of(costs))) {
        add_recurring("pause", costs, 0.0, 0.0, watts_of(costs), false);
    } else if (!events_.empty()) {
        double sum = 0.0;
        double joules = 0.0;
        for (const Event& one : events_) {
            sum += one.seconds;
            joules += one.seconds * watts_of({one.seconds}).value_or(0.0);
        }
        const double steps = seen_.steps.back().step - seen_.steps.front().step;
        constexpr double kMostAgain = 3.0;
        const double again = std::min(left_steps_ / steps, kMostAgain);
        ahead_.at_most_s += sum * again;
        ahead_.at_most_j += joules * again;
        notes_.push_back(std::to_string(events_.size()) +
                         (events_.size() == 1 ? " step took" : " steps took") +
                         " much longer than the others; that this comes again is in the upper end only");
    }
    if (recurring_.empty()) {
        notes_.emplace_back(
            "neither evaluations nor checkpoints were seen: what comes only later is not in it");
    }
}

Result<Forecast> Reckoning::put_together() {
    const double steps_s = left_steps_ * step_s_;
    const double left_s = steps_s + ahead_.seconds + (of_ == Of::kNewRun ? start_up_s_ : 0.0);
    double variance = steps_s * spread_ * steps_s * spread_ + ahead_.variance;
    if (of_ == Of::kNewRun) {
        variance += kOnce * start_up_s_ * kOnce * start_up_s_;
    }
    Forecast out;
    out.step = seen_.steps.back().step;
    out.steps_total = total_;
    out.start_up_s = start_up_s_;
    out.step_s = step_s_;
    out.spread = spread_;
    out.gaps = between_.size() - first_;
    const double relative = left_s > 0.0 ? std::sqrt(variance) / left_s : 0.0;
    const double wide = std::exp(kZ95 * relative);
    if (wide > std::sqrt(kWidest)) {
        return Error{Code::kUnavailable, "not enough yet: the steps differ too much from each other", ""};
    }
    // What is ahead counts from the last step: time has passed since, some of it in a phase.
    const double last_s = seen_.steps.back().at_s;
    double done_s = 0.0;
    double left_now_s = left_s;
    if (of_ == Of::kThisRun) {
        done_s = std::max(seen_.now_s, last_s);
        const double since = done_s - last_s - phases_between(last_s, done_s);
        left_now_s = left_steps_ > 0.0 ? std::max(left_s - std::max(since, 0.0), 0.0) : 0.0;
    }
    const double low = left_now_s - left_s * (1.0 - 1.0 / wide);
    const double high = left_now_s + left_s * (wide - 1.0) + ahead_.at_most_s;
    out.left_s = {left_now_s, std::max(low, 0.0), high};
    out.duration_s = {done_s + out.left_s.value, done_s + out.left_s.low, done_s + out.left_s.high};
    add_energy(out);
    out.recurring = std::move(recurring_);
    out.notes = std::move(notes_);
    return out;
}

void Reckoning::add_energy(Forecast& out) {
    if (!power_w_) {
        return;
    }
    out.step_j = step_j_;
    out.start_up_j = joules_at(seen_.energy, std::min(start_up_s_, seen_.steps.front().at_s));
    const double steps_j = left_steps_ * step_j_;
    double done_j = *out.start_up_j;
    if (of_ == Of::kThisRun) {
        // Up to the last step; since then only what was no step.
        const double last_s = seen_.steps.back().at_s;
        done_j =
            joules_at(seen_.energy, last_s) + std::max(last_s - seen_.energy.back().at_s, 0.0) * *power_w_;
        for (const PhaseSeen& phase : seen_.phases) {
            done_j += joules_between(std::max(phase.from_s, last_s), phase.to_s);
        }
    }
    const double ahead_j = steps_j + ahead_.joules;
    double variance = steps_j * step_j_spread_ * steps_j * step_j_spread_ + ahead_.variance_j;
    if (of_ == Of::kNewRun) {
        variance += kOnce * done_j * kOnce * done_j;
    }
    const double wide = std::exp(kZ95 * (ahead_j > 0.0 ? std::sqrt(variance) / ahead_j : 0.0));
    const double known_j = of_ == Of::kThisRun ? seen_.energy.back().joules : 0.0;
    const double value = std::max(done_j + ahead_j, known_j);
    out.energy_j = Estimate{value, std::max(value - ahead_j * (1.0 - 1.0 / wide), known_j),
                            value + ahead_j * (wide - 1.0) + ahead_.at_most_j};
}

Result<Forecast> forecast(const Progress& progress, std::optional<double> steps_total, Of of) {
    if (steps_total && !(*steps_total > 0.0 && std::isfinite(*steps_total))) {
        return Error{Code::kOutOfRange, "the total of steps must be above 0", ""};
    }
    if (!steps_total && !progress.total) {
        return Error{Code::kUnavailable, "not enough yet: nobody said how many steps there will be",
                     "say it with --steps-total N, or beside each step"};
    }
    if (!steps_total && progress.began_again) {
        return Error{Code::kUnavailable,
                     "the count of steps began again, so that its total is one part of the whole",
                     "say how many there will be in all with --steps-total N"};
    }
    return Reckoning{progress, steps_total.value_or(progress.total.value_or(0.0)), of}.result();
}

Estimate grown(const Estimate& so_far, double joules_so_far, const Estimate& energy_j) {
    if (!(so_far.value > 0.0) || !(so_far.low > 0.0) || !(joules_so_far > 0.0) || !(energy_j.low > 0.0)) {
        return {so_far.value, so_far.low, so_far.high};
    }
    const double value = so_far.value * energy_j.value / joules_so_far;
    const auto both = [](double a, double b) { return std::exp(root_of_squares(std::log(a), std::log(b))); };
    return {value, value / both(so_far.value / so_far.low, energy_j.value / energy_j.low),
            value * both(so_far.high / so_far.value, energy_j.high / energy_j.value)};
}

}  // namespace gramme::plan
