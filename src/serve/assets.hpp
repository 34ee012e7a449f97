// The page, as it was built into the program: web/dist, each file as it is and as gzip.
#pragma once

#include <optional>
#include <string_view>

#include "serve/message.hpp"

namespace gramme::serve {

/// The file at a path; the addresses of views ("/", "/runs/01938f2a", "/calculator") give the page itself,
/// which finds its way from there. nullopt: nothing there.
[[nodiscard]] std::optional<Response> find_asset(std::string_view path, bool gzip);

}  // namespace gramme::serve
