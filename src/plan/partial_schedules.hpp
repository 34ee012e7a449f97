// Schedules up to a time and from a time on, of which every start and end lies at a node: what the search for
// pauses joins. Internal to plan. Method: docs/method/plan-when.md#pauses.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/pauses.hpp"

namespace gramme::plan {

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

/// The nodes are bounds of periods, and what lies the shortest run before and behind them.
class PartialSchedules {
public:
    /// Without those that cannot become better than `bound`.
    PartialSchedules(const Window& window, const Area& area, const WaitingJob& job, double bound,
                     std::size_t most);

    /// False: there are more than `most`.
    [[nodiscard]] bool build();

    [[nodiscard]] std::size_t count() const { return nodes_.size(); }
    [[nodiscard]] std::int64_t node(std::size_t at) const { return nodes_[at]; }
    /// From a node to the next.
    [[nodiscard]] std::int64_t length(std::size_t at) const { return nodes_[at + 1] - nodes_[at]; }
    [[nodiscard]] double rate(std::size_t at) const { return rate_[at]; }  ///< g/kWh
    [[nodiscard]] double cost_of_pause() const { return pause_; }

    /// What runs at a node and may stop there; what is paused there after a run.
    [[nodiscard]] const Frontier& running(std::size_t at) const { return running_[at]; }
    [[nodiscard]] const Frontier& waiting(std::size_t at) const { return waiting_[at]; }
    /// From the end: what runs at a node and may stop there, what is paused there and will run again, what
    /// starts there.
    [[nodiscard]] const Frontier& to_run(std::size_t at) const { return to_run_[at]; }
    [[nodiscard]] const Frontier& to_wait(std::size_t at) const { return to_wait_[at]; }
    [[nodiscard]] const Frontier& to_start(std::size_t at) const { return to_start_[at]; }

    enum class Kind : std::uint8_t { kRun, kWait, kStart };
    /// The stretches that led to a state of running() or waiting(); the last one is open where it is running.
    /// `index` -1: nothing has run.
    [[nodiscard]] std::vector<Stretch> runs_before(Kind kind, std::size_t at, std::int32_t index) const;
    /// Adds what follows from a state of to_run() or to_start(), which runs on in the last stretch, or of
    /// to_wait().
    void add_behind(std::vector<Stretch>& runs, Kind kind, std::size_t at, std::int32_t index) const;

private:
    void place_nodes();
    void measure_nodes();
    void push(std::vector<Frontier>& into, std::size_t at, State state);
    void settle(Frontier& states);
    void forward();
    void start(std::size_t at, const State& state, std::int32_t index);
    void backward();
    void begin(std::size_t at);
    [[nodiscard]] double area_of(std::size_t at) const { return rate_[at] * static_cast<double>(length(at)); }

    const Window& window_;
    const Area& area_;
    const WaitingJob& job_;
    double pause_;
    double bound_;
    std::size_t most_;
    std::vector<std::int64_t> nodes_;
    std::vector<double> rate_;             ///< from each node to the next, g/kWh
    std::vector<std::size_t> target_;      ///< where the shortest run from a node ends; past the end: at none
    std::vector<double> cheapest_after_;   ///< g/kWh
    std::vector<double> cheapest_before_;  ///< g/kWh
    std::vector<Frontier> running_, waiting_, to_run_, to_wait_, to_start_;
    std::size_t count_ = 0;
    bool too_many_ = false;
};

}  // namespace gramme::plan
