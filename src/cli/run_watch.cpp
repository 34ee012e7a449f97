#include "cli/run_watch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <utility>

#include "base/json_line.hpp"
#include "present/forecast.hpp"
#include "present/numbers.hpp"
#include "sample/job_signals.hpp"

namespace gramme::cli {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kForecastEveryS = 1.0;
/// Of the time: what forecasts may take of it. Where thousands of steps are known one takes milliseconds.
constexpr double kMostOfForecasts = 0.003;
constexpr std::int64_t kMarkEveryNs = 100'000'000;        ///< at first; LogPace makes fewer later
constexpr std::array kShares{0.0, 0.1, 0.25, 0.5, 0.75};  ///< of the steps, at which a forecast is kept
constexpr std::size_t kMostEvents = 100;

std::string_view name_of(plan::Resource resource) {
    switch (resource) {
        case plan::Resource::kCarbon: return "carbon";
        case plan::Resource::kEnergy: return "energy";
        case plan::Resource::kTime: return "time";
    }
    return "";
}

double grams_per_joule(const Factors& factors) {
    return (KilowattHours{Joules{1.0}} * factors.pue.value * factors.intensity.value).value();
}

std::optional<Estimate> times(const std::optional<Estimate>& estimate, double factor) {
    if (!estimate) {
        return std::nullopt;
    }
    return Estimate{estimate->value * factor, estimate->low * factor, estimate->high * factor};
}

std::optional<Estimate> exactly(const std::optional<double>& value) {
    return value ? std::optional{Estimate{*value, *value, *value}} : std::nullopt;
}

}  // namespace

void PrintedSteps::see(std::size_t stream, std::string_view bytes, std::int64_t now_ns) {
    const std::lock_guard lock{mutex_};
    if (stream >= lines_.size()) {
        lines_.resize(stream + 1);
    }
    lines_[stream].add(bytes, now_ns,
                       [this](std::string_view line, std::int64_t at_ns) { keep(line, at_ns); });
}

void PrintedSteps::keep(std::string_view line, std::int64_t at_ns) {
    const auto printed = pattern_.match(line);
    if (!printed) {
        return;
    }
    if (steps_.size() == kMost) {
        steps_.pop_back();  // the newest counts
    }
    steps_.push_back({at_ns, *printed});
}

std::vector<PrintedSteps::Step> PrintedSteps::take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(steps_, {});
}

void PrintedSteps::end() {
    const std::lock_guard lock{mutex_};
    for (PrintedLines& lines : lines_) {
        lines.end([this](std::string_view line, std::int64_t at_ns) { keep(line, at_ns); });
    }
}

RunWatch::RunWatch(const Host& host, const WatchRequest& request, const Factors& factors,
                   std::function<void(const std::string&)> say)
    : host_(host),
      request_(request),
      factors_(factors),
      grams_per_joule_(grams_per_joule(factors)),
      say_(std::move(say)),
      budgets_(request.budgets, request.on),
      action_(request.action, request.grace_s),
      pace_(kMarkEveryNs) {
    for (const plan::Limit& limit : request.budgets) {
        budget_.limits.push_back({limit.typed, std::string{name_of(limit.of)}, limit.amount, std::nullopt});
    }
    budget_.on = request.on == plan::BudgetOn::kSpent ? "spent" : "forecast";
    budget_.action = request.action_typed;
    budget_.grace_s = request.grace_s;
}

Result<void> RunWatch::open_relay() {
    if (!request_.pattern) {
        return {};
    }
    printed_ = std::make_unique<PrintedSteps>(*request_.pattern);
    auto relay = sample::OutputRelay::create([this](std::size_t stream, std::string_view bytes) {
        printed_->see(stream, bytes, host_.now().boot_ns);
    });
    if (!relay) {
        return relay.error();
    }
    relay_ = *std::move(relay);
    return {};
}

void RunWatch::started(Job job, std::int64_t run_start_ns) {
    job_ = std::move(job);
    run_start_ns_ = run_start_ns;
    if (relay_) {
        relay_->start();
    }
}

void RunWatch::take_printed(const std::function<void(const Marker&)>& keep, bool last) {
    if (!printed_) {
        return;
    }
    const std::vector<PrintedSteps::Step> steps = printed_->take();
    const PrintedSteps::Step* last_step = nullptr;
    for (const PrintedSteps::Step& step : steps) {
        const double at_s = static_cast<double>(step.at_ns - run_start_ns_) / kNsPerSecond;
        if (!step.printed.ended) {
            keeper_.step(at_s, step.printed.step, step.printed.total);
            last_step = &step;
        } else if (const auto from_s = keeper_.phase_since_step(*step.printed.ended, at_s)) {
            const bool evaluated = *step.printed.ended == plan::Phase::kEvaluation;
            const std::string name = evaluated ? "evaluate" : "checkpoint";
            keep({Marker::Kind::kSpanBegin, static_cast<std::int64_t>(*from_s * kNsPerSecond), name, ""});
            keep({Marker::Kind::kSpanEnd, step.at_ns - run_start_ns_, name, ""});
        }
    }
    if (last_step == nullptr) {
        return;
    }
    // With the run, so that its pace can be seen later: one of each turn, and not of each for ever.
    const PrintedSteps::Step& newest = *last_step;
    const std::int64_t at_ns = newest.at_ns - run_start_ns_;
    if (pace_.is_due(at_ns) || last) {
        std::string detail = "{\"step\": " + present::shortest(newest.printed.step);
        if (const auto total = newest.printed.total) {
            detail += ", \"total\": " + present::shortest(*total);
        }
        keep({Marker::Kind::kMark, at_ns, std::string{plan::kProgressMark}, detail + "}"});
    }
}

void RunWatch::foresee(const Now& now) {
    const bool is_asked = request_.pattern || request_.steps_total || !request_.budgets.empty();
    if (now.energy_j && (is_asked || !keeper_.empty())) {
        if (now.joined_j > joined_j_) {
            keeper_.add_evenly(now.told_s, now.joined_j - joined_j_);
        }
        keeper_.energy(now.told_s, now.told_j);
    }
    joined_j_ = now.joined_j;
    if (keeper_.empty() || now.at_s < next_forecast_s_) {
        return;
    }
    const plan::Progress& progress = keeper_.at(now.at_s);
    const auto begin = std::chrono::steady_clock::now();
    forecast_ = plan::forecast(progress, request_.steps_total, plan::Of::kThisRun);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    next_forecast_s_ = now.at_s + std::max(std::clamp(0.05 * now.at_s, 0.05, kForecastEveryS),
                                           took.count() / kMostOfForecasts);
    if (!*forecast_) {
        return;
    }
    const plan::Forecast& all = **forecast_;
    std::size_t reached = said_shares_;
    while (reached < kShares.size() && all.step >= kShares.at(reached) * all.steps_total) {
        ++reached;
    }
    if (reached > said_shares_ && all.step < all.steps_total) {
        ForecastSaid said{
            now.at_s, all.step, all.duration_s.value, all.duration_s.low, all.duration_s.high, {}, 0.0, 0.0};
        if (all.energy_j) {
            said.energy_j = all.energy_j->value;
            said.energy_low_j = all.energy_j->low;
            said.energy_high_j = all.energy_j->high;
        }
        record_.said.push_back(said);
        said_shares_ = reached;
    }
}

plan::Spending RunWatch::spent(const Now& now) const {
    const auto energy = exactly(now.energy_j);
    return {times(energy, grams_per_joule_), energy, exactly(now.at_s)};
}

/// What the carbon of a budget rests on, where nobody said a place.
std::string RunWatch::ground() const {
    return factors_.intensity.region_known
               ? std::string{}
               : "; no region is known, so at the world average of " +
                     present::significant(factors_.intensity.value.value(), 4) + " g/kWh";
}

void RunWatch::note(double at_s, std::string what, const std::string& limit, const std::string& detail) {
    if (budget_.events.size() < kMostEvents) {
        budget_.events.push_back({at_s, std::move(what), limit, detail});
    }
    say_(detail);
}

void RunWatch::look_at_budgets(const Now& now) {
    using Kind = plan::BudgetNews::Kind;
    std::optional<plan::Spending> foreseen;
    if (forecast_ && *forecast_) {
        const plan::Forecast& all = **forecast_;
        foreseen = plan::Spending{times(all.energy_j, grams_per_joule_), all.energy_j, all.duration_s};
    }
    for (const plan::BudgetNews& one : budgets_.look(now.at_s, spent(now), foreseen)) {
        const plan::Limit& limit = budgets_.limits().at(one.limit);
        const std::string resource{name_of(limit.of)};
        const std::string amount = present::amount_text(resource, one.amount);
        const std::string of_carbon = limit.of == plan::Resource::kCarbon ? ground() : "";
        const std::string budget = "the budget of " + limit.typed;
        switch (one.kind) {
            case Kind::kNear:
                note(now.at_s, "near", limit.typed, amount + " used, four fifths of " + budget + of_carbon);
                break;
            case Kind::kOver:
                note(now.at_s, "over", limit.typed, amount + " used: " + budget + " is spent" + of_carbon);
                break;
            case Kind::kForecast:
                note(now.at_s, "forecast", limit.typed,
                     "about " + amount + " foreseen, more than " + budget + of_carbon);
                break;
            case Kind::kSurely:
                note(now.at_s, "over", limit.typed,
                     amount + " foreseen: even the lower end of it is above " + budget + of_carbon);
                break;
            case Kind::kUnknown:
                note(now.at_s, "unknown", limit.typed,
                     budget + " cannot be watched: the energy of this run is not known");
                break;
        }
    }
    if (budgets_.is_over()) {
        act(now.at_s);
    }
}

/// What the command used between the last look and its end: nothing can be done any more but to say so.
void RunWatch::look_at_the_end(const Now& now) {
    for (const plan::BudgetNews& one : budgets_.look(now.at_s, spent(now), std::nullopt)) {
        const plan::Limit& limit = budgets_.limits().at(one.limit);
        if (one.kind == plan::BudgetNews::Kind::kOver) {
            note(now.at_s, "over", limit.typed,
                 present::amount_text(name_of(limit.of), one.amount) +
                     " used when the command ended: the budget of " + limit.typed + " is spent" +
                     (limit.of == plan::Resource::kCarbon ? ground() : ""));
        }
    }
}

void RunWatch::act(double now_s) {
    using Step = plan::BudgetAction::Step;
    for (Step step = action_.due(now_s); step != Step::kNothing; step = action_.due(now_s)) {
        switch (step) {
            case Step::kNothing: break;
            case Step::kSignal: {
                const int signal = *request_.action.signal;
                const std::string& name = request_.action.signal_name;
                // One that nobody catches would end the job, which is what "checkpoint now" must not do.
                const bool ends =
                    signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT;
                const std::vector<int> those =
                    ends ? job_.processes() : sample::first_to_catch(job_.command, signal);
                if (those.empty()) {
                    note(now_s, "signal", "", name + " was not sent: no process of the job handles it");
                    break;
                }
                sample::send_to_all(those, signal);
                note(now_s, "signal", "",
                     name + " sent to " + std::to_string(those.size()) +
                         (those.size() == 1 ? " process" : " processes"));
                break;
            }
            case Step::kTerminate:
                sample::send_to_all(job_.processes(), SIGTERM);
                told_to_end_ = true;
                note(now_s, "terminate", "",
                     "SIGTERM sent to the job; SIGKILL follows after " +
                         present::duration_text(request_.grace_s));
                break;
            case Step::kKill:
                sample::send_to_all(job_.processes(), SIGKILL);
                note(now_s, "kill", "", "SIGKILL sent to the job, which did not end by itself");
                break;
        }
    }
}

void RunWatch::turn(const Now& now, const std::function<void(const Marker&)>& keep) {
    take_printed(keep, false);
    foresee(now);
    if (!request_.budgets.empty()) {
        look_at_budgets(now);
    }
    if (relay_ && relay_->follow_size()) {
        sample::send_to_all(job_.processes(), SIGWINCH);
    }
}

void RunWatch::ended(const std::function<void(const Marker&)>& keep) {
    if (relay_) {
        relay_->finish();
        printed_->end();
    }
    take_printed(keep, true);
}

std::string RunWatch::line() const {
    if (!forecast_) {
        return request_.pattern || request_.steps_total ? "forecast: not enough yet" : "";
    }
    if (!*forecast_) {
        const bool asked = request_.pattern || request_.steps_total || keeper_.has_total();
        return asked ? "forecast: not enough yet" : "";
    }
    return present::forecast_line(**forecast_, grams_per_joule_);
}

void RunWatch::describe_begin(RunRecord& run) const {
    if (request_.steps_total) {
        run.forecast.emplace();
        run.forecast->steps_total = request_.steps_total;
        run.forecast->from = request_.pattern ? "output" : "markers";
    }
    if (!request_.budgets.empty()) {
        run.budget = budget_;
    }
}

void RunWatch::describe_end(const Now& now, RunRecord& run) {
    const plan::Progress& progress = keeper_.at(now.at_s);
    const auto total = request_.steps_total ? request_.steps_total : progress.total;
    if (!progress.steps.empty() && total) {
        record_.from = request_.pattern ? "output" : "markers";
        record_.steps_total = total;
        record_.first_step = progress.steps.front().step;
        record_.last_step = progress.steps.back().step;
        run.forecast = record_;
    }
    if (request_.budgets.empty()) {
        return;
    }
    look_at_the_end(now);
    budget_.ended_run = told_to_end_;
    const plan::Spending all = spent(now);
    for (std::size_t i = 0; i < budget_.limits.size(); ++i) {
        const auto& used = all.of(request_.budgets[i].of);
        budget_.limits[i].spent = used ? std::optional{used->value} : std::nullopt;
    }
    run.budget = budget_;
}

}  // namespace gramme::cli
