// Filled by cmake/embed.cmake. Internal to serve.
#pragma once

#include <span>
#include <string_view>

namespace gramme::serve {

struct Asset {
    std::string_view path;  ///< "/assets/index-3f2a.js"
    std::string_view type;
    std::string_view hash;  ///< of the content
    std::string_view plain;
    std::string_view gzip;  ///< empty where it would be no smaller
};
[[nodiscard]] std::span<const Asset> asset_table();
/// docs/api/openapi.json
[[nodiscard]] std::string_view openapi_text();

}  // namespace gramme::serve
