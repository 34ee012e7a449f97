// What the tables take from a source.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gramme::refdata {

/// One figure of one row, as it stands in its table.
struct CitedFigure {
    std::string_view table;       ///< "grid_intensity": of data/grid_intensity.csv
    std::string name;             ///< "France (FRA), lifecycle"
    std::optional<double> value;  ///< absent: the source gave the row its name or place, not a number
    std::string_view unit;        ///< "g/kWh"; empty: no number, or a ratio
    int year = 0;                 ///< that the figure is of; 0: not stated
};

}  // namespace gramme::refdata
