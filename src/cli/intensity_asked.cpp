#include "cli/intensity_asked.hpp"

#include "cli/intensity_csv.hpp"
#include "cli/live_intensity.hpp"

namespace gramme::cli {

Result<std::optional<IntensitySeries>> intensity_asked(const CommandContext& context,
                                                       std::optional<live::Span> span,
                                                       std::string_view region, NotObserved rule) {
    GRAMME_CHECK(check_live_options(context.arguments));
    const auto file = context.arguments.value("intensity-csv");
    const auto provider = context.arguments.value("intensity-live");
    if (file && provider) {
        return Error{Code::kUsage, "--intensity-csv and --intensity-live both say what the grid emitted",
                     "give one of them"};
    }
    if (file) {
        GRAMME_TRY(IntensitySeries series,
                   read_intensity_csv(*file, context.arguments.value("basis").value_or(""), rule));
        return std::optional{std::move(series)};
    }
    if (provider) {
        GRAMME_TRY(live::LiveAnswer answer, live_answer(context, *provider, span, region));
        for (const std::string& warning : answer.warnings) {
            print_warning(context.terminal, warning);
        }
        return std::optional{std::move(answer.series)};
    }
    return std::optional<IntensitySeries>{};
}

}  // namespace gramme::cli
