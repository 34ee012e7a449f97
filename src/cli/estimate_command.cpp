// gramme estimate: the footprint of a job that was not measured.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "cli/command_context.hpp"
#include "cli/intensity_asked.hpp"
#include "config/job_request.hpp"
#include "config/override_tables.hpp"
#include "config/settings.hpp"
#include "estimate/equivalences.hpp"
#include "present/estimate.hpp"
#include "present/profile.hpp"

namespace gramme::cli {

namespace {

Result<std::optional<estimate::Profile>> wanted_profile(const Arguments& arguments) {
    const auto name = arguments.value("profile");
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

/// nullopt where nobody said when the job starts.
std::optional<live::Span> span_of(const JobRequest& asked) {
    if (!asked.start_s) {
        return std::nullopt;
    }
    using Hours = std::chrono::duration<double, std::chrono::hours::period>;
    const Seconds length = Hours{std::min(asked.hours, 1e6)};  // more than a provider has, and no overflow
    const auto seconds = static_cast<std::int64_t>(std::ceil(length.count()));
    return live::Span{*asked.start_s, *asked.start_s + std::max<std::int64_t>(seconds, 1)};
}

/// The newest value of a provider says what the grid is like now: it stands for the whole job.
void hold(IntensitySeries& series, double hours) {
    if (!series.periods.empty()) {
        IntensityPeriod& newest = series.periods.back();
        const Seconds length =
            std::chrono::duration<double, std::chrono::hours::period>{std::min(hours, 1e6)};
        newest.until_s =
            std::max(newest.until_s, newest.from_s + static_cast<std::int64_t>(std::ceil(length.count())));
        series.from.chosen += ", its newest value for the whole job";
    }
}

Result<void> check_series_options(const Arguments& arguments) {
    const bool series = arguments.has("intensity-csv") || arguments.has("intensity-live");
    if (arguments.has("start") && !series) {
        return Error{Code::kUsage, "--start matters only where intensities change with time",
                     "give them with --intensity-csv or --intensity-live, or leave --start out"};
    }
    if (arguments.has("profile") && series) {
        return Error{Code::kUsage, "--profile: no other calculator costs energy hour by hour",
                     "leave --intensity-csv and --intensity-live out"};
    }
    return {};
}

/// What a person asked for that makes no sense is an error of usage, whoever noticed.
Error about_job(Error error, bool over_time = false) {
    const bool words = error.code == Code::kMalformed || error.code == Code::kNotFound ||
                       (error.code == Code::kOutOfRange && !over_time);
    error.code = words ? Code::kUsage : error.code;
    return error;
}

}  // namespace

Result<int> estimate_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const auto profile, wanted_profile(context.arguments));
    GRAMME_CHECK(check_series_options(context.arguments));
    GRAMME_TRY(const JobRequest asked, job_request(context.arguments.options, context.options.factors));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    if (!asked.factors.region.empty()) {
        if (const auto place = tables.find_place(asked.factors.region); !place) {
            return about_region(place.error(), asked.factors);
        }
    }
    GRAMME_TRY(auto series, intensity_asked(context, span_of(asked)));
    if (context.arguments.has("intensity-live") && !asked.start_s) {
        hold(*series, asked.hours);
    }
    auto estimate =
        series ? estimate::estimate_job(asked, *series, tables) : estimate::estimate_job(asked, tables);
    if (!estimate) {
        return about_job(estimate.error(), series.has_value());
    }
    Footprint& footprint = estimate->footprint;
    if (const auto keys = context.arguments.value("equivalences")) {
        const double kg = footprint.operational_kgco2e ? footprint.operational_kgco2e->value : 0.0;
        GRAMME_TRY(footprint.equivalences, estimate::equivalences_named(*keys, kg, tables));
    }
    if (profile) {
        const auto like = estimate::estimate_like(*profile, asked, tables);
        if (!like) {
            return about_job(like.error());
        }
        const present::ProfileView view{asked, *estimate, *like};
        print(context.terminal.out, format == "json" ? present::profile_json(view)
                                    : format == "csv"
                                        ? present::profile_csv(view)
                                        : present::profile_text(view, context.terminal.out_style));
        return static_cast<int>(kExitOk);
    }
    print(context.terminal.out, format == "json" ? present::estimate_json(asked, *estimate)
                                : format == "csv"
                                    ? present::estimate_csv(*estimate)
                                    : present::estimate_text(asked, *estimate, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
