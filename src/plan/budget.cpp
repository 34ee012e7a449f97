#include "plan/budget.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace gramme::plan {
namespace {

struct SignalName {
    std::string_view name;
    int number;
};
/// signal(7), the numbers that Linux uses on x86-64 and arm64 alike. None that a program cannot have meant.
constexpr std::array kSignals{SignalName{"HUP", 1},   SignalName{"INT", 2},   SignalName{"QUIT", 3},
                              SignalName{"USR1", 10}, SignalName{"USR2", 12}, SignalName{"ALRM", 14},
                              SignalName{"TERM", 15}, SignalName{"CONT", 18}, SignalName{"XCPU", 24},
                              SignalName{"WINCH", 28}};

}  // namespace

BudgetWatch::BudgetWatch(std::vector<Limit> limits, BudgetOn on)
    : limits_(std::move(limits)), on_(on), told_(limits_.size()), above_since_s_(limits_.size()) {}

std::vector<BudgetNews> BudgetWatch::look(double now_s, const Spending& spent,
                                          const std::optional<Spending>& foreseen) {
    using Kind = BudgetNews::Kind;
    std::vector<BudgetNews> news;
    for (std::size_t i = 0; i < limits_.size(); ++i) {
        const auto tell = [&](Kind kind, double amount) {
            bool& told = told_[i].at(static_cast<std::size_t>(kind));
            if (!told) {
                told = true;
                news.push_back({kind, i, amount});
            }
        };
        const Limit& limit = limits_[i];
        if (const auto& used = spent.of(limit.of)) {
            if (used->value >= limit.amount) {
                told_[i].at(static_cast<std::size_t>(Kind::kNear)) = true;  // one line is enough
                tell(Kind::kOver, used->value);
                over_ = true;
                continue;
            }
            if (used->value >= kNearShare * limit.amount) {
                tell(Kind::kNear, used->value);
            }
        } else if (now_s >= kPatienceS) {
            tell(Kind::kUnknown, 0.0);
        }
        const auto& whole = foreseen ? foreseen->of(limit.of) : std::nullopt;
        if (on_ != BudgetOn::kForecast || !whole) {
            continue;
        }
        if (!(whole->low > limit.amount)) {
            above_since_s_[i].reset();
        } else if (!above_since_s_[i]) {
            above_since_s_[i] = now_s;
        }
        const double whole_s = foreseen->time_s ? foreseen->time_s->value : 0.0;
        const double long_enough = std::min(kSureShare * whole_s, kSureAtMostS);
        if (above_since_s_[i] && now_s - *above_since_s_[i] >= long_enough) {
            told_[i].at(static_cast<std::size_t>(Kind::kForecast)) = true;
            tell(Kind::kSurely, whole->value);
            over_ = true;
        } else if (whole->value > limit.amount) {
            tell(Kind::kForecast, whole->value);
        }
    }
    return news;
}

Result<OnBudget> parse_on_budget(std::string_view text) {
    OnBudget out;
    bool warns = false;
    for (const std::string_view word : split(text, ',')) {
        const std::string small = folded(word);
        std::string_view name = small;
        if (name == "warn") {
            warns = true;
            continue;
        }
        if (name == "stop") {
            out.stop = true;
            continue;
        }
        if (name.starts_with("sig")) {
            name.remove_prefix(3);
        }
        const auto* const found = std::find_if(kSignals.begin(), kSignals.end(), [&](const SignalName& one) {
            return folded(one.name) == name;
        });
        if (found == kSignals.end() || out.signal || out.stop) {
            std::string known;
            for (const SignalName& one : kSignals) {
                known += ", SIG" + std::string{one.name};
            }
            return Error{
                Code::kUsage, "'" + std::string{text} + "' cannot be done when a budget is over",
                "give warn, stop, a signal and then stop (SIGUSR1,stop), or one of" + known.substr(1)};
        }
        out.signal = found->number;
        out.signal_name = "SIG" + std::string{found->name};
    }
    if (warns && (out.signal || out.stop)) {
        return Error{Code::kUsage, "'" + std::string{text} + "': warn is what is done alone",
                     "a warning is printed whatever else is done"};
    }
    return out;
}

BudgetAction::Step BudgetAction::due(double now_s) {
    if (what_.signal && !signalled_s_) {
        signalled_s_ = now_s;
        return Step::kSignal;
    }
    if (!what_.stop || killed_) {
        return Step::kNothing;
    }
    if (!terminated_s_) {
        if (signalled_s_ && now_s < *signalled_s_ + grace_s_) {
            return Step::kNothing;
        }
        terminated_s_ = now_s;
        return Step::kTerminate;
    }
    if (now_s < *terminated_s_ + grace_s_) {
        return Step::kNothing;
    }
    killed_ = true;
    return Step::kKill;
}

}  // namespace gramme::plan
