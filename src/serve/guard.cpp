#include "serve/guard.hpp"

#include <algorithm>

#include "base/parse.hpp"

namespace gramme::serve {
namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

bool names_this_machine(std::string_view name, const Access& access) {
    return name == "localhost" || name == "127.0.0.1" || name == "::1" || name == access.listen_host;
}

bool is_port(std::string_view text) {
    constexpr std::size_t kMostDigits = 5;
    return !text.empty() && text.size() <= kMostDigits &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "http://localhost:7777" without its scheme; nullopt for "null" and what else is no address.
std::optional<std::string_view> authority_of(std::string_view origin) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (origin.starts_with(scheme)) {
            return origin.substr(scheme.size());
        }
    }
    return std::nullopt;
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
    while (!cookies.empty()) {
        const std::size_t end = std::min(cookies.find(';'), cookies.size());
        const std::string_view one = trimmed(cookies.substr(0, end));
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return one.substr(name.size() + 1);
        }
    }
    return {};
}

bool has_token(const Request& request, const Access& access) {
    constexpr std::string_view kBearer = "bearer ";
    std::string_view given = request.authorization;
    if (lower(given.substr(0, kBearer.size())) == kBearer) {
        return same_secret(trimmed(given.substr(kBearer.size())), access.token);
    }
    return same_secret(cookie_value(request.cookie, token_cookie(request.host)), access.token);
}

}  // namespace

std::optional<std::string> host_name(std::string_view host) {
    if (host.empty() || host.find('@') != std::string_view::npos) {
        return std::nullopt;
    }
    if (host.front() == '[') {
        const std::size_t close = host.find(']');
        if (close == std::string_view::npos ||
            (close + 1 < host.size() && (host[close + 1] != ':' || !is_port(host.substr(close + 2))))) {
            return std::nullopt;
        }
        return lower(host.substr(1, close - 1));
    }
    const std::size_t colon = host.find(':');
    if (colon != std::string_view::npos && !is_port(host.substr(colon + 1))) {
        return std::nullopt;
    }
    const std::string name = lower(host.substr(0, colon));
    return name.empty() ? std::nullopt : std::optional{name};
}

std::string token_cookie(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    const std::string_view port = colon == std::string_view::npos ? "" : host.substr(colon + 1);
    return "gramme_token" + (is_port(port) ? "_" + std::string{port} : "");
}

bool same_secret(std::string_view given, std::string_view secret) {
    unsigned difference = given.size() == secret.size() && !secret.empty() ? 0U : 1U;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const char other = secret.empty() ? '\0' : secret[i % secret.size()];
        difference |= static_cast<unsigned char>(given[i] ^ other);
    }
    return difference == 0U;
}

std::optional<Response> refusal(const Request& request, const Access& access, bool open) {
    const auto name = host_name(request.host);
    if (!name) {
        return error_response(400, "malformed", "the request names no host", "");
    }
    if (access.loopback && !names_this_machine(*name, access)) {
        return error_response(403, "forbidden",
                              "this server answers to localhost, not to the name it was asked by",
                              "open http://localhost with the port that `gramme serve` printed");
    }
    if (!request.origin.empty()) {
        const auto authority = authority_of(request.origin);
        if (!authority || lower(*authority) != lower(request.host)) {
            return error_response(403, "forbidden", "a page of another site asked",
                                  "open the page itself, at the address that `gramme serve` printed");
        }
    }
    if (!open && request.fetch_site == "cross-site") {
        return error_response(403, "forbidden", "a page of another site asked",
                              "open the page itself, at the address that `gramme serve` printed");
    }
    if (!open && !access.token.empty() && !has_token(request, access)) {
        Response response =
            error_response(401, "token", "This page needs the token printed by `gramme serve`.",
                           "send Authorization: Bearer TOKEN, or open the address that was printed");
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
        return response;
    }
    return std::nullopt;
}

}  // namespace gramme::serve
