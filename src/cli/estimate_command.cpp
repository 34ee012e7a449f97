// gramme estimate: the footprint of a job that was not measured.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "calculate/estimate.hpp"
#include "cli/command_context.hpp"
#include "cli/intensity_asked.hpp"
#include "config/job_request.hpp"
#include "config/override_tables.hpp"
#include "present/estimate.hpp"
#include "present/profile.hpp"

namespace gramme::cli {

namespace {

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

}  // namespace

Result<int> estimate_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    const OptionList& options = context.arguments.options;
    const bool over_time = context.arguments.has("intensity-csv") || context.arguments.has("intensity-live");
    GRAMME_CHECK(calculate::wanted_profile(options));
    GRAMME_CHECK(calculate::check_series_options(options, over_time));
    GRAMME_TRY(const JobRequest asked, job_request(options, context.options.factors));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_CHECK(calculate::check_region(asked.factors, tables));
    GRAMME_TRY(auto series, intensity_asked(context, span_of(asked)));
    if (context.arguments.has("intensity-live") && !asked.start_s) {
        hold(*series, asked.hours);
    }
    GRAMME_TRY(const calculate::Calculation done,
               calculate::calculate(options, asked, series ? &*series : nullptr, tables));
    const auto& [job, estimate, like] = done;
    std::string text;
    if (format == "json") {
        text = calculate::calculation_json(done);
    } else if (like) {
        const present::ProfileView view{job, estimate, *like};
        text = format == "csv" ? present::profile_csv(view)
                               : present::profile_text(view, context.terminal.out_style);
    } else {
        text = format == "csv" ? present::estimate_csv(estimate)
                               : present::estimate_text(job, estimate, context.terminal.out_style);
    }
    print(context.terminal.out, text);
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
