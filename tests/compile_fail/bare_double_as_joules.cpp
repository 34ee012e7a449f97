// A bare number has no unit: it must be named.
#include "units/quantity.hpp"

using namespace gramme;

#ifdef GRAMME_SHOULD_FAIL
[[maybe_unused]] constexpr Joules kEnergy = 1.0;
#else
[[maybe_unused]] constexpr Joules kEnergy{1.0};
#endif
