// --intensity-live and `gramme intensity`: what the command line and the environment say of a live provider,
// and its values. Only these ask a network, and only where the person names a provider on the command line.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "cli/command_context.hpp"
#include "live/live.hpp"
#include "model/intensity_series.hpp"
#include "refdata/tables.hpp"

namespace gramme::cli {

/// Values that touch the time from `from_s` until `until_s` (seconds since 1970, UTC), or the newest one
/// where both are 0. `provider_and_zone`: "electricitymaps:FR", "watttime:CAISO_NORTH", "neso"; a zone that
/// is left out is that of --region for Electricity Maps and GB for NESO. Reads --basis, --live-url,
/// --live-timeout and
/// --no-cache of the command, keys of the environment; prints warnings on standard error. Errors: see
/// live/live.hpp; the exit codes are 64, 65, 69 and 77.
[[nodiscard]] Result<IntensitySeries> live_intensity(const CommandContext& context,
                                                     std::string_view provider_and_zone, std::int64_t from_s,
                                                     std::int64_t until_s);

/// The same with what is known of the values; warnings are in it and not printed.
[[nodiscard]] Result<live::LiveAnswer> live_answer(const CommandContext& context,
                                                   std::string_view provider_and_zone, std::int64_t from_s,
                                                   std::int64_t until_s);

/// Electricity Maps' zone for a place: the country's two letters where the country is one zone there. kUsage
/// where it has several, or the place is no country's; `region` as typed, for the message.
[[nodiscard]] Result<std::string> electricity_maps_zone(const refdata::Tables& tables,
                                                        std::string_view region);

}  // namespace gramme::cli
