#include "present/front_matter.hpp"

#include <algorithm>

#include "base/records.hpp"
#include "present/yaml_lines.hpp"

namespace gramme::present {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kUntouched = "the file stays as it is; put the block there by hand";

Error at_line(std::size_t number, const std::string& what) {
    return {Code::kMalformed, "front matter, line " + std::to_string(number) + ": " + what, kUntouched};
}

struct Line {
    std::string_view text;  ///< without its end
    std::size_t begin = 0;
    std::size_t next = 0;
};

Line line_at(std::string_view card, std::size_t begin) {
    const std::size_t feed = card.find('\n', begin);
    const std::size_t end = feed == std::string_view::npos ? card.size() : feed;
    std::string_view text = card.substr(begin, end - begin);
    if (feed != std::string_view::npos && text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    return {text, begin, feed == std::string_view::npos ? card.size() : feed + 1};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool is_dashes(std::string_view text) {
    return text.starts_with("---") && is_blank(text.substr(3));
}

/// Bytes that YAML takes for line ends and this does not, or that it does not allow.
bool has_odd_byte(std::string_view text) {
    for (const std::string_view odd : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
        if (text.find(odd) != std::string_view::npos) {
            return true;
        }
    }
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
}

struct Opening {
    Line line;
    std::size_t number = 1;
};

/// "--- # c", "--- {a: 1}", and three dashes with a bare CR behind them: front matter to a YAML reader, where
/// this would find none and put a second one before it.
bool opens_otherwise(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of('\r'), text.size()));
    return text.starts_with("---") && text.size() > 3 &&
           std::string_view{" \t\r"}.find(text[3]) != std::string_view::npos;
}

Result<std::optional<Opening>> opening_of(std::string_view card) {
    std::size_t at = card.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    for (std::size_t number = 1; at < card.size(); ++number) {
        const Line line = line_at(card, at);
        if (is_dashes(line.text)) {
            return std::optional{Opening{line, number}};
        }
        if (opens_otherwise(line.text)) {
            return at_line(number, "more than three dashes and a line end open it");
        }
        if (!is_blank(line.text)) {
            break;
        }
        at = line.next;
    }
    return std::optional<Opening>{};
}

/// Whether the rest of the mapping uses an anchor that is set in `gone`.
bool loses_an_anchor(std::string_view gone, std::string_view before, std::string_view after) {
    for (std::size_t at = gone.find('&'); at != std::string_view::npos; at = gone.find('&', at + 1)) {
        const std::size_t end = std::min(gone.find_first_of(" \t\r\n,[]{}", at), gone.size());
        const std::string alias = "*" + std::string{gone.substr(at + 1, end - at - 1)};
        if (alias.size() > 1 &&
            (before.find(alias) != std::string_view::npos || after.find(alias) != std::string_view::npos)) {
            return true;
        }
    }
    return false;
}

std::string with_line_ends(std::string_view block, std::string_view line_end) {
    std::string out;
    for (const char c : block) {
        if (c == '\n') {
            out += line_end;
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

Result<std::optional<FrontMatter>> find_front_matter(std::string_view card, std::string_view key) {
    GRAMME_TRY(const auto opening, opening_of(card));
    if (!opening) {
        return std::optional<FrontMatter>{};
    }
    FrontMatter found;
    found.line_end = card.substr(opening->line.begin + opening->line.text.size(),
                                 opening->line.next - opening->line.begin - opening->line.text.size());
    found.yaml.begin = opening->line.next;
    YamlLines lines;
    bool in_key = false;
    std::size_t number = opening->number;
    for (std::size_t at = opening->line.next; at < card.size();) {
        const Line line = line_at(card, at);
        ++number;
        if (is_dashes(line.text)) {
            found.yaml.end = line.begin;
            if (const auto ended = lines.end(); !ended) {
                return at_line(number, ended.error().what);
            }
            return std::optional{std::move(found)};
        }
        if (line.text.find('\r') != std::string_view::npos || has_odd_byte(line.text)) {
            return at_line(number, "it holds a control character");
        }
        if (first_bad_utf8(line.text) != std::string_view::npos) {
            return at_line(number, "it is not UTF-8");
        }
        if (line.text.starts_with("---") || line.text.starts_with("...")) {
            return at_line(number, "a second document begins");
        }
        const auto kind = lines.take(line.text);
        if (!kind) {
            return at_line(number, kind.error().what);
        }
        if (*kind == YamlLines::Kind::kKey) {
            in_key = lines.key() == key;
            if (in_key && found.key) {
                return at_line(number, "'" + std::string{key} + "' stands there twice");
            }
            if (in_key) {
                found.key = ByteRange{line.begin, line.next};
            }
        } else if (*kind == YamlLines::Kind::kInside && in_key) {
            found.key->end = line.next;
        }
        at = line.next;
    }
    return at_line(opening->number, "it is not closed by a second line of three dashes");
}

Result<std::string> with_front_matter(std::string_view card, std::string_view key, std::string_view block) {
    GRAMME_TRY(const auto found, find_front_matter(card, key));
    std::string out;
    if (found) {
        const std::string put = with_line_ends(block, found->line_end);
        const ByteRange gone = found->key.value_or(ByteRange{found->yaml.end, found->yaml.end});
        if (loses_an_anchor(card.substr(gone.begin, gone.end - gone.begin),
                            card.substr(found->yaml.begin, gone.begin - found->yaml.begin),
                            card.substr(gone.end, found->yaml.end - gone.end))) {
            return Error{Code::kMalformed,
                         "front matter: something else refers to an anchor inside '" + std::string{key} + "'",
                         kUntouched};
        }
        out.append(card.substr(0, gone.begin)).append(put).append(card.substr(gone.end));
    } else {
        const std::size_t mark = card.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
        const std::size_t feed = card.find('\n');
        const bool windows = feed != std::string_view::npos && feed > 0 && card[feed - 1] == '\r';
        const std::string own = "---\n" + std::string{block} + "---\n" + (card.size() > mark ? "\n" : "");
        out.append(card.substr(0, mark)).append(with_line_ends(own, windows ? "\r\n" : "\n"));
        out.append(card.substr(mark));
    }
    // The same reader must now find exactly the block: what it misunderstood would show here.
    GRAMME_TRY(const auto again, find_front_matter(out, key));
    if (!again || !again->key ||
        std::string_view{out}.substr(again->key->begin, again->key->end - again->key->begin) !=
            with_line_ends(block, again->line_end)) {
        return Error{Code::kMalformed,
                     "front matter: '" + std::string{key} + "' cannot be told from the rest", kUntouched};
    }
    return out;
}

}  // namespace gramme::present
