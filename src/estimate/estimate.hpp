// From joules to carbon: factors with provenance, footprint with interval. Pure: the same inputs give the
// same digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/footprint.hpp"
#include "model/ledger.hpp"
#include "model/run.hpp"
#include "refdata/tables.hpp"

namespace gramme::estimate {

/// Relative standard uncertainty of an intensity where a place has no row of its own, is an aggregate, or its
/// row has no year. Method: docs/method/factors.md#intensity
inline constexpr double kCountryForPlaceSigma = 0.40;

/// What becomes of a year that the tables of a place do not reach.
enum class YearRule : std::uint8_t {
    kMustReach,  ///< kNotFound: before the first figure, or more than five years after the newest
    kNearest,    ///< the figure nearest in time; the caller looks at its year
};

/// PUE and intensity of a run. PUE: asked; else the region's published value; else the provider's fleet mean;
/// else 1.0 on a laptop or desktop and the industry mean on a server, virtual machine or under Slurm.
/// Intensity: asked; else of the region; else the world average with its wide interval and a note that names
/// the flag. kNotFound or kMalformed for a bad region (the hint offers the nearest), kOutOfRange for a PUE
/// below 1 or an intensity below 0. Method: docs/method/factors.md.
[[nodiscard]] Result<Factors> resolve_factors(const refdata::Tables& tables, const FactorRequest& asked,
                                              const HostFacts& host, YearRule rule = YearRule::kMustReach);

/// The same of a run that was measured already: a region, PUE or intensity that is not known (any more) gives
/// way to what holds without them, so that it hides no run.
[[nodiscard]] Factors factors_anyway(const refdata::Tables& tables, const FactorRequest& asked,
                                     const HostFacts& host);

/// Said in the first lines of a summary, because each changes how the number may be used: no region, the
/// figure of another place, the direct basis.
[[nodiscard]] std::vector<std::string> notes_of(const IntensityFactor& intensity);

/// Sums the ledger in the scope of the run and applies the factors. Outside scope kMachine, devices with
/// Membership kOut or kUnknown are left out and listed in `left_out`. No energy where nothing is known.
/// Method: docs/method/footprint.md, docs/method/uncertainty.md.
[[nodiscard]] Footprint footprint_of(const RunRecord& run, const Ledger& ledger, const Factors& factors,
                                     const refdata::Tables& tables);

}  // namespace gramme::estimate
