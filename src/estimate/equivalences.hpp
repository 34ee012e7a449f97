// What an amount of carbon compares to, in things of human size. Pure. Method: docs/method/equivalences.md.
#pragma once

#include <vector>

#include "model/footprint.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// At most four comparisons, each of another kind (car, television, phone, flight), those whose number lies
/// between 0.1 and 1000 and nearest to 10, in the order of the table. Where all are outside, the nearest one.
/// Empty for 0 kg or less.
[[nodiscard]] std::vector<Equivalence> equivalences_of(double kgco2e, const refdata::Tables& tables);

/// The same from given rows.
[[nodiscard]] std::vector<Equivalence> equivalences_of(double kgco2e,
                                                       const std::vector<refdata::EquivalenceRow>& rows);

}  // namespace gramme::estimate
