#include "calculate/estimate.hpp"

#include <utility>

#include "config/settings.hpp"
#include "estimate/equivalences.hpp"
#include "present/estimate.hpp"
#include "present/profile.hpp"

namespace gramme::calculate {
namespace {

/// What a person asked for that makes no sense is an error of usage, whoever noticed.
Error about_job(Error error, bool over_time) {
    const bool words = error.code == Code::kMalformed || error.code == Code::kNotFound ||
                       (error.code == Code::kOutOfRange && !over_time);
    error.code = words ? Code::kUsage : error.code;
    return error;
}

}  // namespace

Result<std::optional<estimate::Profile>> wanted_profile(const config::OptionList& options) {
    const auto name = config::value_of(options, "profile");
    if (!name) {
        return std::optional<estimate::Profile>{};
    }
    const auto profile = estimate::profile_named(*name);
    if (!profile) {
        return Error{Code::kUsage, "--profile: '" + *name + "' is no calculator that gramme can repeat",
                     "mlco2, codecarbon or green-algorithms"};
    }
    return profile;
}

Result<void> check_series_options(const config::OptionList& options, bool series) {
    if (config::value_of(options, "start") && !series) {
        return Error{Code::kUsage, "--start matters only where intensities change with time",
                     "give them with --intensity-csv or --intensity-live, or leave --start out"};
    }
    if (config::value_of(options, "profile") && series) {
        return Error{Code::kUsage, "--profile: no other calculator costs energy hour by hour",
                     "leave --intensity-csv and --intensity-live out"};
    }
    return {};
}

Result<void> check_region(const FactorRequest& factors, const refdata::Tables& tables) {
    if (!factors.region.empty()) {
        if (const auto place = tables.find_place(factors.region); !place) {
            return config::about_region(place.error(), factors);
        }
    }
    return {};
}

Result<Calculation> calculate(const config::OptionList& options, const JobRequest& asked,
                              const IntensitySeries* series, const refdata::Tables& tables) {
    GRAMME_TRY(const auto profile, wanted_profile(options));
    auto estimate = series != nullptr ? estimate::estimate_job(asked, *series, tables)
                                      : estimate::estimate_job(asked, tables);
    if (!estimate) {
        return about_job(estimate.error(), series != nullptr);
    }
    Calculation out{asked, *std::move(estimate), std::nullopt};
    Footprint& footprint = out.estimate.footprint;
    if (const auto keys = config::value_of(options, "equivalences")) {
        const double kg = footprint.operational_kgco2e ? footprint.operational_kgco2e->value : 0.0;
        GRAMME_TRY(footprint.equivalences, estimate::equivalences_named(*keys, kg, tables));
    }
    if (profile) {
        auto like = estimate::estimate_like(*profile, asked, tables);
        if (!like) {
            return about_job(like.error(), false);
        }
        out.like = *std::move(like);
    }
    return out;
}

std::string calculation_json(const Calculation& calculation) {
    const auto& [asked, estimate, like] = calculation;
    return like ? present::profile_json({asked, estimate, *like}) : present::estimate_json(asked, estimate);
}

}  // namespace gramme::calculate
