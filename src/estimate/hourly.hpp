// Energy costed hour by hour: sum over windows of energy x intensity at that time. Pure. Method:
// docs/method/intensity-in-time.md.
#pragma once

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/intensity_series.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"

namespace gramme::estimate {

/// A value is held so long into a hole of the series, then `otherwise` counts.
inline constexpr std::int64_t kHeldSeconds = 2 * 3600;

/// What is asked, on the basis of the series where the person named none: two bases are never added up.
[[nodiscard]] FactorRequest on_basis_of(const IntensitySeries& series, FactorRequest asked);

/// `otherwise` with the series in the place of its intensity: the mean of the series weighted by the energy
/// of the counted devices in the scope of the run. A window is cut at the bounds of the periods, its energy
/// even over its time; one without energy weighs nothing; where none has energy, time weighs. kOutOfRange:
/// the series has nothing of the time of the run, or a period that is not after the one before it.
[[nodiscard]] Result<Factors> factors_in_time(const RunRecord& run, const Ledger& ledger,
                                              const IntensitySeries& series, const Factors& otherwise);

}  // namespace gramme::estimate
