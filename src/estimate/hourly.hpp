// Energy costed hour by hour: sum over windows of energy x intensity at that time. Pure. Method:
// docs/method/intensity-in-time.md.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/intensity_series.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// A value is held so long into a hole of the series, then `otherwise` counts.
inline constexpr std::int64_t kHeldSeconds = 2 * 3600;

/// What is asked, on the basis of the series where the person named none: two bases are never added up.
[[nodiscard]] FactorRequest on_basis_of(const IntensitySeries& series, FactorRequest asked);

/// What holds beside the series: resolve_factors() on its basis where there is such a figure, for the zone of
/// the series where no region was named. Errors: as resolve_factors().
[[nodiscard]] Result<Factors> factors_beside(const IntensitySeries& series, const refdata::Tables& tables,
                                             FactorRequest asked, const HostFacts& host);

/// `otherwise` with the series in the place of its intensity: the mean of the series weighted by the energy
/// of the counted devices in the scope of the run. A window is cut at the bounds of the periods, its energy
/// even over its time; one without energy weighs nothing; where none has energy, time weighs. kOutOfRange:
/// the series has nothing of the time of the run, its periods are not in order, or some of the time is left
/// to a figure on another basis (a direct figure gives way to the country's lifecycle one).
[[nodiscard]] Result<Factors> factors_in_time(const RunRecord& run, const Ledger& ledger,
                                              const IntensitySeries& series, const Factors& otherwise);

/// A note where the series is of another country than the place; empty where it is not, or its zone is no
/// place that is known.
[[nodiscard]] std::string zone_conflict(const IntensitySeries& series, const IntensityFactor& place,
                                        const refdata::Tables& tables);

/// All three in one: what holds beside the series, the series over it, and the note where they are of two
/// countries.
[[nodiscard]] Result<Factors> resolve_in_time(const refdata::Tables& tables, const FactorRequest& asked,
                                              const RunRecord& run, const Ledger& ledger,
                                              const IntensitySeries& series);

}  // namespace gramme::estimate
