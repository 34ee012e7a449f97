// Energy times energy is nothing that gramme computes.
#include "units/quantity.hpp"

using namespace gramme;

#ifdef GRAMME_SHOULD_FAIL
[[maybe_unused]] constexpr auto kProduct = Joules{2.0} * Joules{2.0};
#else
[[maybe_unused]] constexpr auto kProduct = 2.0 * Joules{2.0};
#endif
