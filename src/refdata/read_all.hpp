// All rows of one table through its reader. Internal to refdata.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "refdata/csv_table.hpp"

namespace gramme::refdata {

/// `read`: (table, row, record) -> Result<void>, the columns of one row. Errors as read_table() and `read`.
template <class Record, class Read>
Result<void> read_all(std::string_view file, std::string_view text, std::span<const std::string_view> columns,
                      std::vector<Record>& out, Read read) {
    GRAMME_TRY(const CsvTable table, read_table(file, text, columns));
    out.reserve(out.size() + table.rows.size());
    for (const CsvTable::Row& row : table.rows) {
        Record record;
        record.line = row.line;
        GRAMME_CHECK(read(table, row, record));
        out.push_back(std::move(record));
    }
    return {};
}

}  // namespace gramme::refdata
