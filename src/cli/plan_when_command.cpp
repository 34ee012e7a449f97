// gramme plan when: the start and the pauses with the least carbon before a deadline.
#include "calculate/plan_when.hpp"
#include "cli/command_context.hpp"
#include "cli/intensity_asked.hpp"
#include "config/override_tables.hpp"

namespace gramme::cli {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
/// Without a deadline: as far ahead as NESO tells.
constexpr std::int64_t kLiveAheadS = std::int64_t{2} * 24 * 3600;

/// Only one provider tells the future.
Result<void> check_provider(const Arguments& arguments) {
    const auto provider = arguments.value("intensity-live");
    if (!provider) {
        return {};
    }
    GRAMME_TRY(const live::Provider named,
               live::provider_named(std::string_view{*provider}.substr(0, provider->find(':'))));
    if (named != live::Provider::kNeso) {
        return Error{
            Code::kUsage,
            std::string{live::title_of(named)} + " is asked for the past here, and a plan needs a forecast",
            "take neso for Great Britain, or the provider's forecast as a table with --intensity-csv"};
    }
    return {};
}

}  // namespace

Result<int> plan_when_command(const CommandContext& context) {
    GRAMME_TRY(const std::string format, wanted_format(context.arguments, {"table", "json"}));
    GRAMME_TRY(const calculate::WhenRequest request,
               calculate::when_request(context.arguments.options, context.options.factors));
    GRAMME_TRY(const refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    GRAMME_CHECK(check_provider(context.arguments));
    const std::int64_t now_s = context.host.now().wall_ns / kNsPerSecond;
    const std::int64_t from_s = calculate::earliest_start(request, now_s);
    const std::int64_t until_s = request.deadline_s.value_or(from_s + kLiveAheadS + request.waiting.work_s);
    GRAMME_TRY(const auto forecast,
               intensity_asked(context, live::Span{from_s, until_s}, {}, NotObserved::kForecast));
    if (!forecast) {
        return Error{Code::kUsage, "no forecast of the grid was given",
                     "give --intensity-csv FILE, or --intensity-live neso for Great Britain"};
    }
    GRAMME_TRY(const present::WhenView view, calculate::planned_when(request, *forecast, now_s, tables));
    print(context.terminal.out,
          format == "json" ? present::when_json(view) : present::when_text(view, context.terminal.out_style));
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
