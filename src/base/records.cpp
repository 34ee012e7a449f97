#include "base/records.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace gramme {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

std::size_t find_from(std::string_view text, char c, std::size_t from) {
    if (from >= text.size()) {
        return kNone;
    }
    const void* const found = std::memchr(text.data() + from, c, text.size() - from);
    return found == nullptr ? kNone : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

/// One past the quote that closes the field whose text begins at `at`; npos where none does.
std::size_t after_closing_quote(std::string_view text, std::size_t at, bool& doubled) {
    for (;;) {
        at = find_from(text, '"', at);
        if (at == kNone) {
            return kNone;
        }
        if (at + 1 < text.size() && text[at + 1] == '"') {
            doubled = true;
            at += 2;
            continue;
        }
        return at + 1;
    }
}

}  // namespace

std::size_t record_length(std::string_view text, Dialect dialect) {
    const std::size_t first_end = find_from(text, '\n', 0);
    if (!dialect.quotes || find_from(text.substr(0, first_end), '"', 0) == kNone) {
        return first_end == kNone ? kNone : first_end + 1;
    }
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '"') {
            bool doubled = false;
            at = after_closing_quote(text, at + 1, doubled);
            if (at == kNone) {
                return kNone;
            }
        }
        while (at < text.size() && text[at] != dialect.separator && text[at] != '\n') {
            ++at;
        }
        if (at < text.size() && text[at] == '\n') {
            return at + 1;
        }
        ++at;
    }
    return kNone;
}

std::size_t whole_records(std::string_view text, Dialect dialect) {
    if (!dialect.quotes || find_from(text, '"', 0) == kNone) {
        const std::size_t last = text.rfind('\n');
        return last == kNone ? 0 : last + 1;
    }
    std::size_t whole = 0;
    while (whole < text.size()) {
        const std::size_t length = record_length(text.substr(whole), dialect);
        if (length == kNone) {
            break;
        }
        whole += length;
    }
    return whole;
}

std::size_t line_end_length(std::string_view record) {
    if (!record.ends_with('\n')) {
        return 0;
    }
    return record.ends_with("\r\n") ? 2 : 1;
}

SplitTrouble split_record(std::string_view record, Dialect dialect, std::vector<RawField>& fields) {
    fields.clear();
    const bool quotes = dialect.quotes && find_from(record, '"', 0) != kNone;
    const char* const base = record.data();
    const std::size_t size = record.size();
    std::size_t at = 0;
    for (;;) {
        if (quotes && at < size && base[at] == '"') {
            RawField field;
            const std::size_t after = after_closing_quote(record, at + 1, field.doubled);
            if (after == kNone) {
                return SplitTrouble::kOpenQuote;
            }
            field.text = record.substr(at + 1, after - at - 2);
            fields.push_back(field);
            if (after == size) {
                return SplitTrouble::kNone;
            }
            if (base[after] != dialect.separator) {
                return SplitTrouble::kTextAfterQuote;
            }
            at = after + 1;
            continue;
        }
        std::size_t end = at;
        while (end < size && base[end] != dialect.separator) {
            ++end;
        }
        fields.push_back({record.substr(at, end - at), false});
        if (end == size) {
            return SplitTrouble::kNone;
        }
        at = end + 1;
    }
}

std::string_view value_of(const RawField& field, std::string& scratch) {
    if (!field.doubled) {
        return field.text;
    }
    scratch.clear();
    for (std::size_t i = 0; i < field.text.size(); ++i) {
        scratch += field.text[i];
        i += field.text[i] == '"' ? 1 : 0;
    }
    return scratch;
}

std::string field_text(std::string_view text, Dialect dialect) {
    std::string out;
    if (!dialect.quotes) {
        for (const char c : text) {
            out += c == dialect.separator || c == '\n' || c == '\r' ? ' ' : c;
        }
        return out;
    }
    const bool plain = text.find_first_of("\"\r\n") == kNone && text.find(dialect.separator) == kNone &&
                       (text.empty() || (text.front() != ' ' && text.back() != ' '));
    if (plain) {
        return std::string{text};
    }
    out += '"';
    for (const char c : text) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    return out + '"';
}

std::size_t first_bad_utf8(std::string_view text) {
    constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080U;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t eight = 0;
        if (at + sizeof eight <= text.size()) {
            std::memcpy(&eight, text.data() + at, sizeof eight);
            if ((eight & kHighBits) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        const unsigned char lead = byte(at);
        if (lead < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) {
            return at;
        }
        const unsigned char second = byte(at + 1);
        const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most) {
            return at;
        }
        for (std::size_t i = 2; i < length; ++i) {
            if ((byte(at + i) & 0xC0) != 0x80) {
                return at;
            }
        }
        at += length;
    }
    return kNone;
}

}  // namespace gramme
