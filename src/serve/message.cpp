#include "serve/message.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

#include "present/json.hpp"

namespace gramme::serve {
namespace {

int digit_of(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/// In a query '+' is a blank.
Result<std::string> decoded(std::string_view text, bool is_query) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\0') {
            return Error{Code::kMalformed, "the address holds a NUL", ""};
        }
        if (text[i] == '+' && is_query) {
            out += ' ';
            continue;
        }
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 1 < text.size() ? digit_of(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return Error{Code::kMalformed, "a % in the address is not followed by two hexadecimal digits",
                         "write %25"};
        }
        constexpr int kSixteen = 16;
        const int byte = high * kSixteen + low;
        if (byte == 0) {
            return Error{Code::kMalformed, "the address holds a NUL", ""};
        }
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

bool climbs(std::string_view path) {
    std::size_t start = 0;
    while (start <= path.size()) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view segment = path.substr(start, end - start);
        if (segment == "." || segment == "..") {
            return true;
        }
        start = end + 1;
    }
    return false;
}

struct Named {
    Code code;
    int status;
    std::string_view name;
};
constexpr std::array<Named, 10> kCodes{{{Code::kUsage, 400, "usage"},
                                        {Code::kMalformed, 400, "malformed"},
                                        {Code::kOutOfRange, 400, "out_of_range"},
                                        {Code::kUnsupported, 400, "unsupported"},
                                        {Code::kNotFound, 404, "not_found"},
                                        {Code::kPermission, 403, "permission"},
                                        {Code::kUnavailable, 503, "unavailable"},
                                        {Code::kIo, 503, "unavailable"},
                                        {Code::kReset, 503, "unavailable"},
                                        {Code::kBug, 500, "internal"}}};

}  // namespace

std::optional<std::string_view> Request::value(std::string_view key) const {
    const auto found =
        std::find_if(query.begin(), query.end(), [&](const auto& one) { return one.first == key; });
    return found == query.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

std::string content_tag(std::string_view bytes) {
    return std::to_string(std::hash<std::string_view>{}(bytes)) + "-" + std::to_string(bytes.size());
}

Result<Target> parse_target(std::string_view target) {
    target = target.substr(0, target.find('#'));
    const std::size_t question = target.find('?');
    Target out;
    GRAMME_TRY(out.path, decoded(target.substr(0, question), false));
    if (out.path.empty() || out.path.front() != '/') {
        return Error{Code::kMalformed, "the address does not begin with /", ""};
    }
    if (climbs(out.path) || out.path.find('\\') != std::string::npos) {
        return Error{Code::kMalformed, "the address climbs out of its folder", ""};
    }
    std::string_view rest =
        question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = pair.find('=');
        GRAMME_TRY(std::string key, decoded(pair.substr(0, equals), true));
        GRAMME_TRY(
            std::string value,
            decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true));
        out.query.emplace_back(std::move(key), std::move(value));
    }
    return out;
}

Response error_response(int status, std::string_view code, std::string_view message, std::string_view hint) {
    present::Json error = present::Json::object();
    error["status"] = status;
    error["code"] = code;
    error["message"] = message;
    error["hint"] = hint;
    present::Json json = present::Json::object();
    json["schema"] = "gramme/error/1";
    json["error"] = error;
    Response response;
    response.status = status;
    response.body = present::dumped(json);
    response.cache_control = "no-store";
    return response;
}

Response error_response(const Error& error) {
    const auto* const found =
        std::find_if(kCodes.begin(), kCodes.end(), [&](const Named& one) { return one.code == error.code; });
    const Named& named = found == kCodes.end() ? kCodes.back() : *found;
    return error_response(named.status, named.name, error.what, error.hint);
}

}  // namespace gramme::serve
