// A table of grid intensities over time: --intensity-csv. Format: docs/method/intensity-in-time.md.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/intensity_series.hpp"

namespace gramme::cli {

/// What stands in a table with an observed value and a forecast for each time where the observed one is not
/// there (yet).
enum class NotObserved { kHole, kForecast };

/// The columns are found by their names, as gramme itself, Electricity Maps and the UK's National Energy
/// System Operator write them. `basis`: which of two columns, "" for lifecycle. `file` names the table in
/// errors and in the result. Pure. kMalformed with the line; kNotFound: no such basis in the table.
[[nodiscard]] Result<IntensitySeries> parse_intensity_csv(std::string_view text, const std::string& file,
                                                          const std::string& basis,
                                                          NotObserved rule = NotObserved::kHole);

/// Reads `file`, at most 64 MiB, "-" for standard input; a pipe is read to its end.
[[nodiscard]] Result<IntensitySeries> read_intensity_csv(const std::string& file, const std::string& basis,
                                                         NotObserved rule = NotObserved::kHole);

}  // namespace gramme::cli
