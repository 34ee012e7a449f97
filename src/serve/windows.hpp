// The power of a run over time, in buckets that a chart can draw. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::serve {

struct WindowsAsked {
    double from_s = 0.0;
    double to_s = 0.0;         ///< above from_s
    std::size_t points = 600;  ///< most buckets
};

/// Schema gramme/windows/1. `footprint` of the same run: which devices count and how wide their intervals
/// are. A bucket's watts are the mean over the part of it that is known; what no window covers is null, never
/// 0.
[[nodiscard]] std::string windows_json(const RunRecord& run, const Ledger& ledger, const Footprint& footprint,
                                       const WindowsAsked& asked);

}  // namespace gramme::serve
