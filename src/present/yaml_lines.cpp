#include "present/yaml_lines.hpp"

#include <optional>

namespace gramme::present {
namespace {

Error malformed(std::string what) {
    return {Code::kMalformed, std::move(what), ""};
}

std::size_t past_blanks(std::string_view line, std::size_t at) {
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) {
        ++at;
    }
    return at;
}

bool is_end_or_comment(std::string_view line, std::size_t at) {
    const std::size_t next = past_blanks(line, at);
    return next >= line.size() || (line[next] == '#' && (next > at || next == 0));
}

bool is_blank_at(std::string_view line, std::size_t at) {
    return at >= line.size() || line[at] == ' ' || line[at] == '\t';
}

/// Where a plain text stops: at a comment or the end.
std::size_t plain_end(std::string_view line, std::size_t at) {
    for (std::size_t i = at; i < line.size(); ++i) {
        if (line[i] == '#' && (i == 0 || is_blank_at(line, i - 1))) {
            return i;
        }
    }
    return line.size();
}

/// The colon that ends a plain key.
std::optional<std::size_t> plain_colon(std::string_view line, std::size_t at) {
    const std::size_t end = plain_end(line, at);
    for (std::size_t i = at; i < end; ++i) {
        if (line[i] == ':' && is_blank_at(line, i + 1)) {
            return i;
        }
    }
    return std::nullopt;
}

/// Behind the closing quote, where that is on this line.
std::optional<std::size_t> past_quoted(std::string_view line, std::size_t at) {
    const char quote = line[at];
    for (std::size_t i = at + 1; i < line.size(); ++i) {
        if (quote == '"' && line[i] == '\\') {
            ++i;
        } else if (line[i] == quote) {
            if (quote == '\'' && i + 1 < line.size() && line[i + 1] == '\'') {
                ++i;
            } else {
                return i + 1;
            }
        }
    }
    return std::nullopt;
}

struct FoundKey {
    std::string name;
    std::size_t value_at = 0;
    bool escaped = false;
};

/// "key:" or "'key':" at `at`.
std::optional<FoundKey> key_at(std::string_view line, std::size_t at) {
    if (line[at] == '"' || line[at] == '\'') {
        const auto past = past_quoted(line, at);
        const std::size_t colon = past ? past_blanks(line, *past) : line.size();
        if (colon >= line.size() || line[colon] != ':' || !is_blank_at(line, colon + 1)) {
            return std::nullopt;
        }
        const std::string_view inside = line.substr(at + 1, *past - at - 2);
        const bool escaped = inside.find(line[at] == '"' ? '\\' : '\'') != std::string_view::npos;
        return FoundKey{std::string{inside}, colon + 1, escaped};
    }
    if (std::string_view{"[]{}|>#"}.find(line[at]) != std::string_view::npos) {
        return std::nullopt;
    }
    const auto colon = plain_colon(line, at);
    if (!colon) {
        return std::nullopt;
    }
    std::string_view name = line.substr(at, *colon - at);
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    return FoundKey{std::string{name}, *colon + 1, false};
}

bool is_dash(std::string_view line, std::size_t at) {
    return at < line.size() && line[at] == '-' && is_blank_at(line, at + 1);
}

}  // namespace

Result<void> YamlLines::take_flow(std::string_view line, std::size_t at) {
    for (std::size_t i = at; i < line.size(); ++i) {
        const char c = line[i];
        if (quote_ != '\0') {
            if (quote_ == '"' && c == '\\') {
                ++i;
            } else if (c == quote_) {
                if (quote_ == '\'' && i + 1 < line.size() && line[i + 1] == '\'') {
                    ++i;
                } else {
                    quote_ = '\0';
                    token_start_ = false;
                }
            }
        } else if (brackets_.empty() && i > at) {  // it is over; only a comment may follow
            return is_end_or_comment(line, i)
                       ? Result<void>{}
                       : malformed("something stands behind a closed quote or bracket");
        } else if ((c == '"' || c == '\'') && token_start_) {
            quote_ = c;
        } else if (c == '[' || c == '{') {
            brackets_ += c;
            token_start_ = true;
        } else if (c == ']' || c == '}') {
            if (brackets_.empty() || brackets_.back() != (c == ']' ? '[' : '{')) {
                return malformed("a bracket is closed that is not open");
            }
            brackets_.pop_back();
            token_start_ = false;
        } else if (c == '#' && (i == 0 || is_blank_at(line, i - 1))) {
            return {};
        } else if (c == ' ' || c == '\t') {
            token_start_ = token_start_ || in_property_;
            in_property_ = false;
        } else {
            const bool starts_property = token_start_ && (c == '&' || c == '!');
            in_property_ = in_property_ || starts_property;
            token_start_ = c == ',' || c == ':' || c == '?';
        }
    }
    return {};
}

Result<void> YamlLines::take_value(std::string_view line, std::size_t at, int parent) {
    at = past_blanks(line, at);
    while (at < line.size() && (line[at] == '&' || line[at] == '!')) {  // an anchor or a tag
        while (!is_blank_at(line, at)) {
            ++at;
        }
        at = past_blanks(line, at);
    }
    if (at >= line.size() || line[at] == '#') {
        return {};
    }
    const char c = line[at];
    wants_value_ = false;
    if (c == '"' || c == '\'' || c == '[' || c == '{') {
        token_start_ = true;
        in_property_ = false;
        return take_flow(line, at);
    }
    if (c == '|' || c == '>') {
        block_parent_ = parent;
        return {};
    }
    if (std::string_view{"%@`]},"}.find(c) != std::string_view::npos || is_dash(line, at)) {
        return malformed("no value can begin with '" + std::string{c} + "' here");
    }
    if (plain_colon(line, at)) {
        return malformed("a second ': ' in one line needs quotes around the value");
    }
    if (plain_end(line, at) == line.size()) {
        plain_parent_ = parent;
    }
    return {};
}

Result<void> YamlLines::take_node(std::string_view line, std::size_t at) {
    int parent = static_cast<int>(at) - 1;
    while (is_dash(line, at)) {
        parent = static_cast<int>(at);
        at = past_blanks(line, at + 1);
        wants_value_ = false;
    }
    if (is_end_or_comment(line, at)) {
        return {};
    }
    if (const auto key = key_at(line, at)) {
        wants_value_ = false;
        return take_value(line, key->value_at, static_cast<int>(at));
    }
    return take_value(line, at, parent);
}

Result<YamlLines::Kind> YamlLines::take(std::string_view line) {
    if (is_open()) {
        GRAMME_CHECK(take_flow(line, 0));
        return Kind::kInside;
    }
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos || past_blanks(line, 0) == line.size()) {
        return Kind::kBlank;
    }
    if (block_parent_ != kNone && static_cast<int>(indent) > block_parent_) {
        return Kind::kInside;
    }
    block_parent_ = kNone;
    if (line[indent] == '#') {
        plain_parent_ = kNone;
        return indent == 0 || !any_key_ ? Kind::kBlank : Kind::kInside;
    }
    if (plain_parent_ != kNone && static_cast<int>(indent) > plain_parent_) {
        if (plain_colon(line, indent)) {
            return malformed("a key stands below a value that is not its parent");
        }
        return Kind::kInside;
    }
    plain_parent_ = kNone;
    if (line[indent] == '\t') {
        return malformed("it is indented with a tab");
    }
    if (indent > 0 || is_dash(line, 0)) {
        if (!any_key_ || (indent == 0 && !wants_value_ && !in_list_)) {
            return malformed(any_key_ ? "a list item stands where a key should be"
                                      : "it does not begin with a key");
        }
        in_list_ = indent == 0 || in_list_;
        GRAMME_CHECK(take_node(line, indent));
        return Kind::kInside;
    }
    const auto key = std::string_view{"[]{}|>&*!%@`?,\\"}.find(line[0]) == std::string_view::npos
                         ? key_at(line, 0)
                         : std::nullopt;
    if (!key || key->escaped) {
        return malformed(key ? "a key is written with an escape" : "this is no 'key: value'");
    }
    key_ = key->name;
    any_key_ = true;
    wants_value_ = true;
    in_list_ = false;
    GRAMME_CHECK(take_value(line, key->value_at, 0));
    return Kind::kKey;
}

Result<void> YamlLines::end() const {
    return is_open() ? malformed(quote_ != '\0' ? "a quote is not closed" : "a bracket is not closed")
                     : Result<void>{};
}

}  // namespace gramme::present
