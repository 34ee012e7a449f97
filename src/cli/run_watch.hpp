// What goes on beside the measuring of `gramme run`: how far the command is, what the whole will take, and
// its budgets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "cli/watch_request.hpp"
#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "plan/budget.hpp"
#include "plan/forecast.hpp"
#include "plan/progress.hpp"
#include "sample/output_relay.hpp"
#include "track/log_buffer.hpp"

namespace gramme::cli {

/// Steps that the threads of a relay read and the sampler's thread takes. Thread-safe.
class PrintedSteps {
public:
    struct Step {
        std::int64_t at_ns = 0;  ///< boot clock
        PrintedStep printed;
    };
    explicit PrintedSteps(ProgressPattern pattern) : pattern_(std::move(pattern)) {}
    void see(std::size_t stream, std::string_view bytes, std::int64_t now_ns);
    /// What came since the last time; of very many the first and the last ones of each stretch.
    [[nodiscard]] std::vector<Step> take();
    /// The last line may have no end.
    void end();

private:
    static constexpr std::size_t kMost = 2048;
    void keep(std::string_view line, std::int64_t at_ns);

    std::mutex mutex_;
    ProgressPattern pattern_;
    std::vector<PrintedLines> lines_;  ///< by stream
    std::vector<Step> steps_;
};

/// One thread, that of the sampler. Nothing of it costs anything before there is progress or a budget.
class RunWatch {
public:
    struct Now {
        double at_s = 0.0;               ///< since the start of the run
        std::optional<double> energy_j;  ///< so far, in scope; absent: not known
        double told_s = 0.0;             ///< up to here all devices have told what they used ...
        double told_j = 0.0;             ///< ... namely this; only with energy_j
        double joined_j = 0.0;           ///< sample::Sampler::joined()
    };
    /// The processes of the job, and the one that was started, for signals.
    struct Job {
        int command = 0;
        std::function<std::vector<int>()> processes;
    };
    /// `request` and `host` outlive it. `say`: a line for the person, at once.
    RunWatch(const Host& host, const WatchRequest& request, const Factors& factors,
             std::function<void(const std::string&)> say);

    /// Where the output is to be read: the ends for the command. kIo: it goes on without.
    Result<void> open_relay();
    [[nodiscard]] sample::OutputRelay* relay() noexcept { return relay_.get(); }
    /// The command has been started; marks are counted from `run_start_ns`.
    void started(Job job, std::int64_t run_start_ns);
    /// What the command said of itself.
    void hear(const Marker& marker) { heard_ = keeper_.hear(marker) || heard_; }
    /// Takes what was printed, foresees, looks at the budgets and does what they ask for. Marks to be kept
    /// with the run are handed to `keep`.
    void turn(const Now& now, const std::function<void(const Marker&)>& keep);
    /// The command has ended: nothing more is signalled, and its last words are taken.
    void ended(const std::function<void(const Marker&)>& keep);
    /// For the live line; empty where there is nothing to say.
    [[nodiscard]] std::string line() const;
    /// Into the record of a run that begins, and of one that has ended.
    void describe_begin(RunRecord& run) const;
    void describe_end(const Now& now, RunRecord& run);

private:
    void take_printed(const std::function<void(const Marker&)>& keep, bool last);
    void foresee(const Now& now);
    void look_at_budgets(const Now& now);
    void look_at_the_end(const Now& now);
    void act(double now_s);
    void note(double at_s, std::string what, const std::string& limit, const std::string& detail);
    [[nodiscard]] plan::Spending spent(const Now& now) const;
    [[nodiscard]] std::string ground() const;

    const Host& host_;
    const WatchRequest& request_;
    const Factors& factors_;
    double grams_per_joule_;
    std::function<void(const std::string&)> say_;
    std::unique_ptr<PrintedSteps> printed_;
    std::unique_ptr<sample::OutputRelay> relay_;
    Job job_;
    std::int64_t run_start_ns_ = 0;
    plan::ProgressKeeper keeper_;
    bool heard_ = false;
    std::optional<Result<plan::Forecast>> forecast_;
    double next_forecast_s_ = 0.0;
    double joined_j_ = 0.0;        ///< that the keeper knows
    std::size_t said_shares_ = 0;  ///< how many of the shares of the steps have been kept
    ForecastRecord record_;
    BudgetRecord budget_;
    plan::BudgetWatch budgets_;
    plan::BudgetAction action_;
    track::LogPace pace_;
    bool told_to_end_ = false;
};

}  // namespace gramme::cli
