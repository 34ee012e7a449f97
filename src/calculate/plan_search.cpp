#include "calculate/plan_search.hpp"

#include <utility>

#include "base/parse.hpp"
#include "calculate/estimate.hpp"
#include "calculate/stored_footprint.hpp"

namespace gramme::calculate {
namespace {

using config::value_of;

Estimate over(const Estimate& one, double share) {
    return {one.value / share, one.low / share, one.high / share};
}

/// A share above 0, below 1 unless `whole` is one too.
Result<double> share_of(const config::OptionList& options, std::string_view name, double otherwise,
                        bool whole) {
    const auto text = value_of(options, name);
    if (!text) {
        return otherwise;
    }
    const std::string from = "--" + std::string{name};
    GRAMME_TRY(const double share, config::parse_share(*text, from));
    if (!(share > 0.0) || (!whole && share >= 1.0)) {
        return Error{Code::kUsage, from + ": '" + *text + "' is not between 0 and 1",
                     "write it as 5% or 0.05"};
    }
    return share;
}

Result<double> number_of(const config::OptionList& options, std::string_view name, double otherwise,
                         double least, double most) {
    const auto text = value_of(options, name);
    if (!text) {
        return otherwise;
    }
    const auto number = parse_double(*text);
    if (!number || *number < least || *number > most) {
        return Error{Code::kUsage, "--" + std::string{name} + ": '" + *text + "' makes no sense",
                     "give a number from " + plan::number_word(least) + " to " + plan::number_word(most)};
    }
    return *number;
}

plan::TrialCost cost_of(const Footprint& footprint, double hours, double share, std::string from) {
    plan::TrialCost out;
    if (footprint.energy_kwh) {
        out.energy_kwh = over(*footprint.energy_kwh, share);
    }
    if (footprint.operational_kgco2e) {
        out.operational_kgco2e = over(*footprint.operational_kgco2e, share);
    }
    if (hours > 0.0) {
        out.hours = hours / share;
    }
    out.from = std::move(from);
    return out;
}

}  // namespace

Result<void> check_trial_options(const config::OptionList& options) {
    if (!value_of(options, "pilot")) {
        return !value_of(options, "pilot-share")
                   ? Result<void>{}
                   : Error{Code::kUsage, "--pilot-share without --pilot", "name the run with --pilot RUN"};
    }
    for (const char* name : {"device", "instance", "power-w", "energy-kwh", "hours", "count", "region",
                             "intensity", "energy-source", "mix", "pue", "year", "basis"}) {
        if (value_of(options, name)) {
            return Error{Code::kUsage,
                         "--pilot and --" + std::string{name} + " both say what a training takes",
                         "give one of them; `gramme runs recost` works a run out for another place"};
        }
    }
    return {};
}

Result<plan::TrialCost> trial_of_run(store::Store& store, const config::OptionList& options) {
    constexpr double kSecondsPerHour = 3600.0;
    GRAMME_TRY(const double share, share_of(options, "pilot-share", 1.0, true));
    GRAMME_TRY(const store::StoredRun stored, store.show(value_of(options, "pilot").value_or("")));
    if (stored.footprint_json.empty()) {
        return Error{Code::kMalformed, "run " + stored.run.id + " has no result",
                     "take another run as --pilot"};
    }
    GRAMME_TRY(const Footprint footprint, read_footprint(stored.footprint_json));
    if (!footprint.energy_kwh) {
        return Error{Code::kMalformed, "nothing is known of the energy of run " + stored.run.id,
                     "take another run as --pilot"};
    }
    std::string from = "run " + stored.run.id.substr(0, 13) + ", " + std::string{name_of(footprint.quality)};
    if (share < 1.0) {
        from += ", taken for " + plan::number_word(share * 100.0) + " % of a training (--pilot-share)";
    }
    return cost_of(footprint, stored.run.duration_s / kSecondsPerHour, share, std::move(from));
}

Result<plan::TrialCost> trial_of_job(const config::OptionList& options, const FactorRequest& factors,
                                     const refdata::Tables& tables) {
    bool any = false;
    for (const auto* name : {"device", "instance", "power-w", "energy-kwh", "hours", "count"}) {
        any = any || value_of(options, name).has_value();
    }
    if (!any) {
        return plan::TrialCost{};
    }
    GRAMME_TRY(const JobRequest asked, config::job_request(options, factors));
    GRAMME_CHECK(check_region(asked.factors, tables));
    GRAMME_TRY(const Calculation done, calculate({}, asked, nullptr, tables));
    return cost_of(done.estimate.footprint, asked.hours, 1.0, "estimated from the options, not measured");
}

Result<plan::SearchPlan> search_plan(const config::OptionList& options, plan::Space space,
                                     plan::TrialCost trial) {
    constexpr double kMostEta = 10.0;
    constexpr double kMostResource = 1e6;
    plan::SearchRequest request;
    GRAMME_TRY(request.best, share_of(options, "best", request.best, false));
    constexpr double kLeastBest = 1e-9;
    if (request.best < kLeastBest) {
        return Error{Code::kUsage, "--best: less than 1e-9 of a space takes more trials than anybody has",
                     "give a larger share: 5%"};
    }
    GRAMME_TRY(request.confidence, share_of(options, "confidence", request.confidence, false));
    GRAMME_TRY(request.eta, number_of(options, "eta", request.eta, 2.0, kMostEta));
    GRAMME_TRY(request.resource, number_of(options, "resource", request.resource, 1.0, kMostResource));
    for (const auto& [name, value] : options) {
        if (name == "narrow") {
            GRAMME_TRY(auto narrowing, plan::parse_narrowing(value, space));
            request.narrow.push_back(std::move(narrowing));
        }
    }
    request.space = std::move(space);
    request.trial = std::move(trial);
    return plan::plan_search(request);
}

}  // namespace gramme::calculate
