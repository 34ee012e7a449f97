#include "config/estimate_request.hpp"

#include <algorithm>
#include <array>

#include "base/json_line.hpp"
#include "base/records.hpp"
#include "base/text.hpp"
#include "config/request_keys.hpp"

namespace gramme::config {
namespace {

std::string key_text(std::string_view flag) {
    std::string out{flag};
    std::replace(out.begin(), out.end(), '-', '_');
    return out;
}

Error wrong(std::string_view flag, const std::string& what, std::string hint = {}) {
    return {Code::kUsage, key_text(flag) + ": " + what, std::move(hint)};
}

Error unknown(const std::string& typed, std::uint8_t kind) {
    constexpr std::size_t kMost = 60;
    std::vector<std::string> names;
    for (const RequestKey& key : kRequestKeys) {
        if ((key.kinds & kind) != 0 && key.type != RequestType::kOnlyProgram) {
            names.push_back(key_text(key.name));
        }
    }
    return {Code::kUsage, "a request has no key '" + typed.substr(0, kMost) + "'",
            did_you_mean(key_text(folded(typed)), names)};
}

Result<std::string> text_of(const JsonMember& member, std::string_view flag) {
    if (member.kind == JsonMember::Kind::kOther) {
        return wrong(flag, "is neither text nor number");
    }
    std::string text{member.value};
    if (member.kind == JsonMember::Kind::kString && text.find('\\') != std::string::npos) {
        auto meant = json_unescaped(member.value);
        if (!meant) {
            return wrong(flag, meant.error().what);
        }
        text = *std::move(meant);
    }
    if (text.find('\0') != std::string::npos) {
        return wrong(flag, "holds a NUL character");
    }
    return text;
}

/// Texts of a list, or of one text with commas in it.
Result<std::vector<std::string>> texts_of(const JsonMember& member, std::string_view flag) {
    std::vector<std::string> out;
    if (member.kind != JsonMember::Kind::kOther) {
        GRAMME_TRY(const std::string text, text_of(member, flag));
        for (const std::string_view one : split(text, ',')) {
            out.emplace_back(one);
        }
        return out;
    }
    std::vector<JsonMember> items;
    if (!scan_json_list(member.value, items)) {
        return wrong(flag, "is no list of texts");
    }
    for (const JsonMember& item : items) {
        if (item.kind == JsonMember::Kind::kNull) {
            return wrong(flag, "holds null");
        }
        GRAMME_TRY(std::string text, text_of(item, flag));
        if (text.find(',') != std::string::npos) {
            return wrong(flag, "a text of the list holds a comma", "make it two");
        }
        out.push_back(std::move(text));
    }
    return out;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) {
        out += (out.empty() ? "" : ",") + text;
    }
    return out;
}

class Reader {
public:
    explicit Reader(RequestKind kind) : kind_(static_cast<std::uint8_t>(kind)) {}

    Result<EstimateRequest> read(std::string_view text) {
        JsonLine line;
        if (const auto scanned = scan_json_line(text, line); !scanned) {
            return Error{Code::kMalformed, "the request " + scanned.error().what,
                         R"(such as {"device": "h100", "count": 8, "hours": 120, "region": "FRA"})"};
        }
        std::array<bool, kRequestKeys.size()> seen{};
        std::vector<std::pair<const RequestKey*, const JsonMember*>> rest;
        const JsonMember* groups = nullptr;
        const JsonMember* count = nullptr;
        std::vector<std::pair<const RequestKey*, const JsonMember*>> evidence;
        for (const JsonMember& member : line.members) {
            GRAMME_TRY(const std::size_t at, key_of(member));
            const RequestKey& key = kRequestKeys.at(at);
            if (seen.at(at)) {
                return wrong(key.name, "is there twice");
            }
            seen.at(at) = true;
            if (member.kind == JsonMember::Kind::kNull) {
                continue;
            }
            if (key.type == RequestType::kOnlyProgram) {
                return Error{Code::kUnsupported, key_text(key.name) + ": only the program has this flag",
                             "leave it out of the request"};
            }
            if (key.type == RequestType::kGroups) {
                groups = &member;
            } else if (key.evidence) {
                evidence.emplace_back(&key, &member);
            } else if (key.name == "count") {
                count = &member;
            } else {
                rest.emplace_back(&key, &member);
            }
        }
        GRAMME_CHECK(top_group(groups, evidence, count));
        for (const auto& [key, member] : rest) {
            GRAMME_CHECK(take(*key, *member));
        }
        GRAMME_TRY(out_.flags, settings_of(out_.options, false));
        return std::move(out_);
    }

private:
    using Evidence = std::vector<std::pair<const RequestKey*, const JsonMember*>>;

    [[nodiscard]] Result<std::size_t> key_of(const JsonMember& member) const {
        std::string typed{member.key};
        if (typed.find('\\') != std::string::npos) {
            auto meant = json_unescaped(typed);
            typed = meant ? *std::move(meant) : typed;
        }
        std::string flag = typed;
        std::replace(flag.begin(), flag.end(), '_', '-');
        for (std::size_t i = 0; i < kRequestKeys.size(); ++i) {
            if (kRequestKeys.at(i).name == flag && (kRequestKeys.at(i).kinds & kind_) != 0) {
                return i;
            }
        }
        return unknown(typed, kind_);
    }

    Result<void> add(std::string_view flag, const JsonMember& member) {
        GRAMME_TRY(std::string text, text_of(member, flag));
        out_.options.emplace_back(flag, std::move(text));
        return {};
    }

    Result<void> top_group(const JsonMember* groups, const Evidence& evidence, const JsonMember* count) {
        if (groups != nullptr) {
            if (!evidence.empty() || count != nullptr) {
                return wrong(evidence.empty() ? "count" : evidence.front().first->name,
                             "stands beside groups", "make it one of the groups");
            }
            return read_groups(*groups);
        }
        if (evidence.size() > 1) {
            return wrong(
                evidence[1].first->name, "stands beside " + key_text(evidence[0].first->name),
                R"(several things are "groups": [{"device": "h100", "count": 8}, {"power_w": 300}])");
        }
        if (!evidence.empty()) {
            GRAMME_CHECK(add(evidence.front().first->name, *evidence.front().second));
        }
        return count != nullptr ? add("count", *count) : Result<void>{};
    }

    Result<void> read_groups(const JsonMember& member) {
        std::vector<JsonMember> items;
        if (member.kind != JsonMember::Kind::kOther || !scan_json_list(member.value, items)) {
            return wrong("groups", "is no list", R"(such as [{"device": "h100", "count": 8}])");
        }
        if (items.size() > kMostGroups) {
            return Error{Code::kOutOfRange, "groups: more than 512 of them", "sum those that are alike"};
        }
        JsonLine line;
        for (const JsonMember& item : items) {
            if (!scan_json_line(item.value, line)) {
                return wrong("groups", "holds something else than objects");
            }
            GRAMME_CHECK(read_group(line));
        }
        return {};
    }

    Result<void> read_group(const JsonLine& line) {
        const JsonMember* count = nullptr;
        const JsonMember* evidence = nullptr;
        std::string_view flag;
        for (const JsonMember& member : line.members) {
            GRAMME_TRY(const std::size_t at, key_of(member));
            const RequestKey& key = kRequestKeys.at(at);
            const bool is_count = key.name == "count";
            if (!is_count && !key.evidence) {
                return wrong(key.name, "is one for all groups", "write it beside groups, not in one");
            }
            const JsonMember*& place = is_count ? count : evidence;
            if (member.kind == JsonMember::Kind::kNull) {
                continue;
            }
            if (place != nullptr) {
                return wrong(key.name, "a group says it twice, or beside another",
                             "one thing for each group");
            }
            place = &member;
            flag = is_count ? flag : key.name;
        }
        if (evidence == nullptr) {
            return wrong("groups", "one says neither device, instance, power_w nor energy_kwh");
        }
        GRAMME_CHECK(add(flag, *evidence));
        return count != nullptr ? add("count", *count) : Result<void>{};
    }

    Result<void> take(const RequestKey& key, const JsonMember& member) {
        const bool is_text = member.kind == JsonMember::Kind::kString;
        switch (key.type) {
            case RequestType::kText:
                return is_text ? add(key.name, member) : Result<void>{wrong(key.name, "is no text")};
            case RequestType::kSwitch:
                if (member.value == "true" || member.value == "false") {
                    out_.options.emplace_back(key.name, member.value == "true" ? "on" : "off");
                    return {};
                }
                return add(key.name, member);
            case RequestType::kList:
            case RequestType::kAlong: {
                GRAMME_TRY(std::vector<std::string> texts, texts_of(member, key.name));
                out_.options.emplace_back(key.name, joined(texts));
                if (key.type == RequestType::kAlong) {
                    out_.names = std::move(texts);
                }
                return {};
            }
            case RequestType::kJson:
                if (member.kind != JsonMember::Kind::kOther || member.value.find_first_of("[{") != 0) {
                    return wrong(key.name, "is neither an object nor a list");
                }
                out_.options.emplace_back(key.name, member.value);
                return {};
            case RequestType::kMix: return take_mix(member);
            case RequestType::kColumns: return take_columns(member);
            case RequestType::kKeep:
                if (is_text || (member.value != "true" && member.value != "false")) {
                    return wrong(key.name, "is neither true nor false");
                }
                out_.passthrough = member.value == "true";
                return {};
            case RequestType::kConfig:
                if (!is_text || (member.value != "none" && member.value != "auto")) {
                    return wrong(key.name, R"(is neither "none" nor "auto")",
                                 "none: neither files nor variables are asked");
                }
                out_.config = member.value == "auto";
                return {};
            default: return add(key.name, member);
        }
    }

    Result<void> take_mix(const JsonMember& member) {
        if (member.kind != JsonMember::Kind::kOther) {
            return add("mix", member);
        }
        JsonLine line;
        if (!scan_json_line(member.value, line)) {
            return wrong("mix", "is neither text nor object", R"(such as {"coal": 0.6, "wind": 0.4})");
        }
        std::string text;
        for (JsonMember one : line.members) {
            GRAMME_TRY(const std::string share, text_of(one, "mix"));
            one.value = one.key;
            one.kind = JsonMember::Kind::kString;
            GRAMME_TRY(const std::string source, text_of(one, "mix"));
            if ((source + share).find_first_of(",=") != std::string::npos) {
                return wrong("mix", "a name or share in it holds a comma or an equals sign");
            }
            text += (text.empty() ? "" : ",") + source + "=" + share;
        }
        out_.options.emplace_back("mix", std::move(text));
        return {};
    }

    Result<void> take_columns(const JsonMember& member) {
        JsonLine line;
        if (member.kind != JsonMember::Kind::kOther || !scan_json_line(member.value, line)) {
            return wrong("columns", "is no object", R"(such as {"hours": "duration:min"})");
        }
        for (JsonMember one : line.members) {
            if (one.kind != JsonMember::Kind::kString) {
                return wrong("columns", "names a column by something else than text");
            }
            GRAMME_TRY(std::string theirs, text_of(one, "columns"));
            one.value = one.key;
            GRAMME_TRY(std::string ours, text_of(one, "columns"));
            out_.columns.emplace_back(std::move(ours), std::move(theirs));
        }
        return {};
    }

    std::uint8_t kind_;
    EstimateRequest out_;
};

}  // namespace

Result<EstimateRequest> read_estimate_request(std::string_view text, RequestKind kind) {
    if (text.size() > kMostRequest) {
        return Error{Code::kOutOfRange, "the request is longer than 1 MiB", ""};
    }
    if (const std::size_t bad = first_bad_utf8(text); bad != std::string_view::npos) {
        return Error{Code::kMalformed, "the request is no UTF-8 (byte " + std::to_string(bad + 1) + ")", ""};
    }
    return Reader{kind}.read(text);
}

}  // namespace gramme::config
