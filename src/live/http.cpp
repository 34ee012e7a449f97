#include "live/http.hpp"

#include <algorithm>
#include <array>

#include "base/parse.hpp"
#include "base/text.hpp"

namespace gramme::live {
namespace {

constexpr std::array kWaits{0.5, 1.0};  // s, between the tries
constexpr double kLongestWait = 10.0;

bool may_pass(const HttpAnswer& answer) {
    constexpr std::array kStatuses{429, 500, 502, 503, 504};
    return answer.kind == HttpAnswer::Kind::kNoConnection ||
           (answer.kind == HttpAnswer::Kind::kAnswered &&
            std::find(kStatuses.begin(), kStatuses.end(), answer.status) != kStatuses.end());
}

/// 127.0.0.0/8 as four decimal numbers: "127.1" and "127.0.0.1.example.org" are names to look up.
bool is_loopback(std::string_view host) {
    if (host == "[::1]" || host == "localhost") {
        return true;
    }
    const auto parts = split(host, '.');
    return parts.size() == 4 && parts.front() == "127" &&
           std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               const auto number = part.empty() || part.size() > 3 ? std::nullopt : read_u64(part);
               return number && *number <= 255;
           });
}

}  // namespace

Result<HttpAnswer> get_patiently(Transport& transport, const HttpRequest& request, const Sleep& sleep) {
    for (std::size_t tries = 0;; ++tries) {
        GRAMME_TRY(HttpAnswer answer, transport.get(request));
        if (!may_pass(answer) || tries == kWaits.size()) {
            return answer;
        }
        const double wait = std::max(answer.retry_after_s.value_or(0.0), kWaits[tries]);
        if (wait > kLongestWait) {
            return answer;
        }
        sleep(wait);
    }
}

Result<std::string> checked_server(std::string_view url) {
    const auto refused = [&](const std::string& why) {
        return Error{Code::kUsage, "--live-url: " + why, "give https://HOST, or http://127.0.0.1:PORT"};
    };
    const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!printable) {
        return refused("the address holds a blank or another character that no address has");
    }
    const bool encrypted = url.starts_with("https://");
    if (!encrypted && !url.starts_with("http://")) {
        return refused("the address begins with neither https:// nor http://");
    }
    const std::string_view scheme = encrypted ? "https" : "http";
    std::string_view rest = url.substr(scheme.size() + 3);
    if (rest.find_first_of("?#\\") != std::string_view::npos) {
        return refused("the address holds a query or a fragment");
    }
    const std::string_view authority = rest.substr(0, rest.find('/'));
    if (authority.find('@') != std::string_view::npos) {
        return refused("the address holds a name or password");
    }
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
    const std::size_t host_end = bracket != std::string_view::npos ? bracket + 1 : authority.rfind(':');
    const std::string_view host = authority.substr(0, host_end);
    if (const auto port = authority.substr(host.size()); !port.empty() && !port.starts_with(':')) {
        return refused("something stands behind the host that is no port");
    }
    if (host.empty()) {
        return refused("the address names no host");
    }
    if (!encrypted && !is_loopback(host)) {
        return refused("a key must not travel unencrypted: http:// is for this machine only");
    }
    while (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    return std::string{scheme} + "://" + std::string{rest};
}

std::string without_secrets(std::string_view text, const std::vector<std::string>& secrets) {
    constexpr std::string_view kHidden = "(key)";
    // Marked in the text as it came: one secret may hold another, or begin where another has not ended, and
    // what is left of the longer one once the shorter is replaced would be half a key.
    std::vector<bool> hidden(text.size(), false);
    for (const std::string& secret : secrets) {
        for (std::size_t at = secret.empty() ? std::string::npos : text.find(secret); at != std::string::npos;
             at = text.find(secret, at + 1)) {
            std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(at), secret.size(), true);
        }
    }
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!hidden[i]) {
            out += text[i];
        } else if (i == 0 || !hidden[i - 1]) {
            out += kHidden;
        }
    }
    return out;
}

}  // namespace gramme::live
