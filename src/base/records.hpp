// Records and fields of a table too large to hold: where a record ends, where its fields lie. No copy, no
// allocation but the list of fields. CSV as RFC 4180 has it (csv.hpp is for small tables), and text with a
// separator and no quotes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gramme {

struct Dialect {
    char separator = ',';
    bool quotes = true;  ///< false: a quote is a character like any other (`sacct --parsable2`)
};

/// A field as it stands in the record, without its outer quotes.
struct RawField {
    std::string_view text;
    bool doubled = false;  ///< holds "" for each quote
};

/// Bytes of the first record with its line end; npos where that end is not in `text`.
[[nodiscard]] std::size_t record_length(std::string_view text, Dialect dialect);
/// Bytes of all whole records at the start of `text`; 0 where there is none.
[[nodiscard]] std::size_t whole_records(std::string_view text, Dialect dialect);
/// LF or CRLF at the end of a record: 0, 1 or 2 bytes.
[[nodiscard]] std::size_t line_end_length(std::string_view record);

enum class SplitTrouble { kNone, kOpenQuote, kTextAfterQuote };
/// The fields of a record without its line end. `fields` is overwritten.
[[nodiscard]] SplitTrouble split_record(std::string_view record, Dialect dialect,
                                        std::vector<RawField>& fields);
/// The field's text with quotes undoubled, in `scratch` where that needs a copy.
[[nodiscard]] std::string_view value_of(const RawField& field, std::string& scratch);

/// `text` quoted where the dialect needs it. Without quotes in the dialect: separators and line ends become
/// blanks.
[[nodiscard]] std::string field_text(std::string_view text, Dialect dialect);

/// The first byte that is no UTF-8 (RFC 3629: no surrogate, nothing overlong, nothing beyond U+10FFFF); npos
/// where all is.
[[nodiscard]] std::size_t first_bad_utf8(std::string_view text);

}  // namespace gramme
