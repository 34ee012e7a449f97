// A recording of a meter beside a stored run: which watts belong to which load. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "meter/meter_text.hpp"
#include "meter/wall_curve.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::meter {

struct WallMatch {
    std::vector<WallPoint> points;  ///< by time; not yet steady()
    std::string why_none;           ///< where the run can give none at all
};

/// One point for each stretch of the run that holds a row: windows of its CPU are put together until one
/// does, and the mean of the rows in them stands against the load of the CPUs in the same time. Stretches in
/// which the machine was suspended, the clock set or a GPU not measured are left out. `rows` by time. Method:
/// docs/method/wall-meter.md#recording
[[nodiscard]] WallMatch match_rows(const RunRecord& run, const Ledger& ledger,
                                   std::span<const MeterRow> rows);

}  // namespace gramme::meter
