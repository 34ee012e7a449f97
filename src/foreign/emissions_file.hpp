// emissions.csv as CodeCarbon of any release and gramme write it, as rows whose values are under their names.
// A row that cannot be trusted is named with its line and the reason, never dropped or taken in part. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "foreign/emissions_columns.hpp"

namespace gramme::foreign {

struct EmissionsRow {
    std::size_t line = 0;                      ///< in the file, from 1: where the row begins
    std::array<std::string, kColumns> values;  ///< empty: unknown, or no such column
    std::array<bool, kColumns> has{};          ///< the header names the column

    [[nodiscard]] const std::string& at(Column column) const {
        return values.at(static_cast<std::size_t>(column));
    }
    [[nodiscard]] bool names(Column column) const { return has.at(static_cast<std::size_t>(column)); }
};

struct RejectedRow {
    std::size_t line = 0;
    std::string reason;
    std::vector<std::string> fields;  ///< as far as they can be told apart: the id of a run may be among them
};

struct EmissionsFile {
    std::vector<EmissionsRow> rows;
    std::vector<RejectedRow> rejected;
    std::vector<std::string>
        notes;  ///< "line 3: written without its empty columns region, ...: put back in place"
};

/// Reads a header of any release and the rows below it; another header in the middle holds for what follows.
/// Rows that were written without their empty columns, or in another order than their header, are put right
/// where that can be done in one way only. A line with an open quote does not take the next rows with it.
/// Latin-1 becomes UTF-8. kMalformed where the first line is no header of such a file.
[[nodiscard]] Result<EmissionsFile> parse_emissions(std::string_view text);

}  // namespace gramme::foreign
