#include "config/config_scan.hpp"

namespace gramme::config {
namespace {

/// Where a string that begins at `at` ends: the index behind its last quote, or of the line's end where a
/// single-line one has none, or the text's.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    const std::string_view three = quote == '"' ? "\"\"\"" : "'''";
    const bool multiline = text.substr(at).starts_with(three);
    at += multiline ? 3 : 1;
    while (at < text.size()) {
        if (quote == '"' && text[at] == '\\') {
            at += 2;
        } else if (multiline ? text.substr(at).starts_with(three) : text[at] == quote) {
            return at + (multiline ? 3 : 1);
        } else if (!multiline && text[at] == '\n') {
            return at;
        } else {
            ++at;
        }
    }
    return text.size();
}

}  // namespace

std::optional<TextPlace> first_stray_character(std::string_view text) {
    TextPlace place;
    std::size_t line_begin = 0;
    std::size_t at = 0;
    const auto go_to = [&](std::size_t end) {
        for (; at < end && at < text.size(); ++at) {
            if (text[at] == '\n') {
                ++place.line;
                line_begin = at + 1;
            }
        }
    };
    if (text.starts_with("\xEF\xBB\xBF")) {
        at = 3;  // a byte order mark
    }
    while (at < text.size()) {
        const char c = text[at];
        if (c == '#') {
            const std::size_t end = text.find('\n', at);
            go_to(end == std::string_view::npos ? text.size() : end);
        } else if (c == '"' || c == '\'') {
            go_to(end_of_string(text, at));
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            place.column = at - line_begin + 1;
            return place;
        } else {
            go_to(at + 1);
        }
    }
    return std::nullopt;
}

}  // namespace gramme::config
