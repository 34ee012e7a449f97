// Text from outside (names, places, reasons) as a literal of another language, so that it can say nothing in
// it. Every one drops control characters and broken UTF-8 first; a line end becomes a blank. Only for
// src/present.
#pragma once

#include <string>
#include <string_view>

namespace gramme::present {

/// One line of printable UTF-8; '?' for what is not.
[[nodiscard]] std::string one_line(std::string_view text);
/// A double-quoted scalar of YAML 1.1 and 1.2, quotes included.
[[nodiscard]] std::string yaml_quoted(std::string_view text);
/// For the text of an element and of a quoted attribute.
[[nodiscard]] std::string html_text(std::string_view text);
/// For running text, and for a field of a BibTeX entry. '?' for what the T1 encoding lacks: characters
/// outside Latin-1, Latin Extended-A and common punctuation stop pdfLaTeX.
[[nodiscard]] std::string latex_text(std::string_view text);
/// For the argument of \url: what would end or change it is percent-encoded (RFC 3986).
[[nodiscard]] std::string latex_url(std::string_view url);
/// For running text and table cells of CommonMark and GitHub's dialect.
[[nodiscard]] std::string markdown_text(std::string_view text);

}  // namespace gramme::present
