// --intensity-live and `gramme intensity`: what the command line and the environment say of a live provider,
// and its values. Only these ask a network, and only where the person names a provider on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "cli/command_context.hpp"
#include "live/live.hpp"
#include "model/intensity_series.hpp"
#include "refdata/tables.hpp"

namespace gramme::cli {

/// Values that touch `span`, or the newest one without it, with what is known of them; warnings are in it and
/// not printed. `provider_and_zone`: "electricitymaps:FR", "watttime:CAISO_NORTH", "neso"; a zone that is
/// left out is that of `region`, else of --region, for Electricity Maps and GB for NESO. Reads --basis,
/// --live-url, --live-timeout and
/// --no-cache of the command, keys of the environment. Errors: see live/live.hpp (exit codes 64, 65, 69 and
/// 77); kUsage for a span that is empty or ends before it begins.
[[nodiscard]] Result<live::LiveAnswer> live_answer(const CommandContext& context,
                                                   std::string_view provider_and_zone,
                                                   std::optional<live::Span> span,
                                                   std::string_view region = {});

/// For a command with --intensity-live, not for `gramme intensity`, which always asks: kUsage for a value of
/// --live-url or --live-timeout that is none, whether or not it would be used, and for one of these or
/// --no-cache where --intensity-live is absent.
[[nodiscard]] Result<void> check_live_options(const Arguments& arguments);

/// Electricity Maps' zone for a place: the country's two letters where the country is one zone there. kUsage
/// where it has several, or the place is no country's; `region` as typed, for the message.
[[nodiscard]] Result<std::string> electricity_maps_zone(const refdata::Tables& tables,
                                                        std::string_view region);

}  // namespace gramme::cli
