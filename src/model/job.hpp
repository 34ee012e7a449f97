// A job that was not measured, as a person describes it: devices or machines, hours, place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/run.hpp"

namespace gramme {

/// Where the watts of an accelerator come from.
enum class PowerModel : std::uint8_t {
    kTypical,  ///< the best evidence: measured typical power, else a share of the board limit
    kTdp,      ///< the board limit for the whole time, as ML CO2 Impact and most model cards compute
};

/// Devices or machines of one kind. Everything is of one unit; `count` says how many.
struct JobGroup {
    enum class Kind : std::uint8_t {
        kDevice,    ///< `name`: an accelerator, with its share of a machine around it
        kInstance,  ///< `name`: a cloud instance, all of it
        kPower,     ///< `amount` watts for the hours of the job
        kEnergy,    ///< `amount` kWh, whatever the hours
    };
    Kind kind = Kind::kDevice;
    std::string name;
    double amount = 0.0;
    double count = 1.0;
};

struct JobRequest {
    std::vector<JobGroup> groups;
    double hours = 0.0;                 ///< wall clock; 0 where every group is energy
    std::optional<double> utilisation;  ///< of accelerators, or of CPUs where there are none: 0 to 1
    std::string host = "auto";  ///< around devices: "auto" (a typical machine), "none", or an instance
    PowerModel power_model = PowerModel::kTypical;
    FactorRequest factors;
    std::optional<std::int64_t> start_s;  ///< seconds since 1970, UTC; matters where intensity has a time
    bool embodied = true;
    bool water = true;
    std::optional<double> lifetime_years;  ///< of the hardware, for its embodied carbon
};

/// Something that nobody said and that had to be taken.
struct Assumption {
    std::string what;    ///< "power of one H100"
    std::string value;   ///< "532 W, 0.76 of its limit of 700 W"
    std::string source;  ///< source id or page
    std::string change;  ///< the flag that says otherwise
};

/// What an estimate says of itself beside its numbers.
struct DescribedJob {
    JobRequest asked;
    std::vector<Assumption> assumptions;
};

}  // namespace gramme
