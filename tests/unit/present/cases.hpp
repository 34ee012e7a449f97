// Runs and footprints for golden tests; the numbers are made up but consistent.
#pragma once

#include "present/present.hpp"

namespace gramme::testing {

struct Case {
    RunRecord run;
    Footprint footprint;
    present::Outputs outputs;
};

/// Two RAPL packages with dram and a GPU in Paris: everything measured.
Case measured_case();
/// As measured_case: the GPU waited for data for a third of its energy, and the CPUs were half busy.
Case waiting_case();
/// A virtual machine of unknown place: everything modelled.
Case modelled_case();
/// As measured_case, but the GPU was lost for a minute and another is not the job's.
Case gap_case();
/// As modelled_case, killed by a signal; something is still running.
Case killed_case();
/// Nothing could be read.
Case unknown_case();
/// Names that hold commas, quotes, line feeds and escape codes; Montreal on direct basis.
Case awkward_case();

}  // namespace gramme::testing
