#include "serve/assets.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "serve/asset_table.hpp"

namespace gramme::serve {
namespace {

constexpr std::array<std::string_view, 11> kViews{
    "/compare",      "/calculator",    "/planner", "/planner/train", "/planner/search", "/planner/reuse",
    "/planner/when", "/planner/where", "/regions", "/method",        "/method/sources"};
/// Names with a hash of their content in them never change what they name.
constexpr std::string_view kHashed = "/assets/";

bool is_view(std::string_view path) {
    return path == "/" || path == "/runs" ||
           (path.starts_with("/runs/") && path.find('.') == std::string_view::npos) ||
           std::find(kViews.begin(), kViews.end(), path) != kViews.end();
}

}  // namespace

std::optional<Response> find_asset(std::string_view path, bool gzip) {
    const std::string_view wanted = is_view(path) ? std::string_view{"/index.html"} : path;
    const auto all = asset_table();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Asset& one) { return one.path == wanted; });
    if (found == all.end()) {
        return std::nullopt;
    }
    Response response;
    response.type = found->type;
    response.is_gzip = gzip && !found->gzip.empty();
    response.fixed = response.is_gzip ? found->gzip : found->plain;
    response.etag = "\"" + std::string{found->hash} + (response.is_gzip ? "-gz\"" : "\"");
    response.cache_control = wanted.starts_with(kHashed) ? "public, max-age=31536000, immutable" : "no-cache";
    return response;
}

}  // namespace gramme::serve
