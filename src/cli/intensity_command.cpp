// gramme intensity: the carbon intensity of a grid from a live provider, now or over a time.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/utc.hpp"
#include "cli/command_context.hpp"
#include "cli/live_intensity.hpp"
#include "config/override_tables.hpp"
#include "live/query.hpp"
#include "present/present.hpp"

namespace gramme::cli {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

Result<std::int64_t> time_of_option(const std::string& option, const std::string& typed) {
    const auto time = parse_utc(typed);
    if (!time) {
        return Error{Code::kUsage, "--" + option + ": " + time.error().what,
                     "give 2026-11-23 or 2026-11-23T09:00:00Z (UTC)"};
    }
    return *time / kNsPerSecond;
}

/// Nothing: the newest value.
Result<std::optional<live::Span>> times_of(const CommandContext& context) {
    const auto from = context.arguments.value("from");
    const auto until = context.arguments.value("until");
    if (!from && !until) {
        return std::optional<live::Span>{};
    }
    if (!from) {
        return Error{Code::kUsage, "--until without --from", "say from when on"};
    }
    live::Span times;
    GRAMME_TRY(times.from_s, time_of_option("from", *from));
    times.until_s = context.host.now().wall_ns / kNsPerSecond;
    if (until) {
        GRAMME_TRY(times.until_s, time_of_option("until", *until));
    }
    return std::optional{times};
}

/// Also the file that --intensity-csv reads: the columns up to the third are its own.
present::Table table_for_programs(const IntensitySeries& series) {
    present::Table table;
    table.columns = {"from", "until", "gco2e_per_kwh", "zone", "basis"};
    table.numeric = {false, false, true, false, false};
    for (const IntensityPeriod& period : series.periods) {
        table.rows.push_back({live::time_text(period.from_s), live::time_text(period.until_s),
                              fmt::format("{}", period.gco2e_per_kwh), series.zone, series.basis});
    }
    return table;
}

present::Table table_for_people(const IntensitySeries& series) {
    present::Table table;
    table.columns = {"from", "until", "g/kWh", "zone", "basis"};
    table.numeric = {false, false, true, false, false};
    for (const IntensityPeriod& period : series.periods) {
        table.rows.push_back({live::time_text(period.from_s), live::time_text(period.until_s),
                              fmt::format("{:.1f}", period.gco2e_per_kwh), series.zone, series.basis});
    }
    return table;
}

std::string json_of(const live::LiveAnswer& answer) {
    const IntensitySeries& series = answer.series;
    nlohmann::ordered_json json;
    json["schema"] = "gramme/intensity/1";
    json["zone"] = series.zone;
    json["basis"] = series.basis;
    json["source"] = series.from.source;
    json["sigma_ln"] = series.sigma_ln;
    json["measured"] = answer.measured;
    json["estimated"] = answer.estimated;
    json["forecast"] = answer.forecast;
    json["warnings"] = answer.warnings;
    auto rows = nlohmann::ordered_json::array();
    for (const IntensityPeriod& period : series.periods) {
        rows.push_back({{"from", live::time_text(period.from_s)},
                        {"until", live::time_text(period.until_s)},
                        {"gco2e_per_kwh", period.gco2e_per_kwh}});
    }
    json["rows"] = std::move(rows);
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<int> intensity_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json", "csv"}));
    GRAMME_TRY(const std::optional<live::Span> times, times_of(context));
    GRAMME_TRY(const live::LiveAnswer answer, live_answer(context, context.arguments.words.front(), times));
    for (const std::string& warning : answer.warnings) {
        print_warning(context.terminal, warning);
    }
    if (format == "json") {
        print(context.terminal.out, json_of(answer));
        return static_cast<int>(kExitOk);
    }
    const bool people = format == "table";
    GRAMME_TRY(const std::string out, present::table_text(people ? table_for_people(answer.series)
                                                                 : table_for_programs(answer.series),
                                                          format, context.terminal.out_style));
    print(context.terminal.out, out);
    if (people) {
        GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
        if (const auto source = tables.source(answer.series.from.source)) {
            print(context.terminal.out,
                  fmt::format("\nSource: {}, {}, {}\n", source->publisher, source->licence, source->url));
        }
    }
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
