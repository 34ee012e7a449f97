#include "config/flat_request.hpp"

#include <algorithm>
#include <set>

#include "base/json_line.hpp"
#include "base/records.hpp"
#include "base/text.hpp"

namespace gramme::config {
namespace {

Error wrong(const std::string& key, const std::string& what, std::string hint = {}) {
    return {Code::kUsage, key + ": " + what, std::move(hint)};
}

Result<std::string> value_text(const JsonMember& member, const std::string& key) {
    std::string text{member.value};
    if (member.kind == JsonMember::Kind::kOther) {
        if (text != "true" && text != "false") {
            return wrong(key, "is neither text, number nor switch");
        }
        return std::string{text == "true" ? "on" : "off"};
    }
    if (member.kind == JsonMember::Kind::kString && text.find('\\') != std::string::npos) {
        GRAMME_TRY(text, json_unescaped(member.value));
    }
    if (text.find('\0') != std::string::npos) {
        return wrong(key, "holds a NUL character");
    }
    return text;
}

}  // namespace

Error config_refused() {
    return {Code::kUnsupported, "'config' is for the server to decide: a plan asks no files and variables",
            "leave it out, and say in the request itself what holds"};
}

Result<EstimateRequest> read_flat_request(std::string_view text, std::span<const std::string_view> flags) {
    if (text.size() > kMostRequest) {
        return Error{Code::kOutOfRange, "the request is longer than 1 MiB", ""};
    }
    if (first_bad_utf8(text) != std::string_view::npos) {
        return Error{Code::kMalformed, "the request is no UTF-8", ""};
    }
    JsonLine line;
    if (const auto scanned = scan_json_line(text, line); !scanned) {
        return Error{Code::kMalformed, "the request " + scanned.error().what,
                     R"(such as {"device": "h100", "count": 8, "region": "FRA"})"};
    }
    EstimateRequest out;
    out.config = false;
    std::set<std::string, std::less<>> seen;
    for (const JsonMember& member : line.members) {
        const std::string key{member.key};
        std::string flag = key;
        std::replace(flag.begin(), flag.end(), '_', '-');
        if (!seen.insert(flag).second) {
            return wrong(key, "is there twice");
        }
        if (member.kind == JsonMember::Kind::kNull) {
            continue;
        }
        if (flag == "config") {
            return config_refused();
        }
        const auto* const known = std::find(flags.data(), flags.data() + flags.size(), flag);
        if (known == flags.data() + flags.size()) {
            constexpr std::size_t kMost = 60;
            return Error{Code::kUsage, "a request has no key '" + key.substr(0, kMost) + "'",
                         did_you_mean(flag, std::vector<std::string>(flags.begin(), flags.end()))};
        }
        GRAMME_TRY(std::string value, value_text(member, key));
        out.options.emplace_back(*known, std::move(value));
    }
    GRAMME_TRY(out.flags, settings_of(out.options, false));
    return out;
}

}  // namespace gramme::config
