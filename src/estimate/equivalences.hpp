// What an amount of carbon compares to, in things of human size. Pure. Method: docs/method/equivalences.md.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
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

/// Those that somebody asked for: keys of data/equivalences.csv with commas between them in that order, "all"
/// in the order of the table, "none". Every number, however large or small; none for 0 kg or less. kUsage: an
/// unknown key; the hint offers the nearest.
[[nodiscard]] Result<std::vector<Equivalence>> equivalences_named(std::string_view keys, double kgco2e,
                                                                  const refdata::Tables& tables);

}  // namespace gramme::estimate
