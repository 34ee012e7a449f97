// /proc/stat: what is accepted is a sum of ticks, never negative.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "probe/proc_stat.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto seconds = gramme::probe::parse_proc_stat(text)) {
        GRAMME_ASSERT(std::isfinite(seconds->busy) && seconds->busy >= 0.0);
        GRAMME_ASSERT(std::isfinite(seconds->steal) && seconds->steal >= 0.0);
        GRAMME_ASSERT(text.starts_with("cpu "));
    }
    return 0;
}
