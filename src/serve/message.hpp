// A request and its answer as the handlers see them: no sockets, no Beast.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace gramme::serve {

struct Request {
    std::string method;  ///< "GET", "POST", ...
    std::string path;    ///< percent-decoded, begins with '/', without "." and ".." segments
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in the order typed
    std::string body;
    std::string host;  ///< as sent: "localhost:7777"
    std::string origin;
    std::string authorization;
    std::string cookie;
    std::string if_none_match;
    std::string fetch_site;  ///< Sec-Fetch-Site
    bool accepts_gzip = false;

    /// The first value of a key of the query.
    [[nodiscard]] std::optional<std::string_view> value(std::string_view key) const;
};

struct Response {
    int status = 200;
    std::string type = "application/json; charset=utf-8";
    std::string body;
    std::string_view fixed;  ///< instead of `body`: bytes that live as long as the service
    bool is_gzip = false;    ///< the bytes are gzip already
    std::string etag;        ///< with its quotes; empty: made of the body
    std::string cache_control = "no-cache";
    std::vector<std::pair<std::string, std::string>> headers;
    bool streams = false;  ///< the body is endless: server-sent events of the live runs

    [[nodiscard]] std::string_view bytes() const { return fixed.empty() ? std::string_view{body} : fixed; }
};

/// For an ETag: differs where bytes differ, as good as surely; not the same in another build.
[[nodiscard]] std::string content_tag(std::string_view bytes);

/// The target of a request line: path and query. kMalformed: not absolute, a bad escape, a NUL, a segment
/// that climbs.
struct Target {
    std::string path;
    std::vector<std::pair<std::string, std::string>> query;
};
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// Schema gramme/error/1, with the status that suits the code of the error.
[[nodiscard]] Response error_response(const Error& error);
[[nodiscard]] Response error_response(int status, std::string_view code, std::string_view message,
                                      std::string_view hint);

}  // namespace gramme::serve
