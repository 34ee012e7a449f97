// Options of live providers: of `gramme intensity`, and of each command that takes --intensity-live.
#pragma once

#include <string_view>

#include "cli/arguments.hpp"

namespace gramme::cli {

inline constexpr OptionSpec kLiveFrom{
    "from", "TIME",
    "Values from then on: 2026-11-23 or 2026-11-23T09:00:00Z (UTC). Default: the newest value only."};
inline constexpr OptionSpec kLiveUntil{"until", "TIME", "With --from: values before then. Default: now."};
inline constexpr OptionSpec kLiveBasis{
    "basis", "BASIS",
    "lifecycle or direct (electricitymaps), marginal or direct (watttime), direct (neso). Default: the first "
    "of these."};
inline constexpr OptionSpec kLiveRegion{"region", "REGION",
                                        "The country of electricitymaps where no zone stands behind it."};
inline constexpr OptionSpec kLiveUrl{
    "live-url", "URL",
    "Ask there instead of at the provider: a proxy of your own. It is given the key. https, or http on this "
    "machine."};
inline constexpr OptionSpec kLiveTimeout{"live-timeout", "SECONDS",
                                         "How long one request may take, 0.01 to 600. Default: 10."};
inline constexpr OptionSpec kLiveNoCache{
    "no-cache", "", "Neither look into $XDG_CACHE_HOME/gramme/intensity nor write there."};

inline constexpr std::string_view kLiveDescription =
    "Asks a provider over the network, which nothing else here does unasked: electricitymaps (hours; key in "
    "ELECTRICITYMAPS_TOKEN), watttime (5 minutes, marginal; WATTTIME_USER and WATTTIME_PASSWORD) or neso "
    "(half "
    "hours of Great Britain; no key). Keys are read from the environment only and written nowhere. Values "
    "are "
    "kept in a cache: those of more than two days ago for good, others for five minutes.";
inline constexpr std::string_view kLiveExamples =
    "  gramme intensity neso\n"
    "  gramme intensity electricitymaps:FR --from 2026-11-01 --until 2026-11-08 --format csv > grid.csv\n"
    "  gramme intensity watttime:CAISO_NORTH --json";

}  // namespace gramme::cli
