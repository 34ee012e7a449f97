// What of a job's description cannot be.
#include <algorithm>
#include <cmath>

#include "estimate/job_ledger.hpp"

namespace gramme::estimate {
namespace {

constexpr double kLeastHours = 1e-6;  ///< some milliseconds
constexpr double kMostHours = 1e9;    ///< device hours of the largest trainings are below 1e8
constexpr double kMostCount = 1e7;
constexpr double kMostWatts = 1e10;  ///< ten gigawatts
constexpr double kMostKwh = 1e12;

Error out_of_range(std::string what, std::string hint) {
    return Error{Code::kOutOfRange, std::move(what), std::move(hint)};
}

bool within(double value, double least, double most) {
    return std::isfinite(value) && value >= least && value <= most;
}

}  // namespace

Result<void> check(const JobRequest& asked) {
    if (asked.groups.empty()) {
        return Error{
            Code::kUsage, "nothing to estimate: no device, instance, power or energy was given",
            "for example: gramme estimate --device h100 --count 8 --hours 120 --region aws:eu-west-3"};
    }
    const bool only_energy = std::all_of(asked.groups.begin(), asked.groups.end(), [](const JobGroup& group) {
        return group.kind == JobGroup::Kind::kEnergy;
    });
    if (!only_energy && !(within(asked.hours, kLeastHours, kMostHours))) {
        return out_of_range(asked.hours == 0.0 ? "the hours are missing, or 0"
                                               : "the hours are not between 1e-6 and 1,000 million",
                            "give the wall-clock hours of the job with --hours, such as --hours 120");
    }
    if (asked.utilisation && !within(*asked.utilisation, 0.0, 1.0)) {
        return out_of_range("the utilisation is not between 0 and 1", "0.8 means busy for 80 % of the time");
    }
    if (asked.lifetime_years && !within(*asked.lifetime_years, 0.1, 100.0)) {
        return out_of_range("the lifetime is not between 0.1 and 100 years",
                            "servers are used for 3 to 6 years");
    }
    for (const JobGroup& group : asked.groups) {
        if (!(within(group.count, 0.0, kMostCount) && group.count > 0.0)) {
            return out_of_range("a count is not between 0 and 10 million",
                                "give the number of devices or machines");
        }
        if (group.kind == JobGroup::Kind::kPower && !within(group.amount, 0.0, kMostWatts)) {
            return out_of_range("the power is not between 0 and 10 GW", "give watts");
        }
        if (group.kind == JobGroup::Kind::kEnergy && !within(group.amount, 0.0, kMostKwh)) {
            return out_of_range("the energy is not between 0 and 1,000 TWh", "give kilowatt-hours");
        }
    }
    return {};
}

}  // namespace gramme::estimate
