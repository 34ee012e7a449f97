// The result: energy and carbon of one run or estimate, with interval and provenance. present/ turns it into
// text and JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/device.hpp"
#include "model/ledger.hpp"
#include "model/waiting.hpp"
#include "units/quantity.hpp"

namespace gramme {

/// A value with its 95 % interval, all in one unit.
struct Estimate {
    double value = 0.0;
    double low = 0.0;
    double high = 0.0;
};

struct Provenance {
    std::string source;  ///< source id of data/sources.csv, or "user"
    std::string chosen;  ///< how it was chosen: "--region aws:eu-west-3", "no region given: world average"
};

struct Part {
    Device device;
    std::optional<Estimate>
        energy_kwh;        ///< in the scope of the run; absent: nothing of it is known (only gaps)
    Joules device_energy;  ///< of the whole device, whoever used it; meaningless where absent
    Joules others;
    Joules unassigned;
    double covered_s = 0.0;  ///< time with windows
    double gap_s = 0.0;
    std::optional<double> utilization;  ///< mean, 0..1; of CPUs that of the machine. Absent: not known
    std::optional<Joules> idle;         ///< of an accelerator, what it drew while it idled
};

struct PueFactor {
    double value = 1.0;
    double sigma_ln = 0.0;
    int year = 0;  ///< 0: no year
    Provenance from;
};

/// How an intensity that changes with time became one number: its mean weighted by energy, so that energy x
/// mean is the sum over all windows of energy x intensity at that time.
struct IntensityInTime {
    std::string zone;         ///< as the series names it; "" where it does not
    std::size_t periods = 0;  ///< of the series, in which energy was used
    double least = 0.0;       ///< g/kWh, of these periods
    double most = 0.0;
    double held_share = 0.0;         ///< of the energy: in a hole, costed with the last value before it
    double otherwise_share = 0.0;    ///< of the energy: where no value was near, costed with `otherwise`
    GramsPerKilowattHour otherwise;  ///< what holds without the series: an annual mean as a rule
    std::string otherwise_source;
};

struct IntensityFactor {
    GramsPerKilowattHour value;
    double sigma_ln = 0.0;
    std::string zone;          ///< "FRA", "CA-QC", "WLD", "" when the user gave the number
    std::string zone_name;     ///< "France"
    std::string region;        ///< "aws:eu-west-3" where a cloud region led to the zone
    std::string place;         ///< "Paris"
    std::string country_iso3;  ///< "FRA" of the place, "" where unknown
    std::string country_name;  ///< "France"
    int year = 0;              ///< 0: the source states none
    std::string basis;         ///< "lifecycle", "direct", "" when the user gave the number
    bool region_known = true;
    std::optional<IntensityInTime> in_time;  ///< absent: one value for the whole time
    bool fell_back_to_country = false;
    Provenance from;
    /// Where the headline is direct: the country's lifecycle figure beside it.
    std::optional<GramsPerKilowattHour> country_lifecycle;
    std::string country_lifecycle_zone;
    int country_lifecycle_year = 0;
    std::string country_lifecycle_source;
};

struct Factors {
    PueFactor pue;
    IntensityFactor intensity;
    std::vector<std::string> notes;  ///< said in the first lines of a summary: "region unknown: ... --region"
};

struct DominantUncertainty {
    std::string factor;      ///< "intensity", "pue", or the device group
    double share_pct = 0.0;  ///< of the variance of ln(operational)
    std::string remedy;
};

struct Equivalence {
    std::string key;
    std::string label;
    double value = 0.0;
    std::string source;
};

/// A gap of a counted device, by its id.
struct DeviceGap {
    std::string device;
    double from_s = 0.0;  ///< since the start of the run
    double to_s = 0.0;
    std::string reason;
};

/// The unmeasured rest of the machine (docs/method/remainder.md); only where the person asked for it.
struct Remainder {
    std::optional<Estimate> energy_kwh;  ///< absent: not known, and `from.chosen` says why
    std::optional<Estimate> kgco2e;      ///< x PUE x intensity
    Provenance from;                     ///< chosen: the kind of machine
    Watts base;                          ///< of board, fans, disks, network card
    double base_sigma = 0.0;
    double efficiency = 1.0;  ///< of the power supply
    double loss_sigma = 0.0;  ///< of 1 / efficiency - 1
    double share = 0.0;       ///< of the machine that is counted
    double duration_s = 0.0;  ///< of the run, less suspends
};

/// A figure beside the headline that is never added to it: embodied carbon, water.
struct SideFigure {
    Estimate value;
    Provenance from;
};

/// How much of one kind of work was done.
struct WorkDone {
    std::string name;    ///< "tokens"
    std::string one;     ///< what a figure is given for: "token", "1000 requests"
    double count = 0.0;  ///< of `name`
    double of = 1.0;     ///< how many of `name` are one of `one`
};

struct Footprint {
    /// IT energy before PUE: the sum of the known parts. Absent where no part is known: unknown is not zero.
    /// A sum with gaps is the sum of what is known; `gaps` says what is not.
    std::optional<Estimate> energy_kwh;
    std::optional<Estimate> facility_energy_kwh;  ///< x PUE
    std::optional<Estimate> operational_kgco2e;   ///< facility energy x intensity
    Quality quality = Quality::kAssumed;          ///< the weakest part that matters decides
    std::vector<Part> parts;
    std::vector<Part> left_out;  ///< devices seen and not counted (not the job's), with membership_reason
    Factors factors;
    std::optional<DominantUncertainty> dominant;
    std::vector<Equivalence> equivalences;
    std::vector<DeviceGap> gaps;
    std::vector<std::string> not_covered;
    std::optional<Remainder> remainder;  ///< never part of the numbers above
    std::vector<WorkDone> work;          ///< what the program said that it did
    std::optional<Waiting> waiting;      ///< absent where no accelerator tells its utilisation
    std::optional<SideFigure> embodied;  ///< kg CO2e of making the hardware; never part of the numbers above
    std::optional<SideFigure> water;     ///< litres evaporated; neither
};

}  // namespace gramme
