// A Result that nobody looks at is a failure that nobody sees.
#include "base/result.hpp"

gramme::Result<void> work();

void caller() {
#ifdef GRAMME_SHOULD_FAIL
    work();
#else
    static_cast<void>(static_cast<bool>(work()));
#endif
}
