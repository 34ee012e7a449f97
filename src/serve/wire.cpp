#include "serve/wire.hpp"

#include <algorithm>
#include <boost/beast/http/rfc7230.hpp>
#include <utility>

#include "serve/gzip.hpp"

namespace gramme::serve {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

std::string text_of(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Without regard to the case of ASCII letters. Not beast::iequals: that of Boost 1.74 reads a byte behind
/// the texts where they differ in case.
bool same(std::string_view one, std::string_view other) {
    const auto small = [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [&](char a, char b) { return small(a) == small(b); });
}

std::string_view view_of(beast::string_view text) {
    return {text.data(), text.size()};
}

/// "gzip" or "*" in Accept-Encoding, and not with a weight of 0 (RFC 9110 12.5.3).
bool takes_gzip(beast::string_view accepted) {
    for (const auto& [name, parameters] : http::ext_list{accepted}) {
        if (!same(view_of(name), "gzip") && name != "*") {
            continue;
        }
        for (const auto& [key, value] : parameters) {
            if (same(view_of(key), "q") && value.find_first_not_of("0.") == beast::string_view::npos) {
                return false;
            }
        }
        return true;
    }
    return false;
}

/// RFC 9110 13.1.2: weak comparison, "*" fits everything.
bool fits(std::string_view if_none_match, std::string_view etag) {
    if (etag.empty() || if_none_match.empty()) {
        return false;
    }
    return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

/// "http://localhost:7777/runs?q=a", as a client writes to a proxy (RFC 9112 3.2.2), in its authority and the
/// rest; all of another target is rest.
std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
    constexpr std::string_view kScheme = "http://";
    if (!same(target.substr(0, kScheme.size()), kScheme)) {
        return {{}, target};
    }
    const std::size_t end = std::min(target.find_first_of("/?", kScheme.size()), target.size());
    const std::string_view authority = target.substr(kScheme.size(), end - kScheme.size());
    if (authority.empty()) {
        return {{}, target};  // it names nobody and is refused
    }
    return {authority, end == target.size() ? std::string_view{"/"} : target.substr(end)};
}

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

void set_policy(WireFields& fields) {
    fields.set(http::field::server, "gramme");
    fields.set("X-Content-Type-Options", "nosniff");
    fields.set("Referrer-Policy", "no-referrer");
    fields.set("Cross-Origin-Resource-Policy", "same-origin");
    fields.set("Content-Security-Policy", kPolicy);
}

std::optional<Response> refused_head(const WireRequest& head, bool chunked) {
    // What two programs could read in two ways is refused, lest one of them is a proxy in front of us.
    if (head.count(http::field::content_length) + head.count(http::field::transfer_encoding) > 1 ||
        head.count(http::field::host) > 1 || head.count(http::field::origin) > 1) {
        return error_response(400, "malformed", "the request says its length, its host or its origin twice",
                              "");
    }
    if (head.count(http::field::transfer_encoding) > 0 &&
        (!chunked || !same(view_of(head[http::field::transfer_encoding]), "chunked"))) {
        return error_response(400, "malformed", "a transfer encoding that is not known", "");
    }
    if (same(view_of(head[http::field::expect]), "100-continue")) {
        return error_response(417, "malformed", "send the body at once", "");
    }
    return std::nullopt;
}

Result<void> read_request(WireRequest message, Request& out) {
    out = {};
    out.method = text_of(message.method_string());
    out.body = std::move(message.body());
    out.host = text_of(message[http::field::host]);
    out.origin = text_of(message[http::field::origin]);
    out.authorization = text_of(message[http::field::authorization]);
    out.cookie = text_of(message[http::field::cookie]);
    out.if_none_match = text_of(message[http::field::if_none_match]);
    out.fetch_site = text_of(message["Sec-Fetch-Site"]);
    out.accepts_gzip = takes_gzip(message[http::field::accept_encoding]);
    const auto [authority, rest] = split_target(view_of(message.target()));
    if (!authority.empty() && !same(authority, out.host)) {
        return Error{Code::kMalformed, "the request names two hosts", ""};
    }
    GRAMME_TRY(Target target, parse_target(rest));
    out.path = std::move(target.path);
    out.query = std::move(target.query);
    return {};
}

std::shared_ptr<WireAnswer> wire_answer(const Request& request, Response response, bool keep_alive) {
    constexpr std::size_t kWorthIt = 1024;
    auto answer = std::make_shared<WireAnswer>();
    auto& message = answer->message;
    answer->body = std::move(response.body);
    const bool is_head = request.method == "HEAD";
    const bool cacheable = (is_head || request.method == "GET") && response.status == 200 &&
                           response.cache_control != "no-store";
    const bool packs = request.accepts_gzip && response.fixed.empty() && answer->body.size() >= kWorthIt;
    std::string_view bytes = response.fixed.empty() ? std::string_view{answer->body} : response.fixed;
    std::string etag = response.etag;
    if (etag.empty() && cacheable) {
        etag = "\"" + content_tag(bytes) + (packs ? "-gz\"" : "\"");
    }
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    set_policy(message);
    for (const auto& [name, value] : response.headers) {
        message.set(name, value);
    }
    message.set(http::field::cache_control, response.cache_control);
    if (!etag.empty()) {
        message.set(http::field::etag, etag);
        message.set(http::field::vary, "Accept-Encoding");
    }
    if (cacheable && fits(request.if_none_match, etag)) {
        message.result(http::status::not_modified);
        bytes = {};
    } else if (response.status != 204) {
        message.set(http::field::content_type, response.type);
        if (response.is_gzip) {
            message.set(http::field::content_encoding, "gzip");
        } else if (packs) {
            answer->body = gzipped(bytes);
            bytes = answer->body;
            message.set(http::field::content_encoding, "gzip");
        }
    }
    if (response.status != 204 && message.result() != http::status::not_modified) {
        message.content_length(bytes.size());
    }
    if (!is_head) {
        message.body() = {bytes.data(), bytes.size()};
    }
    message.keep_alive(keep_alive);
    return answer;
}

}  // namespace gramme::serve
