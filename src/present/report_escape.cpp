#include "present/report_escape.hpp"

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
    return replaced(text, latex_of);
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
