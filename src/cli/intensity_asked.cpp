#include "cli/intensity_asked.hpp"

#include "cli/intensity_csv.hpp"
#include "cli/live_intensity.hpp"

namespace gramme::cli {

Result<std::optional<IntensitySeries>> intensity_asked(const CommandContext& context, std::int64_t from_s,
                                                       std::int64_t until_s) {
    const auto file = context.arguments.value("intensity-csv");
    const auto provider = context.arguments.value("intensity-live");
    if (file && provider) {
        return Error{Code::kUsage, "--intensity-csv and --intensity-live both say what the grid emitted",
                     "give one of them"};
    }
    if (file) {
        GRAMME_TRY(IntensitySeries series,
                   read_intensity_csv(*file, context.arguments.value("basis").value_or("")));
        return std::optional{std::move(series)};
    }
    if (provider) {
        GRAMME_TRY(IntensitySeries series, live_intensity(context, *provider, from_s, until_s));
        return std::optional{std::move(series)};
    }
    return std::optional<IntensitySeries>{};
}

}  // namespace gramme::cli
