// emissions.csv as CodeCarbon of any release and gramme write it, as rows whose values are under their names.
// A row that cannot be trusted is named with its line and the reason, never dropped or taken in part. Pure.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "foreign/emissions_columns.hpp"

namespace gramme::foreign {

/// More rows than CodeCarbon writes in years, in less than half a gigabyte.
inline constexpr std::size_t kMostRows = 500'000;
inline constexpr std::size_t kMostRejected = 10'000;
inline constexpr std::size_t kLongestId = 256;

/// The values of a row, kept in one piece: there may be hundreds of thousands of rows.
class EmissionsRow {
public:
    using Values = std::array<std::optional<std::string>, kColumns>;
    EmissionsRow() = default;
    /// `values`: nothing where the header does not name the column. NUL in none.
    explicit EmissionsRow(const Values& values);

    std::size_t line = 0;  ///< in the file, from 1: where the row begins

    /// Empty: unknown, or no such column. A view into the row.
    [[nodiscard]] std::string_view at(Column column) const;
    /// The header names the column.
    [[nodiscard]] bool names(Column column) const { return has_.test(static_cast<std::size_t>(column)); }
    [[nodiscard]] bool says_the_same(const EmissionsRow& other) const {
        return has_ == other.has_ && text_ == other.text_;
    }

private:
    std::bitset<kColumns> has_;
    std::string text_;  ///< of each column that is named the value and a NUL, in the order of Column
};

struct RejectedRow {
    std::size_t line = 0;
    std::string reason;
    /// As far as they can be told apart: the id of a run may be among them. Longer ones are cut to kLongestId
    /// + 1.
    std::vector<std::string> fields;
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
/// Latin-1 becomes UTF-8. A line of more than 1 MiB is a rejected one. kMalformed where the first line is no
/// header of such a file, kOutOfRange for more than kMostRows rows or kMostRejected rejected ones: nothing of
/// such a file is taken.
[[nodiscard]] Result<EmissionsFile> parse_emissions(std::string_view text);

}  // namespace gramme::foreign
