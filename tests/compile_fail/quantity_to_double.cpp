// A quantity gives its number only where value() is written.
#include "units/quantity.hpp"

using namespace gramme;

#ifdef GRAMME_SHOULD_FAIL
[[maybe_unused]] constexpr double kNumber = Joules{1.0};
#else
[[maybe_unused]] constexpr double kNumber = Joules{1.0}.value();
#endif
