#include "base/json_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace gramme {
namespace {

constexpr int kDeepest = 64;

class Scanner {
public:
    Scanner(std::string_view text, std::vector<JsonMember>& out) : text_(text), out_(out) {}

    bool object_line() {
        blanks();
        if (!object(0)) {
            return false;
        }
        close_ = at_ - 1;
        blanks();
        return at_ == text_.size();
    }
    bool list() {
        blanks();
        if (!array(0)) {
            return false;
        }
        blanks();
        return at_ == text_.size();
    }
    [[nodiscard]] std::size_t close() const { return close_; }
    [[nodiscard]] std::size_t at() const { return at_; }

private:
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void blanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') {
            ++at_;
        }
    }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) {
            return false;
        }
        ++at_;
        return true;
    }
    bool word(std::string_view expected) {
        if (!text_.substr(at_).starts_with(expected)) {
            return false;
        }
        at_ += expected.size();
        return true;
    }

    bool string(std::string_view& inside) {
        if (!take('"')) {
            return false;
        }
        const std::size_t from = at_;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (static_cast<unsigned char>(text_[at_]) < 0x20) {
                return false;
            }
            if (text_[at_] == '\\') {
                ++at_;
                if (peek() == 'u') {
                    for (int i = 0; i < 4; ++i) {
                        ++at_;
                        const char c = peek();
                        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
                            return false;
                        }
                    }
                } else if (peek() == '\0' ||
                           std::string_view{"\"\\/bfnrt"}.find(peek()) == std::string_view::npos) {
                    return false;
                }
            }
            ++at_;
        }
        inside = text_.substr(from, at_ - from);
        return take('"');
    }

    bool digits() {
        const std::size_t from = at_;
        while (peek() >= '0' && peek() <= '9') {
            ++at_;
        }
        return at_ > from;
    }
    bool number() {
        (void)take('-');
        if (!take('0') && !digits()) {
            return false;
        }
        if (take('.') && !digits()) {
            return false;
        }
        if (take('e') || take('E')) {
            (void)(take('+') || take('-'));
            return digits();
        }
        return true;
    }

    bool value(int depth, JsonMember& member) {
        const std::size_t from = at_;
        bool good = false;
        switch (peek()) {
            case '"': member.kind = JsonMember::Kind::kString; return string(member.value);
            case '{': good = object(depth + 1); break;
            case '[': good = array(depth + 1); break;
            case 't': good = word("true"); break;
            case 'f': good = word("false"); break;
            case 'n':
                good = word("null");
                member.kind = JsonMember::Kind::kNull;
                break;
            default:
                good = number();
                member.kind = JsonMember::Kind::kNumber;
                break;
        }
        member.value = text_.substr(from, at_ - from);
        return good;
    }

    bool object(int depth) {
        if (depth > kDeepest || !take('{')) {
            return false;
        }
        blanks();
        if (take('}')) {
            return true;
        }
        do {
            JsonMember member;
            blanks();
            if (!string(member.key)) {
                return false;
            }
            blanks();
            if (!take(':')) {
                return false;
            }
            blanks();
            if (!value(depth, member)) {
                return false;
            }
            if (depth == 0) {
                out_.push_back(member);
            }
            blanks();
        } while (take(','));
        return take('}');
    }

    bool array(int depth) {
        if (depth > kDeepest || !take('[')) {
            return false;
        }
        blanks();
        if (take(']')) {
            return true;
        }
        do {
            JsonMember item;
            blanks();
            if (!value(depth, item)) {
                return false;
            }
            if (depth == 0) {
                out_.push_back(item);
            }
            blanks();
        } while (take(','));
        return take(']');
    }

    std::string_view text_;
    std::vector<JsonMember>& out_;  ///< of the outermost object or list
    std::size_t at_ = 0;
    std::size_t close_ = 0;
};

void append_utf8(std::string& out, std::uint32_t code) {
    const auto add = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | code >> 6);
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

std::uint32_t hex4(std::string_view text) {
    std::uint32_t code = 0xFFFF'FFFF;
    (void)std::from_chars(text.data(), text.data() + text.size(), code, 16);
    return text.size() == 4 ? code : 0xFFFF'FFFF;
}

}  // namespace

Result<void> scan_json_line(std::string_view line, JsonLine& out) {
    out.members.clear();
    Scanner scanner(line, out.members);
    if (!scanner.object_line()) {
        return Error{Code::kMalformed, "is no JSON object (byte " + std::to_string(scanner.at() + 1) + ")",
                     ""};
    }
    out.close = scanner.close();
    return {};
}

Result<void> scan_json_list(std::string_view text, std::vector<JsonMember>& out) {
    out.clear();
    Scanner scanner(text, out);
    if (!scanner.list()) {
        return Error{Code::kMalformed, "is no JSON list (byte " + std::to_string(scanner.at() + 1) + ")", ""};
    }
    return {};
}

Result<std::string> json_unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 >= text.size()) {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
            case 'b': out += '\b'; break;
            case 'f': out += '\f'; break;
            case 'n': out += '\n'; break;
            case 'r': out += '\r'; break;
            case 't': out += '\t'; break;
            case 'u': {
                std::uint32_t code = hex4(text.substr(i + 1, 4));
                i += 4;
                if (code >= 0xD800 && code < 0xDC00 &&
                    text.substr(std::min(i + 1, text.size()), 2) == "\\u") {
                    const std::uint32_t low = hex4(text.substr(i + 3, 4));
                    if (low >= 0xDC00 && low < 0xE000) {
                        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                        i += 6;
                    }
                }
                if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
                    return Error{Code::kMalformed, "holds half a surrogate pair", ""};
                }
                append_utf8(out, code);
                break;
            }
            default: out += text[i];
        }
    }
    return out;
}

std::string json_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            constexpr std::string_view kHex = "0123456789abcdef";
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace gramme
