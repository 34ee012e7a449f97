// The energies of one or more rows as devices, windows and gaps. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "foreign/emissions_file.hpp"
#include "model/ledger.hpp"

namespace gramme::foreign {

/// A row and the time that it covers, in ns since the start of its run.
struct TimedRow {
    const EmissionsRow* row = nullptr;
    std::int64_t from_ns = 0;
    std::int64_t to_ns = 0;
};

/// The number in a column, or nothing.
[[nodiscard]] std::optional<double> number_in(const EmissionsRow& row, Column column);

/// One device each for CPU, memory and the GPUs together; one for all where the file does not tell them
/// apart. PUE is taken out of the energies. An energy of 0 is a gap: no device of a running machine uses
/// none; without GPU there is no GPU. Between rows (tasks) that lie more than two seconds apart, times being
/// whole seconds, there is a gap. `method`: "codecarbon". Method: docs/moving-from-codecarbon.md
[[nodiscard]] Ledger ledger_of(std::span<const TimedRow> rows, double pue, const std::string& method);

}  // namespace gramme::foreign
