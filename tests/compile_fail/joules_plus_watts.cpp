// Energy and power do not add.
#include "units/quantity.hpp"

using namespace gramme;

#ifdef GRAMME_SHOULD_FAIL
[[maybe_unused]] constexpr auto kSum = Joules{1.0} + Watts{1.0};
#else
[[maybe_unused]] constexpr auto kSum = Joules{1.0} + WattHours{1.0};
#endif
