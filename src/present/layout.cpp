#include "present/layout.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gramme::present {
namespace {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

/// The character at the start of `text` (not empty). RFC 3629: no overlong forms, no surrogates.
CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80U) {
        return {lead, 1, true};
    }
    const std::size_t bytes = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    if (lead < 0xC2U || lead > 0xF4U || bytes > text.size()) {
        return {};
    }
    std::uint32_t value = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return {};
        }
        value = value << 6U | (byte(i) & 0x3FU);
    }
    const bool overlong = (bytes == 3 && value < 0x800U) || (bytes == 4 && value < 0x10000U);
    const bool surrogate = value >= 0xD800U && value <= 0xDFFFU;
    return overlong || surrogate || value > 0x10FFFFU ? CodePoint{} : CodePoint{value, bytes, true};
}

struct Range {
    std::uint32_t first, last;
};

constexpr std::array kZeroWidth{Range{0x300, 0x36F},   Range{0x483, 0x489},   Range{0x591, 0x5BD},
                                Range{0x610, 0x61A},   Range{0x64B, 0x65F},   Range{0x1AB0, 0x1AFF},
                                Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
                                Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
constexpr std::array kDoubleWidth{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                                  Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                                  Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
                                  Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                                  Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, std::uint32_t value) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range& r) { return value >= r.first && value <= r.last; });
}

std::size_t width_of(const CodePoint& one) {
    if (!one.valid) {
        return 1;
    }
    return within(kZeroWidth, one.value) ? 0 : within(kDoubleWidth, one.value) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const CodePoint one = first_code_point(text);
        width += width_of(one);
        text.remove_prefix(one.bytes);
    }
    return width;
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const CodePoint one = first_code_point(text);
        const bool control =
            one.value < 0x20U || (one.value >= 0x7FU && one.value < 0xA0U) ||
            (one.value >= 0x2028U && one.value <= 0x202EU) ||  // separators, direction overrides
            (one.value >= 0x2066U && one.value <= 0x2069U);
        if (one.valid && !control) {
            out += text.substr(0, one.bytes);
        } else {
            out += one.value == '\n' || one.value == '\t' ? ' ' : '?';
        }
        text.remove_prefix(one.bytes);
    }
    return out;
}

std::string cut(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) {
        return std::string{text};
    }
    constexpr std::string_view kMore = "...";
    const std::size_t room = width > kMore.size() ? width - kMore.size() : 0;
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        const CodePoint one = first_code_point(text);
        if (used + width_of(one) > room) {
            break;
        }
        used += width_of(one);
        out += text.substr(0, one.bytes);
        text.remove_prefix(one.bytes);
    }
    return out + std::string{kMore.substr(0, std::min(width, kMore.size()))};
}

std::string inked(std::string_view text, Ink ink, const TextStyle& style) {
    std::string plain{text};
    if (!style.colour) {
        return plain;
    }
    switch (ink) {
        case Ink::kPlain: return plain;
        case Ink::kStrong: return "\x1b[1m" + plain + "\x1b[0m";
        case Ink::kQuiet: return "\x1b[2m" + plain + "\x1b[0m";
        case Ink::kWarning: return "\x1b[33m" + plain + "\x1b[0m";
    }
    return plain;
}

std::string padded(std::string_view text, std::size_t width, bool right) {
    const std::size_t used = display_width(text);
    const std::string blanks(width > used ? width - used : 0, ' ');
    return right ? blanks + std::string{text} : std::string{text} + blanks;
}

void Lines::head(std::string_view text, Ink ink) {
    out_ += inked(printable(text), ink, style_) + "\n";
}

void Lines::command(std::string_view text) {
    out_ += std::string(2 + label_width_ + 4, ' ') + printable(text) + "\n";
}

void Lines::add(std::string_view label, std::string_view from, Ink ink) {
    const std::string clean = printable(from);  // whatever a caller forgot: nothing here drives the terminal
    std::string_view text = clean;
    const std::size_t indent = 2 + label_width_ + 2;
    const std::size_t room = std::max<std::size_t>(style_.width, indent + 30) - indent;
    out_ += "  " + inked(padded(printable(label), label_width_), Ink::kQuiet, style_) + "  ";
    bool first = true;
    while (first || !text.empty()) {
        // The longest start that fits and ends before a blank; a longer word gets a line of its own.
        std::size_t end = text.size();
        if (display_width(text) > room) {
            end = 0;
            for (std::size_t at = text.find(' ');; at = text.find(' ', at + 1)) {
                const std::size_t stop = std::min(at, text.size());
                if (display_width(text.substr(0, stop)) > room) {
                    end = end == 0 ? stop : end;
                    break;
                }
                end = stop;
                if (at == std::string_view::npos) {
                    break;
                }
            }
        }
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end);
        while (!text.empty() && text.front() == ' ') {
            text.remove_prefix(1);
        }
        while (!line.empty() && line.back() == ' ') {
            line.remove_suffix(1);
        }
        out_ += (first ? "" : std::string(indent, ' ')) + inked(line, ink, style_) + "\n";
        first = false;
    }
}

}  // namespace gramme::present
