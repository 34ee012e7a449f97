// Footprints by the column: what estimate_job() does for one job, done for arrays of numbers. Pure, plain
// loops. Method: docs/method/estimate.md#tables.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "estimate/job.hpp"
#include "estimate/lognormal.hpp"

namespace gramme::estimate {

/// The numbers of a job but its size. A job with one group is proportional to its size: to count x hours for
/// devices and instances, to watts x count x hours for a power, to kWh for an energy. So are both ends of its
/// interval.
struct UnitFootprint {
    double kwh_per_unit = 0.0;  ///< IT energy of one device-hour, watt-hour or kWh
    double energy_low = 1.0;    ///< ends of the 95 % interval over the value
    double energy_high = 1.0;
    double pue = 1.0;
    double kg_per_kwh = 0.0;
    double low = 1.0;  ///< of the operational emissions
    double high = 1.0;
};

/// A job at any utilisation. One part of it, its accelerators or else its CPUs, follows the utilisation; the
/// shares of the parts change with it and the interval as well.
struct LoadedJob {
    static constexpr std::size_t kMostParts = 4;
    std::array<Uncertain, kMostParts> parts;  ///< kWh of one unit, each independent of the others
    std::size_t count = 0;
    std::size_t follows = 0;  ///< which of them
    double idle_kwh = 0.0;    ///< of that part at utilisation 0
    double full_kwh = 0.0;    ///< at 1
    double bend = 0.0;        ///< between them: meter::level_at()
    double pue = 1.0;
    double kg_per_kwh = 0.0;
    double factor_variance = 0.0;  ///< of the logarithms of PUE and intensity together
};

/// Everything about a job but its size.
struct JobCoefficients : UnitFootprint {
    std::string note;  ///< what changes how the number may be used: "region unknown: world average"
    std::optional<LoadedJob> loaded;  ///< absent where the utilisation does not matter
};

/// Of a job with exactly one group, whose own count, amount and hours do not matter. As estimate_job().
[[nodiscard]] Result<JobCoefficients> coefficients_of(JobRequest asked, const refdata::Tables& tables);

/// The same where each row says its own utilisation: `loaded` is filled, the numbers are those at 1.
[[nodiscard]] Result<JobCoefficients> loaded_coefficients_of(JobRequest asked, const refdata::Tables& tables);

/// What coefficients_of() gives at this `utilisation`, 0 to 1. No allocation.
[[nodiscard]] UnitFootprint at_utilisation(const LoadedJob& job, double utilisation);

/// Whether a group of this size can be estimated: the ranges of estimate_job().
[[nodiscard]] Result<void> check_size(const JobGroup& group, double hours);

/// Columns of equal length.
struct JobColumns {
    std::span<const double> units;  ///< device-hours, watt-hours or kWh
    std::span<const double> kwh_per_unit;
    std::span<const double> energy_low, energy_high;  ///< over the value
    std::span<const double> pue;
    std::span<const double> kg_per_kwh;
    std::span<const double> low, high;  ///< over the value
};
struct FootprintColumns {
    std::span<double> energy_kwh, energy_low, energy_high;
    std::span<double> facility_kwh;
    std::span<double> kgco2e, low, high;
};
/// Row by row: energy = units x kwh_per_unit, facility = energy x PUE, kgco2e = facility x kg_per_kwh, ends
/// by their ratios.
void footprints_of(const JobColumns& jobs, const FootprintColumns& out);

}  // namespace gramme::estimate
