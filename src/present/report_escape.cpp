#include "present/report_escape.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "present/layout.hpp"

namespace gramme::present {
namespace {

std::string_view latex_of(char c) {
    switch (c) {
        case '\\': return "\\textbackslash{}";
        case '{': return "\\{";
        case '}': return "\\}";
        case '$': return "\\$";
        case '&': return "\\&";
        case '#': return "\\#";
        case '%': return "\\%";
        case '_': return "\\_";
        case '^': return "\\textasciicircum{}";
        case '~': return "\\textasciitilde{}";
        case '<': return "\\textless{}";
        case '>': return "\\textgreater{}";
        case '|': return "\\textbar{}";
        case '"': return "\\textquotedbl{}";
        case '`': return "\\textasciigrave{}";
        case '@': return "\\symbol{64}";  // BibTeX looks for entries in all of a file
        default: return "";
    }
}

std::string_view html_of(char c) {
    switch (c) {
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return "&gt;";
        case '"': return "&quot;";
        case '\'': return "&#39;";
        default: return "";
    }
}

template <class Replacement>
std::string replaced(std::string_view text, Replacement replacement) {
    std::string out;
    for (const char c : one_line(text)) {
        if (const std::string_view other = replacement(c); !other.empty()) {
            out += other;
        } else {
            out += c;
        }
    }
    return out;
}

bool in_t1_encoding(std::uint32_t code) {
    constexpr std::uint32_t kEndOfExtendedA = 0x180;
    // Of Latin Extended-A, what the T1 encoding of LaTeX has neither as a letter nor as one with an accent.
    constexpr std::array<std::uint32_t, 9> kMissing{0x126, 0x127, 0x138, 0x13F, 0x140,
                                                    0x149, 0x166, 0x167, 0x17F};
    if (code < kEndOfExtendedA) {
        return std::find(kMissing.begin(), kMissing.end(), code) == kMissing.end();
    }
    constexpr std::array<std::uint32_t, 18> kPunctuation{0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2018,
                                                         0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2020,
                                                         0x2021, 0x2022, 0x2026, 0x2039, 0x203A, 0x20AC};
    return std::find(kPunctuation.begin(), kPunctuation.end(), code) != kPunctuation.end();
}

/// '?' for each character that pdfLaTeX stops at. `text` is UTF-8 without flaws, as one_line() makes it.
std::string in_latin(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
        const unsigned lead = byte(0);
        const std::size_t bytes = lead < 0x80U ? 1 : lead < 0xE0U ? 2 : lead < 0xF0U ? 3 : 4;
        const std::uint32_t code = bytes == 1   ? lead
                                   : bytes == 2 ? (lead & 0x1FU) << 6U | (byte(1) & 0x3FU)
                                   : bytes == 3
                                       ? (lead & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU)
                                       : 0x10000U;
        if (code == 0x2082U) {
            out += '2';  // of CO2
        } else if (in_t1_encoding(code)) {
            out += text.substr(at, bytes);
        } else {
            out += '?';
        }
        at += bytes;
    }
    return out;
}

std::string backslashed(std::string_view text, std::string_view special) {
    std::string out;
    for (const char c : one_line(text)) {
        if (special.find(c) != std::string_view::npos) {
            out += '\\';
        }
        out += c;
    }
    return out;
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        c = c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    }
    // YAML 1.1 ends lines at these too, and XML has no place for the last two.
    for (const std::string_view odd :
         {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
        for (std::size_t at = out.find(odd); at != std::string::npos; at = out.find(odd, at)) {
            out.replace(at, odd.size(), " ");
        }
    }
    return printable(out);
}

std::string yaml_quoted(std::string_view text) {
    return '"' + backslashed(text, "\"\\") + '"';
}

std::string html_text(std::string_view text) {
    return replaced(text, html_of);
}

std::string latex_text(std::string_view text) {
    return replaced(in_latin(one_line(text)), latex_of);
}

std::string latex_url(std::string_view url) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : one_line(url)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7F ||
            std::string_view{"\\{}\"<>^`|@"}.find(c) != std::string_view::npos) {
            out += '%';
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 0xFU];
        } else {
            out += c;
        }
    }
    return out;
}

std::string markdown_text(std::string_view text) {
    return backslashed(text, "\\`*_[]<>#|~$&");
}

}  // namespace gramme::present
