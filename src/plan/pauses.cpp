#include "plan/pauses.hpp"

#include <algorithm>

#include "plan/partial_schedules.hpp"

namespace gramme::plan {
namespace {

class Searcher {
public:
    Searcher(const Window& window, const Area& area, const WaitingJob& job, double bound, std::size_t most)
        : window_(window), area_(area), job_(job), best_(bound), parts_(window, area, job, bound, most) {}

    Search search() {
        if (!parts_.build()) {
            return {std::nullopt, true};
        }
        finish_from_a_node();
        for (std::size_t at = 0; at + 1 < parts_.count(); ++at) {
            end_within(at);
            start_within(at);
        }
        return {std::move(runs_), false};
    }

private:
    using Kind = PartialSchedules::Kind;

    /// The last stretch starts at a node and ends when the work is done.
    void finish_from_a_node() {
        for (std::size_t at = 0; at + 1 < parts_.count(); ++at) {
            const auto finish = [&](const State& state, std::int32_t index) {
                const std::int64_t end = parts_.node(at) + job_.work_s - state.work;
                if (end <= window_.until_s) {
                    const double cost = state.cost + area_.between(parts_.node(at), end);
                    if (cost < best_) {
                        best_ = cost;
                        std::vector<Stretch> runs = parts_.runs_before(Kind::kWait, at, index);
                        runs.push_back({parts_.node(at), end});
                        take(runs);
                    }
                }
            };
            finish(State{}, -1);
            for (std::size_t i = 0; i < parts_.waiting(at).size(); ++i) {
                finish(parts_.waiting(at)[i], static_cast<std::int32_t>(i));
            }
        }
    }

    /// Each pair of which the work, with `x` seconds of this part of a period, is enough: the least such x.
    template <class Found>
    void join(const State& before, const Frontier& behind, std::int64_t lost, std::size_t at,
              double idle_share, double extra, Found found) {
        const std::int64_t need = job_.work_s + lost - before.work;
        auto one = std::lower_bound(behind.begin(), behind.end(), need - parts_.length(at),
                                    [](const State& state, std::int64_t work) { return state.work < work; });
        for (; one != behind.end(); ++one) {
            const std::int64_t x = std::max<std::int64_t>(need - one->work, 0);
            const double cost = before.cost + extra + one->cost + parts_.rate(at) * static_cast<double>(x) +
                                idle_share * parts_.rate(at) * static_cast<double>(parts_.length(at) - x);
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
        const Frontier& behind = parts_.to_wait(at + 1);
        const auto try_with = [&](const State& before, bool runs, std::int32_t index) {
            join(before, behind, job_.lost_s, at, job_.paused_share, parts_.cost_of_pause(),
                 [&](std::int64_t x, std::int32_t rest) {
                     std::vector<Stretch> all =
                         parts_.runs_before(runs ? Kind::kRun : Kind::kWait, at, index);
                     if (!runs) {
                         all.push_back({parts_.node(at), parts_.node(at)});
                     }
                     all.back().until_s = parts_.node(at) + x;
                     parts_.add_behind(all, Kind::kWait, at + 1, rest);
                     take(all);
                 });
        };
        for (std::size_t i = 0; i < parts_.running(at).size(); ++i) {
            try_with(parts_.running(at)[i], true, static_cast<std::int32_t>(i));
        }
        if (job_.least_run_s == 0) {  // it may have started at this very node
            try_with(State{}, false, -1);
            for (std::size_t i = 0; i < parts_.waiting(at).size(); ++i) {
                try_with(parts_.waiting(at)[i], false, static_cast<std::int32_t>(i));
            }
        }
    }

    /// A stretch starts between two nodes.
    void start_within(std::size_t at) {
        const bool any = job_.least_run_s == 0;
        const Frontier end{State{0, 0.0, static_cast<std::int32_t>(at + 1), -1, Step::kEnd}};
        const auto try_with = [&](const State& before, double idle_share, std::int32_t index) {
            const auto taken = [&](Kind kind, std::int64_t x, std::int32_t rest) {
                std::vector<Stretch> all = parts_.runs_before(Kind::kWait, at, index);
                all.push_back({parts_.node(at + 1) - x, parts_.node(at + 1)});
                if (rest >= 0) {
                    parts_.add_behind(all, kind, at + 1, rest);
                }
                take(all);
            };
            join(before, any ? parts_.to_run(at + 1) : parts_.to_start(at + 1), 0, at, idle_share, 0.0,
                 [&](std::int64_t x, std::int32_t rest) { taken(any ? Kind::kRun : Kind::kStart, x, rest); });
            if (!any) {
                join(before, end, 0, at, idle_share, 0.0,
                     [&](std::int64_t x, std::int32_t) { taken(Kind::kRun, x, -1); });
            }
        };
        try_with(State{}, 0.0, -1);
        for (std::size_t i = 0; i < parts_.waiting(at).size(); ++i) {
            try_with(parts_.waiting(at)[i], job_.paused_share, static_cast<std::int32_t>(i));
        }
    }

    /// Without empty stretches and pauses, and without what is more than the work.
    void take(const std::vector<Stretch>& runs) {
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
    double best_;
    PartialSchedules parts_;
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
