// Options of gramme serve.
#pragma once

#include <array>
#include <string_view>

#include "cli/common_options.hpp"

namespace gramme::cli {

inline constexpr std::array kServeOptions{
    OptionSpec{"listen", "HOST:PORT",
               "Where to answer. Default: 127.0.0.1:7777, this machine only; port 0 takes a free one. Any "
               "other address "
               "needs the token that is printed (or your own in GRAMME_SERVE_TOKEN)."},
    OptionSpec{"open", "", "Open the page in the browser."},
    OptionSpec{"allow-write", "",
               "Let the page rename, delete and recost runs. Without it nothing can be changed."},
    kStore, kData};

inline constexpr std::string_view kServeDescription =
    "Opens a page on this machine with the runs of the store, those that run now with their power, a "
    "calculator, "
    "comparisons and a map; the same as JSON under /api/v1 (described by /api/v1/openapi.json), and /metrics "
    "for "
    "Prometheus. Nothing is fetched from elsewhere, nothing is sent. The server keeps nothing of its own: "
    "everything is "
    "in the store. The address is written to standard output. Ctrl-C stops it.";
inline constexpr std::string_view kServeExamples =
    "  gramme serve --open\n"
    "  gramme serve --store team.db --allow-write\n"
    "  gramme serve --listen 0.0.0.0:7777";

}  // namespace gramme::cli
