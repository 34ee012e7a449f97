// The American unit of grid intensity. Beside quantity.hpp, because only one provider writes it.
#pragma once

#include "units/quantity.hpp"

namespace gramme {

/// lb CO2 per MWh. The international avoirdupois pound is 0.45359237 kg exactly (NIST SP 811, B.8), so one
/// pound per MWh is 0.45359237 g per kWh.
using PoundsPerMegawattHour = Quantity<IntensityDimension, std::ratio<45'359'237, 100'000'000>>;

}  // namespace gramme
