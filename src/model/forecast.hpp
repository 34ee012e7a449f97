// What was foreseen of a run while it went on, and the budget that it was given. Part of its record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gramme {

/// A forecast as it stood once, for the end to be compared with.
struct ForecastSaid {
    double at_s = 0.0;  ///< since the start of the run
    double step = 0.0;
    double duration_s = 0.0, duration_low_s = 0.0, duration_high_s = 0.0;  ///< of the whole run
    std::optional<double>
        energy_j;  ///< of the whole run before PUE, as its own meters count; absent: not known
    double energy_low_j = 0.0, energy_high_j = 0.0;
};

struct ForecastRecord {
    std::string from;                   ///< "markers" or "output"
    std::optional<double> steps_total;  ///< absent: nobody said
    double first_step = 0.0;            ///< the first and the last that was heard of
    double last_step = 0.0;
    std::vector<ForecastSaid> said;  ///< the first one, then those at 10, 25, 50 and 75 % of the steps
};

struct BudgetLimit {
    std::string typed;            ///< "500g"
    std::string resource;         ///< "carbon", "energy", "time"
    double amount = 0.0;          ///< g CO2e, J before PUE, or s
    std::optional<double> spent;  ///< of it in the end; absent: not known
};

struct BudgetEvent {
    double at_s = 0.0;   ///< since the start of the run
    std::string what;    ///< "near", "over", "forecast", "unknown", "signal", "terminate", "kill"
    std::string limit;   ///< as it was typed; empty: none in particular
    std::string detail;  ///< in plain words
};

struct BudgetRecord {
    std::vector<BudgetLimit> limits;
    std::string on;      ///< "spent" or "forecast"
    std::string action;  ///< "warn", "SIGUSR1", "stop", "SIGUSR1,stop"
    double grace_s = 0.0;
    std::vector<BudgetEvent> events;
    bool ended_run = false;  ///< gramme told the command to end, and it ended after that
};

}  // namespace gramme
