// Carbon intensity of a grid over time, as a file or a live provider tells it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/footprint.hpp"

namespace gramme {

/// One value from `from_s` up to, not including, `until_s`. Seconds since 1970-01-01T00:00Z, UTC.
struct IntensityPeriod {
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
    double gco2e_per_kwh = 0.0;  ///< finite, not negative
    int offset_minutes =
        0;  ///< ahead of UTC, of the clock by which its source writes; shown, never reckoned with
};

struct IntensitySeries {
    std::vector<IntensityPeriod> periods;  ///< by time, none overlaps another; holes are allowed
    std::string zone;                      ///< as the source names it, "FR"; "" where it does not say
    std::string basis;                     ///< "lifecycle", "direct", "marginal"; "" where it does not say
    double sigma_ln = 0.0;                 ///< of one value; common to all of them
    Provenance from;  ///< source: a source id or a file; chosen: "--intensity-csv grid.csv"
};

}  // namespace gramme
