// A reference table as text: cells by column name, with errors that say file, line and column. The reader of
// data/*.csv for the generator and of a person's own tables at run time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.hpp"
#include "base/result.hpp"

namespace gramme::refdata {

/// "file:line:column: what", as every fault in a table is worded.
[[nodiscard]] Error table_fault(std::string_view file, std::uint32_t line, std::string_view column,
                                std::string_view what);

/// Cells in the order of the columns that the reader expects, whatever their order in the file.
struct CsvTable {
    struct Row {
        std::uint32_t line = 0;  ///< 1-based
        CsvRow cells;
    };
    std::string file;
    std::span<const std::string_view> columns;
    std::vector<Row> rows;
};

/// Reads a table whose header holds `columns`; a name with a trailing '?' may be absent. A cell does not span
/// lines. kMalformed: unknown, missing or repeated column, wrong number of cells, broken quotes, a cell of
/// more than 2,000 bytes.
[[nodiscard]] Result<CsvTable> read_table(std::string_view file, std::string_view text,
                                          std::span<const std::string_view> columns);

/// Takes the cells of one row from left to right. The first fault sticks: later calls give empty values, and
/// finish() returns it.
class RowCursor {
public:
    RowCursor(const CsvTable& table, const CsvTable::Row& row) : table_(table), row_(row) {}

    [[nodiscard]] std::string text();  ///< may be empty
    [[nodiscard]] std::string key();   ///< not empty
    /// One of the allowed words.
    [[nodiscard]] std::string word(std::span<const std::string_view> allowed);
    /// In [low, high]; kOutOfRange.
    [[nodiscard]] double number(double low, double high);
    [[nodiscard]] int whole(int low, int high);
    /// An empty cell is 0, which stands for unknown.
    [[nodiscard]] double number_or_unknown(double low, double high);
    [[nodiscard]] int whole_or_unknown(int low, int high);
    /// The same where 0 is a value like any other.
    [[nodiscard]] std::optional<double> number_if_any(double low, double high);
    [[nodiscard]] bool flag();  ///< 0 or 1; an empty cell is 0

    /// The first fault, or success when every cell was taken.
    [[nodiscard]] Result<void> finish();

private:
    std::string_view next();
    void fail(Code code, std::string_view what);

    const CsvTable& table_;
    const CsvTable::Row& row_;
    std::size_t at_ = 0;  ///< index of the next cell
    bool failed_ = false;
    Error fault_;
};

}  // namespace gramme::refdata
