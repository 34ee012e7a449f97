// How a row is written back: its bytes as they were, then the results, or the reason why there are none.
// Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/batch_columns.hpp"

namespace gramme::cli {

/// energy_kwh, energy_low, energy_high, facility_energy_kwh, operational_kgco2e, operational_low,
/// operational_high
inline constexpr std::size_t kFigures = 7;
using RowFigures = std::array<double, kFigures>;

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
