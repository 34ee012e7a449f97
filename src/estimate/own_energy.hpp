// What the observer itself used: gramme's own CPU seconds as joules. Never added to the run. Pure.
// Method: docs/method/own-energy.md.
#pragma once

#include <optional>
#include <string>

#include "model/ledger.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

struct OwnEnergy {
    Joules energy;
    std::string from;  ///< "0.12 CPU s x 2.5 W: one busy thread of zen4-genoa, modelled"
};

/// Own CPU seconds x the watts of one busy hardware thread: of the measured packages where the machine was at
/// least half busy, else of the CPU model. nullopt where the CPU seconds are not known.
[[nodiscard]] std::optional<OwnEnergy> own_energy(const RunRecord& run, const Ledger& ledger,
                                                  const refdata::Tables& tables);

}  // namespace gramme::estimate
