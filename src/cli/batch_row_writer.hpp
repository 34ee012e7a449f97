// How a row is written back: its bytes as they were, then the results, or the reason why there are none.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "batch/row_job.hpp"

namespace gramme::cli {

using namespace batch;

struct WrittenRow {
    std::string_view record;  ///< without its line end
    std::string_view line_end;
    std::size_t close = 0;      ///< of JSON: where the results go
    bool first_member = false;  ///< of JSON: the object is empty
    std::string note;           ///< as it is written
};

/// `text` as a cell, or as a value of JSON.
[[nodiscard]] std::string written(std::string_view text, const Layout& layout);
/// `figures`: nullptr for a row without one.
void write_row(std::string& out, const WrittenRow& row, const RowFigures* figures, const Layout& layout);
/// A row of --rejects.
void write_reject(std::string& out, const WrittenRow& row, std::uint64_t line, const std::string& why,
                  const Layout& layout);

}  // namespace gramme::cli
