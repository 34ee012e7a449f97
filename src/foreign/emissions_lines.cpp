#include "foreign/emissions_lines.hpp"

namespace gramme::foreign {
namespace {

constexpr std::size_t kMostFields = 256;

/// Windows wrote such files in its own code page; its letters are those of Latin-1.
std::string as_utf8(std::string_view text) {
    if (first_bad_utf8(text) == std::string_view::npos) {
        return std::string{text};
    }
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0U | (byte >> 6U));
            out += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return out;
}

}  // namespace

LineReader::LineReader(std::string_view text) : left_(text) {
    if (left_.starts_with("\xEF\xBB\xBF")) {  // a byte order mark is no part of the first name
        left_.remove_prefix(3);
    }
    const std::size_t first = left_.find_first_of("\r\n");
    if (first != std::string_view::npos && left_[first] == '\r' && left_.substr(first + 1, 1) != "\n") {
        ends_ = "\r\n";
    }
}

std::optional<Line> LineReader::next() {
    if (left_.empty()) {
        return std::nullopt;
    }
    const std::size_t end = left_.find_first_of(ends_);
    Line line{++number_, left_.substr(0, end), end != std::string_view::npos};
    const bool is_crlf = line.ended && left_.substr(end, 2) == "\r\n";
    left_.remove_prefix(line.ended ? end + (is_crlf ? 2 : 1) : left_.size());
    if (line.text.ends_with('\r')) {
        line.text.remove_suffix(1);
    }
    return line;
}

SplitLine split_line(std::string_view line) {
    SplitLine out;
    std::vector<RawField> raw;
    out.trouble = split_record(line, Dialect{}, raw);
    std::string scratch;
    for (std::size_t i = 0; i < raw.size() && i < kMostFields; ++i) {
        out.fields.push_back(as_utf8(value_of(raw[i], scratch)));
    }
    return out;
}

}  // namespace gramme::foreign
