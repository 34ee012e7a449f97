// Budgets of a run while it goes on: which of them is near or over, and what is to be done when. Pure: it is
// told the time.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "plan/limit.hpp"

namespace gramme::plan {

enum class BudgetOn : std::uint8_t {
    kSpent,
    kForecast,  ///< also what is foreseen
};

/// What was used so far or will be in all; absent: not known.
struct Spending {
    std::optional<Estimate> carbon_g;
    std::optional<Estimate> energy_j;
    std::optional<Estimate> time_s;
    [[nodiscard]] const std::optional<Estimate>& of(Resource resource) const {
        return resource == Resource::kCarbon ? carbon_g : resource == Resource::kEnergy ? energy_j : time_s;
    }
};

struct BudgetNews {
    enum class Kind : std::uint8_t {
        kNear,      ///< 80 % is spent
        kOver,      ///< all of it is
        kForecast,  ///< the middle of the forecast is over it
        kSurely,    ///< the lower end of the forecast is, and has been for a while
        kUnknown,   ///< nothing of what it limits is known
    };
    Kind kind = Kind::kNear;
    std::size_t limit = 0;
    double amount = 0.0;  ///< spent, or foreseen
};

/// Tells each piece of news once. One thread.
class BudgetWatch {
public:
    static constexpr double kNearShare = 0.8;
    /// What was never known by then is said to be so.
    static constexpr double kPatienceS = 10.0;
    /// A forecast is believed when it has said the same for so much of the time that it foresees, at most so
    /// long: what it says first may lie off by more than its interval.
    static constexpr double kSureShare = 0.05;
    static constexpr double kSureAtMostS = 600.0;

    BudgetWatch(std::vector<Limit> limits, BudgetOn on);

    /// `spent` by their middle, `foreseen` where there is a forecast.
    [[nodiscard]] std::vector<BudgetNews> look(double now_s, const Spending& spent,
                                               const std::optional<Spending>& foreseen);
    /// It is time to act: a limit is spent, or on kForecast surely will be.
    [[nodiscard]] bool is_over() const noexcept { return over_; }
    [[nodiscard]] const std::vector<Limit>& limits() const noexcept { return limits_; }

private:
    std::vector<Limit> limits_;
    BudgetOn on_;
    std::vector<std::array<bool, 5>> told_;
    std::vector<std::optional<double>> above_since_s_;  ///< the lower end of the forecast
    bool over_ = false;
};

/// What is done when a budget is over.
struct OnBudget {
    std::optional<int> signal;  ///< sent once: "checkpoint now"
    std::string signal_name;    ///< "SIGUSR1"
    bool stop = false;          ///< SIGTERM, at once or a grace after the signal; SIGKILL a grace later
};

/// "warn", a signal by its name with or without SIG, "stop", "SIGUSR1,stop". kUsage with what there is.
[[nodiscard]] Result<OnBudget> parse_on_budget(std::string_view text);

/// The steps of it in time. One thread.
class BudgetAction {
public:
    enum class Step : std::uint8_t { kNothing, kSignal, kTerminate, kKill };
    BudgetAction(OnBudget what, double grace_s) : what_(std::move(what)), grace_s_(grace_s) {}
    /// The budget is over since `now_s` or before: what is due. To be asked until it is kNothing.
    [[nodiscard]] Step due(double now_s);

private:
    OnBudget what_;
    double grace_s_;
    std::optional<double> signalled_s_;
    std::optional<double> terminated_s_;
    bool killed_ = false;
};

}  // namespace gramme::plan
