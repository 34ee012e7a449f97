// Runs whose footprints were computed from a ledger, so that every number follows from another. Made up.
#pragma once

#include <string>
#include <vector>

#include "estimate/monte_carlo.hpp"
#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::testing {

struct ExplainCase {
    std::string name;
    RunRecord run;
    Ledger ledger;
    Footprint footprint;
};

/// Two packages shared with others, their memory, two GPUs, in Paris: measured.
[[nodiscard]] ExplainCase shared_case();
/// A virtual machine of unknown place: modelled.
[[nodiscard]] ExplainCase machine_case();
/// A GPU was lost for a minute, another is not the job's; Virginia, on direct basis.
[[nodiscard]] ExplainCase lost_gpu_case();
/// A desktop that the job has alone, with the remainder.
[[nodiscard]] ExplainCase desktop_case();
/// Nothing could be read.
[[nodiscard]] ExplainCase nothing_case();
/// "shared", "machine", "gpu", "desktop", "nothing" and "file": the first without its ledger.
[[nodiscard]] std::vector<ExplainCase> explain_cases();
/// 1 to 12 devices of any kind and size, any factors.
[[nodiscard]] ExplainCase random_case(estimate::Normals& normals);

}  // namespace gramme::testing
