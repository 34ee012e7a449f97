// Who may ask: Host, Origin and token. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "serve/message.hpp"

namespace gramme::serve {

struct Access {
    bool loopback = true;     ///< the server listens on a loopback address only
    std::string listen_host;  ///< "127.0.0.1", "::1", "192.0.2.7", without brackets
    std::string token;        ///< off loopback never empty
    bool allow_write = false;
};

/// The name in a Host header or an origin, lower case, without port and brackets; nullopt where it is none.
[[nodiscard]] std::optional<std::string> host_name(std::string_view host);

/// What is wrong with a request, as the answer to it; nullopt: it may pass. On loopback the Host must name
/// this machine, else a page of another name that resolves here could read the runs (DNS rebinding). An
/// Origin must be the Host's own. `open`: needs no token (the page itself, which holds nothing of anybody).
[[nodiscard]] std::optional<Response> refusal(const Request& request, const Access& access, bool open);

/// Equal, in a time that does not depend on where they differ.
[[nodiscard]] bool same_secret(std::string_view given, std::string_view secret);

/// The name of the cookie that the address with ?token= leaves behind. A browser sends cookies to every port
/// of a host, so it has the port that the browser asked, which a tunnel may have changed: "localhost:7777"
/// has gramme_token_7777, "localhost" gramme_token.
[[nodiscard]] std::string token_cookie(std::string_view host);

}  // namespace gramme::serve
