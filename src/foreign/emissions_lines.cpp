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

std::vector<Line> lines_of(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {  // a byte order mark is no part of the first name
        text.remove_prefix(3);
    }
    std::vector<Line> out;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        Line line{number, text.substr(0, end), end != std::string_view::npos};
        text.remove_prefix(line.ended ? end + 1 : text.size());
        if (line.text.ends_with('\r')) {
            line.text.remove_suffix(1);
        }
        out.push_back(line);
    }
    return out;
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
