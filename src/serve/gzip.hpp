// gzip (RFC 1952) of a body, by Boost.Beast's own zlib.
#pragma once

#include <string>
#include <string_view>

namespace gramme::serve {

/// The whole of `text`, compressed quickly rather than tightly.
[[nodiscard]] std::string gzipped(std::string_view text);

}  // namespace gramme::serve
