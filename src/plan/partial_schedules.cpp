#include "plan/partial_schedules.hpp"

#include <algorithm>
#include <limits>

namespace gramme::plan {
namespace {

void keep_best(Frontier& states) {
    std::sort(states.begin(), states.end(), [](const State& a, const State& b) {
        return a.work != b.work ? a.work > b.work : a.cost < b.cost;
    });
    Frontier best;
    double least = std::numeric_limits<double>::infinity();
    for (const State& state : states) {
        if (state.cost < least) {
            least = state.cost;
            best.push_back(state);
        }
    }
    std::reverse(best.begin(), best.end());
    states = std::move(best);
}

}  // namespace

PartialSchedules::PartialSchedules(const Window& window, const Area& area, const WaitingJob& job,
                                   double bound, std::size_t most)
    : window_(window),
      area_(area),
      job_(job),
      pause_(plan::cost_of_pause(window, job)),
      bound_(bound),
      most_(most) {
    place_nodes();
}

bool PartialSchedules::build() {
    forward();
    if (!too_many_) {
        backward();
    }
    return !too_many_;
}

void PartialSchedules::place_nodes() {
    const auto add = [&](std::int64_t at) {
        if (at >= window_.from_s && at <= window_.until_s) {
            nodes_.push_back(at);
        }
    };
    const auto add_all = [&](std::int64_t at) {
        add(at);
        add(at - job_.least_run_s);
        add(at + job_.least_run_s);
    };
    for (const IntensityPeriod& period : window_.periods) {
        add_all(period.from_s);
    }
    add_all(window_.until_s);
    std::sort(nodes_.begin(), nodes_.end());
    nodes_.erase(std::unique(nodes_.begin(), nodes_.end()), nodes_.end());
    measure_nodes();
}

/// What holds from each node on, and what is the cheapest time before and behind it.
void PartialSchedules::measure_nodes() {
    const std::size_t count = nodes_.size();
    rate_.resize(count - 1);
    target_.resize(count);
    cheapest_after_.assign(count, std::numeric_limits<double>::infinity());
    cheapest_before_.assign(count, std::numeric_limits<double>::infinity());
    std::size_t period = 0;
    for (std::size_t at = 0; at + 1 < count; ++at) {
        while (window_.periods[period].until_s <= nodes_[at]) {
            ++period;
        }
        rate_[at] = window_.periods[period].gco2e_per_kwh;
        cheapest_before_[at + 1] = std::min(cheapest_before_[at], rate_[at]);
    }
    for (std::size_t at = count - 1; at-- > 0;) {
        cheapest_after_[at] = std::min(cheapest_after_[at + 1], rate_[at]);
    }
    for (std::size_t at = 0; at < count; ++at) {
        const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), nodes_[at] + job_.least_run_s);
        const auto target = static_cast<std::size_t>(found - nodes_.begin());
        const bool meets = found != nodes_.end() && *found == nodes_[at] + job_.least_run_s;
        target_[at] = job_.least_run_s == 0 ? at + 1 : meets ? target : count;
    }
}

void PartialSchedules::push(std::vector<Frontier>& into, std::size_t at, State state) {
    const std::int64_t left = job_.work_s - state.work;
    const bool forward = &into == &running_ || &into == &waiting_;
    const std::int64_t room = forward ? window_.until_s - nodes_[at] : nodes_[at] - window_.from_s;
    if (state.work < 0 || left > room || (forward && left <= 0)) {
        return;
    }
    const double rate = forward ? cheapest_after_[at] : cheapest_before_[at];
    const double more = left > 0 ? rate * static_cast<double>(left) : 0.0;
    if (!(state.cost + more < bound_)) {
        return;
    }
    into[at].push_back(state);
    too_many_ = too_many_ || ++count_ > most_;
}

void PartialSchedules::settle(Frontier& states) {
    const std::size_t before = states.size();
    keep_best(states);
    count_ -= before - states.size();
}

/// running_: what runs at a node and may stop there. waiting_: what is paused there after a run.
void PartialSchedules::forward() {
    running_.resize(nodes_.size());
    waiting_.resize(nodes_.size());
    for (std::size_t at = 0; at < nodes_.size() && !too_many_; ++at) {
        settle(running_[at]);
        const auto node = static_cast<std::int32_t>(at);
        for (std::size_t i = 0; i < running_[at].size(); ++i) {
            const State& state = running_[at][i];
            const auto index = static_cast<std::int32_t>(i);
            push(waiting_, at, {state.work - job_.lost_s, state.cost + pause_, node, index, Step::kStop});
            if (at + 1 < nodes_.size()) {
                push(running_, at + 1,
                     {state.work + length(at), state.cost + area_of(at), node, index, Step::kRun});
            }
        }
        settle(waiting_[at]);
        if (at + 1 == nodes_.size()) {
            return;
        }
        start(at, State{}, -1);
        for (std::size_t i = 0; i < waiting_[at].size(); ++i) {
            const State& state = waiting_[at][i];
            const auto index = static_cast<std::int32_t>(i);
            start(at, state, index);
            push(waiting_, at + 1,
                 {state.work, state.cost + job_.paused_share * area_of(at), node, index, Step::kIdle});
        }
    }
}

void PartialSchedules::start(std::size_t at, const State& state, std::int32_t index) {
    const std::size_t target = target_[at];
    if (target < nodes_.size()) {
        push(
            running_, target,
            {state.work + nodes_[target] - nodes_[at], state.cost + area_.between(nodes_[at], nodes_[target]),
             static_cast<std::int32_t>(at), index, Step::kStart});
    }
}

/// The same from the end: to_run_ runs at a node and may stop there, to_wait_ is paused there and will
/// run again, to_start_ starts there.
void PartialSchedules::backward() {
    to_run_.resize(nodes_.size());
    to_wait_.resize(nodes_.size());
    to_start_.resize(nodes_.size());
    for (std::size_t at = nodes_.size(); at-- > 0 && !too_many_;) {
        const bool last = at + 1 == nodes_.size();
        const auto next = static_cast<std::int32_t>(at + 1);
        const auto here = static_cast<std::int32_t>(at);
        if (!last) {
            begin(at);
            settle(to_start_[at]);
            for (std::size_t i = 0; i < to_start_[at].size(); ++i) {
                const State& state = to_start_[at][i];
                push(to_wait_, at,
                     {state.work, state.cost, here, static_cast<std::int32_t>(i), Step::kStart});
            }
            for (std::size_t i = 0; i < to_wait_[at + 1].size(); ++i) {
                const State& state = to_wait_[at + 1][i];
                push(to_wait_, at,
                     {state.work, state.cost + job_.paused_share * area_of(at), next,
                      static_cast<std::int32_t>(i), Step::kIdle});
            }
            settle(to_wait_[at]);
        }
        push(to_run_, at, {0, 0.0, here, -1, Step::kEnd});
        for (std::size_t i = 0; i < to_wait_[at].size(); ++i) {
            const State& state = to_wait_[at][i];
            push(to_run_, at,
                 {state.work - job_.lost_s, state.cost + pause_, here, static_cast<std::int32_t>(i),
                  Step::kStop});
        }
        for (std::size_t i = 0; !last && i < to_run_[at + 1].size(); ++i) {
            const State& state = to_run_[at + 1][i];
            push(to_run_, at,
                 {state.work + length(at), state.cost + area_of(at), next, static_cast<std::int32_t>(i),
                  Step::kRun});
        }
        settle(to_run_[at]);
    }
}

void PartialSchedules::begin(std::size_t at) {
    const std::size_t target = target_[at];
    const std::size_t shorter = std::min(target, nodes_.size());
    // The last stretch ends when the work does, however short it is.
    for (std::size_t end = at + 1; end < shorter && nodes_[end] - nodes_[at] < job_.least_run_s; ++end) {
        push(to_start_, at,
             {nodes_[end] - nodes_[at], area_.between(nodes_[at], nodes_[end]),
              static_cast<std::int32_t>(end), -1, Step::kEnd});
    }
    if (target < nodes_.size()) {
        for (std::size_t i = 0; i < to_run_[target].size(); ++i) {
            const State& state = to_run_[target][i];
            push(to_start_, at,
                 {state.work + nodes_[target] - nodes_[at],
                  state.cost + area_.between(nodes_[at], nodes_[target]), static_cast<std::int32_t>(target),
                  static_cast<std::int32_t>(i), Step::kRun});
        }
    }
}

std::vector<Stretch> PartialSchedules::runs_before(Kind kind, std::size_t at, std::int32_t index) const {
    std::vector<Stretch> runs;
    const std::vector<Frontier>* frontiers = kind == Kind::kRun ? &running_ : &waiting_;
    if (frontiers == &running_) {
        runs.push_back({0, nodes_[at]});
    }
    while (index >= 0) {
        const State& state = (*frontiers)[at][static_cast<std::size_t>(index)];
        at = static_cast<std::size_t>(state.node);
        index = state.index;
        if (state.step == Step::kStop) {
            runs.push_back({0, nodes_[at]});
            frontiers = &running_;
        } else if (state.step == Step::kStart) {
            runs.back().from_s = nodes_[at];
            frontiers = &waiting_;
        }
    }
    std::reverse(runs.begin(), runs.end());
    return runs;
}

void PartialSchedules::add_behind(std::vector<Stretch>& runs, Kind kind, std::size_t at,
                                  std::int32_t index) const {
    while (index >= 0) {
        const auto& frontiers = kind == Kind::kRun ? to_run_ : kind == Kind::kWait ? to_wait_ : to_start_;
        const State& state = frontiers[at][static_cast<std::size_t>(index)];
        if (kind == Kind::kRun && state.step != Step::kRun) {
            runs.back().until_s = nodes_[at];
            kind = Kind::kWait;
        } else if (kind == Kind::kWait && state.step == Step::kStart) {
            runs.push_back({nodes_[at], nodes_[at]});
            kind = Kind::kStart;
        } else if (kind == Kind::kStart) {
            runs.back().until_s = nodes_[static_cast<std::size_t>(state.node)];
            kind = Kind::kRun;
        }
        at = static_cast<std::size_t>(state.node);
        index = state.index;
    }
}

}  // namespace gramme::plan
