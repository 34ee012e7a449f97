// HTTP as an argument: what is asked, what comes back, and how often it is tried. Pure but for the transport
// and the sleep that it is given.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gramme::live {

struct HttpRequest {
    std::string url;
    std::vector<std::string> headers;  ///< "auth-token: ...": may hold secrets
    std::vector<std::string> secrets;  ///< texts that no message may hold
    double connect_timeout_s = 3.0;
    double timeout_s = 10.0;                         ///< of the whole exchange
    std::size_t most_bytes = std::size_t{4} << 20U;  ///< of headers and body
};

struct HttpAnswer {
    enum class Kind { kAnswered, kNoConnection, kTimedOut, kTooLarge, kFailed };
    Kind kind = Kind::kFailed;
    int status = 0;                       ///< of kAnswered: 200
    std::string body;                     ///< of kAnswered
    std::optional<double> retry_after_s;  ///< as the server wishes
    std::string message;                  ///< of the others: what the transport says
};

class Transport {
public:
    virtual ~Transport() = default;
    /// One GET; follows no redirect. kUnavailable where there is no transport at all.
    virtual Result<HttpAnswer> get(const HttpRequest& request) = 0;
};

using Sleep = std::function<void(double seconds)>;

/// Three tries at most, half a second and a second apart, of what may pass: no connection, 429, 500, 502,
/// 503, 504. A server that says Retry-After is waited for up to 10 s; one that wishes more is not asked
/// again. A time limit that was reached is not tried again: the person has waited long enough.
[[nodiscard]] Result<HttpAnswer> get_patiently(Transport& transport, const HttpRequest& request,
                                               const Sleep& sleep);

/// A server's address as a person gives it, without the slashes at its end: https, or http where the host is
/// this machine (127.0.0.0/8, [::1], localhost), since a key may go there. kUsage: another scheme, a name and
/// password, a query or fragment, anything that is not printable ASCII.
[[nodiscard]] Result<std::string> checked_server(std::string_view url);

/// `text` with each stretch replaced that secrets cover, also where one holds or overlaps another. Time grows
/// with length times secrets.
[[nodiscard]] std::string without_secrets(std::string_view text, const std::vector<std::string>& secrets);

}  // namespace gramme::live
