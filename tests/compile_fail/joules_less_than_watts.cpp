// Only quantities of one dimension have an order.
#include "units/quantity.hpp"

using namespace gramme;

#ifdef GRAMME_SHOULD_FAIL
[[maybe_unused]] constexpr bool kLess = Joules{1.0} < Watts{1.0};
#else
[[maybe_unused]] constexpr bool kLess = Joules{1.0} < KilowattHours{1.0};
#endif
