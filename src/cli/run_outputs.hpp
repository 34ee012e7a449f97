// The end of `gramme run`: outputs are written, then the summary is printed.
#pragma once

#include "cli/terminal.hpp"
#include "track/outputs.hpp"

namespace gramme::cli {

/// deliver(), and the summary (with --quiet its warnings only). How long it waits for others is bounded, and
/// a signal ends it. Returns what the run used.
Footprint write_outputs(const track::OutputWorld& world, const Terminal& terminal, RunRecord& run,
                        store::Journal& journal);

}  // namespace gramme::cli
