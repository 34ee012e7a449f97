// The working of a forecast, in two files: what was seen, and what is ahead. Only for src/plan.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/forecast.hpp"
#include "plan/forecast_parts.hpp"

namespace gramme::plan {

constexpr double kOnce = 0.2;  ///< relative standard uncertainty of what was seen only once

/// What is ahead of one kind, with its variance.
struct Ahead {
    double seconds = 0.0;
    double variance = 0.0;
    double joules = 0.0;
    double variance_j = 0.0;  ///< of the joules: a stall costs time, and hardly any
    double at_most_s = 0.0;   ///< may come on top; not in the middle
    double at_most_j = 0.0;
};

/// One forecast; `progress` outlives it.
class Reckoning {
public:
    Reckoning(const Progress& progress, double total, Of of) : seen_(progress), total_(total), of_(of) {}
    Result<Forecast> result();

private:
    double phases_between(double from_s, double to_s, std::optional<Phase> kind = std::nullopt) const;
    double joules_between(double from_s, double to_s) const;
    double step_at(double at_s) const;
    Result<void> look_at_steps();
    double usual_steps() const;
    void find_pace(std::size_t first);
    /// Whatever came before the first step, and how much slower the first ones were.
    void find_start_up();
    void find_events();
    void find_spread();
    void find_power();
    void find_step_energy();
    bool is_aside(const Between& one) const;
    double power_of(Phase kind) const;
    double power_of_pauses() const;
    /// `costs` in s, each; `every` 0: at no period. `is_short`: too short for joules of its own, what it is
    /// said to have taken was taken out of the steps. Adds to what is ahead.
    void add_recurring(std::string what, const std::vector<double>& costs, double every, double last,
                       std::optional<double> watts, bool is_short);
    void add_phases();
    static std::string name_of(Phase kind);
    void add_events();
    Result<Forecast> put_together();
    void add_energy(Forecast& out);
    struct Found {
        double every = 0.0;
        double last = 0.0;
        std::vector<double> costs;
    };
    const Progress& seen_;
    double total_;
    Of of_;
    std::vector<Between> between_;
    std::size_t first_ = 0;  ///< that is not of the start-up
    bool from_zero_ = true;
    double pace_ = 0.0;
    double noise_ = 0.0;
    double start_up_s_ = 0.0;
    double step_s_ = 0.0;
    double spread_ = 0.0;
    double left_steps_ = 0.0;
    double resolution_s_ = 0.0;
    std::optional<double> power_w_;
    double step_j_ = 0.0;
    double step_j_spread_ = 0.0;
    bool energy_by_steps_ = false;                  ///< step_j_ was seen, and not taken from the mean watts
    std::vector<std::pair<double, double>> aside_;  ///< from, to: not at the power of the steps
    std::vector<Event> events_;
    std::vector<Found> periods_;
    Ahead ahead_;
    std::vector<Recurring> recurring_;
    std::vector<std::string> notes_;
};

}  // namespace gramme::plan
