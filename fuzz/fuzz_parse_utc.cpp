// Times: what we accept we can write, and read back as the same moment.
#include "base/utc.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const auto moment = parse_utc({reinterpret_cast<const char*>(data), size});
    if (moment &&
        *moment >= 0) {  // an offset may lead to the last hours of 1969, which are written, not read
        const auto again = parse_utc(utc_text(*moment));
        GRAMME_ASSERT(!again || *again == *moment);
    }
    return 0;
}
