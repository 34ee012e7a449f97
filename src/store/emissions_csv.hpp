// emissions.csv: CodeCarbon 3.3's 38 columns, one atomic append per run, safe with many writers.
#pragma once

#include <string>

#include "base/csv.hpp"
#include "base/result.hpp"
#include "store/patience.hpp"

namespace gramme::store {

struct CsvOutcome {
    std::string path;     ///< the file that has the row now
    std::string warning;  ///< "emissions.csv has another header and was left whole; the row is in
                          ///< emissions-gramme.csv"
};

/// Appends `row` (as many fields as `header`) to `path`, with the header first if the file is new or empty.
/// Locks the file, writes header and row in one write(); a short write (full disk) is undone. A file with
/// another header is left whole: the row goes to the first of NAME-gramme.csv, NAME-gramme-2.csv ... that is
/// new or has our header; so it does where another process keeps the file locked for longer than `patience`.
/// kIo, kPermission.
[[nodiscard]] Result<CsvOutcome> append_row(const std::string& path, const CsvRow& header, const CsvRow& row,
                                            const Patience& patience = {});

/// The same, but `row` takes the place of those that have its text in the column `key`: the other rows are
/// kept byte for byte, and the file is replaced by a rename under its lock, so that a reader sees the old or
/// the new one. kBug for a key that the header lacks.
[[nodiscard]] Result<CsvOutcome> replace_row(const std::string& path, const CsvRow& header, const CsvRow& row,
                                             const std::string& key, const Patience& patience = {});

}  // namespace gramme::store
