// Intensities over time, from wherever the command line says: --intensity-csv or --intensity-live.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "cli/command_context.hpp"
#include "cli/intensity_csv.hpp"
#include "live/query.hpp"
#include "model/intensity_series.hpp"

namespace gramme::cli {

/// nullopt where neither is given. A table is read whole; a provider is asked for the time from `from_s`
/// until `until_s` (seconds since 1970, UTC), or for its newest value where both are 0. kUsage where both are
/// given; else as read_intensity_csv(), which `rule` is for, and live_answer().
[[nodiscard]] Result<std::optional<IntensitySeries>> intensity_asked(const CommandContext& context,
                                                                     std::optional<live::Span> span,
                                                                     std::string_view region = {},
                                                                     NotObserved rule = NotObserved::kHole);

}  // namespace gramme::cli
