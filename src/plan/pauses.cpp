#include "plan/pauses.hpp"

#include <algorithm>
#include <limits>

namespace gramme::plan {
namespace {

/// What led to a state. Forward, each names the state before it; backward, the one behind it.
enum class Step : std::uint8_t { kBegin, kStart, kRun, kStop, kIdle, kEnd };

/// A schedule up to a node (forward) or from it on (backward), every start and end of it at a node.
struct State {
    std::int64_t work = 0;  ///< seconds of running less what resumes took
    double cost = 0.0;      ///< g/kWh x s
    std::int32_t node = 0;  ///< of the state that this one follows from
    std::int32_t index = -1;
    Step step = Step::kBegin;
};
/// More work costs more: whatever costs no less than another with as much work is left out.
using Frontier = std::vector<State>;

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

class Searcher {
public:
    Searcher(const Window& window, const Area& area, const WaitingJob& job, double bound, std::size_t most)
        : window_(window),
          area_(area),
          job_(job),
          pause_(cost_of_pause(window, job)),
          best_(bound),
          most_(most) {
        place_nodes();
    }

    Search search() {
        forward();
        if (!too_many_) {
            backward();
        }
        if (too_many_) {
            return {std::nullopt, true};
        }
        finish_from_a_node();
        for (std::size_t at = 0; at + 1 < nodes_.size(); ++at) {
            end_within(at);
            start_within(at);
        }
        return {std::move(runs_), false};
    }

private:
    /// Bounds of periods, and what lies the shortest run before and behind them.
    void place_nodes() {
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

    [[nodiscard]] std::int64_t length(std::size_t at) const { return nodes_[at + 1] - nodes_[at]; }
    [[nodiscard]] double area_of(std::size_t at) const { return rate_[at] * static_cast<double>(length(at)); }

    void push(std::vector<Frontier>& into, std::size_t at, State state) {
        const std::int64_t left = job_.work_s - state.work;
        const bool forward = &into == &running_ || &into == &waiting_;
        const std::int64_t room = forward ? window_.until_s - nodes_[at] : nodes_[at] - window_.from_s;
        if (state.work < 0 || left > room || (forward && left <= 0)) {
            return;
        }
        const double rate = forward ? cheapest_after_[at] : cheapest_before_[at];
        const double more = left > 0 ? rate * static_cast<double>(left) : 0.0;
        if (!(state.cost + more < best_)) {
            return;
        }
        into[at].push_back(state);
        too_many_ = too_many_ || ++count_ > most_;
    }

    void settle(Frontier& states) {
        const std::size_t before = states.size();
        keep_best(states);
        count_ -= before - states.size();
    }

    /// running_: what runs at a node and may stop there. waiting_: what is paused there after a run.
    void forward() {
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

    void start(std::size_t at, const State& state, std::int32_t index) {
        const std::size_t target = target_[at];
        if (target < nodes_.size()) {
            push(running_, target,
                 {state.work + nodes_[target] - nodes_[at],
                  state.cost + area_.between(nodes_[at], nodes_[target]), static_cast<std::int32_t>(at),
                  index, Step::kStart});
        }
    }

    /// The same from the end: to_run_ runs at a node and may stop there, to_wait_ is paused there and will
    /// run again, to_start_ starts there.
    void backward() {
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

    void begin(std::size_t at) {
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
                      state.cost + area_.between(nodes_[at], nodes_[target]),
                      static_cast<std::int32_t>(target), static_cast<std::int32_t>(i), Step::kRun});
            }
        }
    }

    /// The last stretch starts at a node and ends when the work is done.
    void finish_from_a_node() {
        for (std::size_t at = 0; at + 1 < nodes_.size(); ++at) {
            const auto finish = [&](const State& state, std::int32_t index) {
                const std::int64_t end = nodes_[at] + job_.work_s - state.work;
                if (end <= window_.until_s) {
                    const double cost = state.cost + area_.between(nodes_[at], end);
                    if (cost < best_) {
                        best_ = cost;
                        std::vector<Stretch> runs = runs_before(waiting_, at, index);
                        runs.push_back({nodes_[at], end});
                        take(std::move(runs));
                    }
                }
            };
            finish(State{}, -1);
            for (std::size_t i = 0; i < waiting_[at].size(); ++i) {
                finish(waiting_[at][i], static_cast<std::int32_t>(i));
            }
        }
    }

    /// Each pair of which the work, with `x` seconds of this part of a period, is enough: the least such x.
    template <class Found>
    void join(const State& before, const Frontier& behind, std::int64_t lost, std::size_t at,
              double idle_share, double extra, Found found) {
        const std::int64_t need = job_.work_s + lost - before.work;
        auto one = std::lower_bound(behind.begin(), behind.end(), need - length(at),
                                    [](const State& state, std::int64_t work) { return state.work < work; });
        for (; one != behind.end(); ++one) {
            const std::int64_t x = std::max<std::int64_t>(need - one->work, 0);
            const double cost = before.cost + extra + one->cost + rate_[at] * static_cast<double>(x) +
                                idle_share * rate_[at] * static_cast<double>(length(at) - x);
            if (cost < best_) {
                best_ = cost;
                found(x, static_cast<std::int32_t>(one - behind.begin()));
            }
            if (x == 0) {
                return;  // those behind it do more than is needed
            }
        }
    }

    /// A stretch that is not the last ends between two nodes; every other start and end is at one.
    void end_within(std::size_t at) {
        const Frontier& behind = to_wait_[at + 1];
        const auto try_with = [&](const State& before, bool runs, std::int32_t index) {
            join(before, behind, job_.lost_s, at, job_.paused_share, pause_,
                 [&](std::int64_t x, std::int32_t rest) {
                     std::vector<Stretch> all = runs_before(runs ? running_ : waiting_, at, index);
                     if (!runs) {
                         all.push_back({nodes_[at], nodes_[at]});
                     }
                     all.back().until_s = nodes_[at] + x;
                     add_behind(all, Kind::kWait, at + 1, rest);
                     take(std::move(all));
                 });
        };
        for (std::size_t i = 0; i < running_[at].size(); ++i) {
            try_with(running_[at][i], true, static_cast<std::int32_t>(i));
        }
        if (job_.least_run_s == 0) {  // it may have started at this very node
            try_with(State{}, false, -1);
            for (std::size_t i = 0; i < waiting_[at].size(); ++i) {
                try_with(waiting_[at][i], false, static_cast<std::int32_t>(i));
            }
        }
    }

    /// A stretch starts between two nodes.
    void start_within(std::size_t at) {
        const bool any = job_.least_run_s == 0;
        const Frontier end{State{0, 0.0, static_cast<std::int32_t>(at + 1), -1, Step::kEnd}};
        const auto try_with = [&](const State& before, double idle_share, std::int32_t index) {
            const auto taken = [&](Kind kind, std::int64_t x, std::int32_t rest) {
                std::vector<Stretch> all = runs_before(waiting_, at, index);
                all.push_back({nodes_[at + 1] - x, nodes_[at + 1]});
                if (rest >= 0) {
                    add_behind(all, kind, at + 1, rest);
                }
                take(std::move(all));
            };
            join(before, any ? to_run_[at + 1] : to_start_[at + 1], 0, at, idle_share, 0.0,
                 [&](std::int64_t x, std::int32_t rest) { taken(any ? Kind::kRun : Kind::kStart, x, rest); });
            if (!any) {
                join(before, end, 0, at, idle_share, 0.0,
                     [&](std::int64_t x, std::int32_t) { taken(Kind::kRun, x, -1); });
            }
        };
        try_with(State{}, 0.0, -1);
        for (std::size_t i = 0; i < waiting_[at].size(); ++i) {
            try_with(waiting_[at][i], job_.paused_share, static_cast<std::int32_t>(i));
        }
    }

    /// The stretches that led to a state; the last one is open where the state is of running_.
    [[nodiscard]] std::vector<Stretch> runs_before(const std::vector<Frontier>& of, std::size_t at,
                                                   std::int32_t index) const {
        std::vector<Stretch> runs;
        const std::vector<Frontier>* frontiers = &of;
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

    enum class Kind : std::uint8_t { kRun, kWait, kStart };
    /// Adds what follows from a state of to_run_ or to_start_, which runs on in the last stretch, or of
    /// to_wait_.
    void add_behind(std::vector<Stretch>& runs, Kind kind, std::size_t at, std::int32_t index) const {
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

    /// Without empty stretches and pauses, and without what is more than the work.
    void take(std::vector<Stretch> runs) {
        std::vector<Stretch> clean;
        for (const Stretch& run : runs) {
            if (!clean.empty() && clean.back().until_s == run.from_s) {
                clean.back().until_s = run.until_s;
            } else if (run.until_s > run.from_s) {
                clean.push_back(run);
            }
        }
        std::int64_t more = -job_.work_s;
        for (const Stretch& run : clean) {
            more += run.until_s - run.from_s;
        }
        more -= job_.lost_s * static_cast<std::int64_t>(clean.size() - 1);
        while (more > 0 && clean.back().until_s - clean.back().from_s <= more && clean.size() > 1) {
            more -= clean.back().until_s - clean.back().from_s - job_.lost_s;
            clean.pop_back();
        }
        clean.back().until_s -= std::max<std::int64_t>(more, 0);
        runs_ = std::move(clean);
    }

    const Window& window_;
    const Area& area_;
    const WaitingJob& job_;
    double pause_;
    double best_;
    std::size_t most_;
    std::vector<std::int64_t> nodes_;
    std::vector<double> rate_;             ///< from each node to the next, g/kWh
    std::vector<std::size_t> target_;      ///< where the shortest run from a node ends; past the end: at none
    std::vector<double> cheapest_after_;   ///< g/kWh
    std::vector<double> cheapest_before_;  ///< g/kWh
    std::vector<Frontier> running_, waiting_, to_run_, to_wait_, to_start_;
    std::size_t count_ = 0;
    bool too_many_ = false;
    std::optional<std::vector<Stretch>> runs_;
};

}  // namespace

Area::Area(const Window& window) : window_(window) {
    double sum = 0.0;
    before_.reserve(window.periods.size());
    for (const IntensityPeriod& period : window.periods) {
        before_.push_back(sum);
        sum += period.gco2e_per_kwh * static_cast<double>(period.until_s - period.from_s);
    }
}

double Area::until(std::int64_t at_s) const {
    const auto& periods = window_.periods;
    const auto behind =
        std::upper_bound(periods.begin(), periods.end(), at_s,
                         [](std::int64_t at, const IntensityPeriod& period) { return at < period.from_s; });
    const auto index = static_cast<std::size_t>(behind - periods.begin()) - 1;
    return before_[index] + periods[index].gco2e_per_kwh * static_cast<double>(at_s - periods[index].from_s);
}

double cost_of_pause(const Window& window, const WaitingJob& job) {
    return job.resume_s * window.mean;
}

Search search_pauses(const Window& window, const Area& area, const WaitingJob& job, double bound,
                     std::size_t most) {
    return Searcher{window, area, job, bound, most}.search();
}

}  // namespace gramme::plan
