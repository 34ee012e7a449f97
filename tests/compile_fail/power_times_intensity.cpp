// Carbon comes from energy; power times intensity has no meaning.
#include "units/quantity.hpp"

using namespace gramme;

#ifdef GRAMME_SHOULD_FAIL
[[maybe_unused]] constexpr GramsCO2e kCarbon = Watts{1.0} * GramsPerKilowattHour{400.0};
#else
[[maybe_unused]] constexpr GramsCO2e kCarbon = KilowattHours{1.0} * GramsPerKilowattHour{400.0};
#endif
