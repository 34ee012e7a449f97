// Which field of a row stands in which column: rows written in another order than their header, or without
// their empty columns. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreign/emissions_file.hpp"

namespace gramme::foreign {

using Fields = std::vector<std::string>;
/// What each field of a line is; nothing: a column that we do not know.
using Header = std::vector<std::optional<Column>>;

/// The same columns as the newest release orders them; as they are where some are not known.
[[nodiscard]] Header in_usual_order(Header header);

/// Why the fields, as many as the header has, cannot stand under it in order; empty where they can.
[[nodiscard]] std::string misfit_of(const Header& header, const Fields& fields);

/// A row with its values under their names, or why there is none.
struct Arranged {
    std::optional<EmissionsRow> row;  ///< its line is left to the caller
    std::string reason;               ///< where there is none
    std::string note;                 ///< what had to be put right
};
/// `usual`: in_usual_order(header). A row that fits in more than one way is none.
[[nodiscard]] Arranged arranged(const Header& header, const Header& usual, const Fields& fields);

}  // namespace gramme::foreign
