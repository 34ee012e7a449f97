// Text on a terminal: how wide it is, what may be printed, wrapping, colour. Only for src/present.
#pragma once

#include <string>
#include <string_view>

#include "present/present.hpp"

namespace gramme::present {

/// Columns that a terminal uses for UTF-8 text: 0 for combining marks, 2 for wide East Asian characters and
/// most emoji (Unicode UAX #11, in ranges), 1 for the rest and for each byte that is not UTF-8.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// Without control characters (a name with an escape code must not drive the terminal) and broken UTF-8: '?'.
[[nodiscard]] std::string printable(std::string_view text);
/// The first `width` columns, with "..." where something was cut.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);

enum class Ink { kPlain, kStrong, kQuiet, kWarning };
/// Text between the escape codes of an ink, where the style has colour.
[[nodiscard]] std::string inked(std::string_view text, Ink ink, const TextStyle& style);

/// Lines of "  label   text", text wrapped at blanks to the width of the style and indented below itself.
class Lines {
public:
    Lines(const TextStyle& style, std::size_t label_width) : style_(style), label_width_(label_width) {}

    /// A line without indent.
    void head(std::string_view text, Ink ink = Ink::kPlain);
    void add(std::string_view label, std::string_view text, Ink ink = Ink::kPlain);
    /// A line of its own below the texts, never wrapped: what is pasted from it must be one line.
    void command(std::string_view text);
    [[nodiscard]] std::string text() && { return std::move(out_); }

private:
    TextStyle style_;
    std::size_t label_width_;
    std::string out_;
};

/// Left- or right-aligned to `width` columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width, bool right = false);

}  // namespace gramme::present
