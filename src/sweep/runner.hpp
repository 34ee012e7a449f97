// Runs a search: starts trials, waits for them, and writes down how each ended.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "base/result.hpp"
#include "plan/limit.hpp"
#include "plan/sweep_result.hpp"
#include "store/store.hpp"
#include "sweep/objective.hpp"

namespace gramme::sweep {

struct SweepOptions {
    plan::Space space;       ///< checked
    std::string space_text;  ///< of its file
    std::vector<std::string> command;
    plan::SearchMethod method = plan::SearchMethod::kRandom;
    std::size_t configs = 0;  ///< points: drawn, or of the grid at most
    double eta = 3.0;
    double resource = 1.0;  ///< what {budget} is for a full training
    std::uint64_t seed = 1;
    Objective objective;
    bool minimize = false;
    std::optional<plan::Limit> budget;
    std::size_t jobs = 1;
    std::optional<double> timeout_s;
    double grace_s = 5.0;  ///< between the request to end and the end by force: time to write a checkpoint
    std::string folder, name;
    std::vector<std::string> run_words;  ///< options of each `gramme run`: --region, --store, ...
};

struct SweepEvents {
    /// A trial came to its end; `trials` of `planned` have.
    std::function<void(const plan::Trial& trial, std::size_t trials, std::size_t planned)> ended;
    std::function<void(const std::string& text)> warn;
    /// Store::related() of the store in which the trials are, with runs of killed grammes moved in.
    std::function<Result<std::vector<store::RunSummary>>()> runs;
};

/// Until all is done, a limit is reached or a signal comes (SIGINT, SIGTERM, SIGHUP: running trials are
/// ended, and begin anew the next time). kUsage: no command can be made of this, or it cannot be started at
/// all; errors of SweepLog.
[[nodiscard]] Result<plan::SweepResult> run_sweep(const Host& host, const SweepOptions& options,
                                                  const SweepEvents& events);

/// Of halving, with rungs of at least one unit of `resource`; one rung otherwise.
[[nodiscard]] plan::TrialOrder schedule_of(const SweepOptions& options, std::size_t configs);

}  // namespace gramme::sweep
