// Tables of the amdgpu driver: whatever stands in them, no field is read behind the end, and only known ones
// are told.
#include <algorithm>
#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "probe/amd_metrics.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::probe;
    const std::span<const char> bytes{reinterpret_cast<const char*>(data), size};
    const auto all = parse_amd_metrics(bytes);
    const auto beginning = parse_amd_metrics(bytes.first(std::min(size, kAmdMetricsBytes)));
    GRAMME_ASSERT(all.has_value() == beginning.has_value());  // what the sampling loop reads is enough
    if (all) {
        GRAMME_ASSERT(all->energy_counts == beginning->energy_counts && all->power_w == beginning->power_w);
        GRAMME_ASSERT(all->format == 1 || !all->energy_counts);
        GRAMME_ASSERT(!all->power_w || (*all->power_w >= 0.0 && *all->power_w < 65535.0));
        GRAMME_ASSERT(!all->utilization || (*all->utilization >= 0.0 && *all->utilization <= 1.0));
        GRAMME_ASSERT(all->energy_range == 0 || all->energy_counts.value_or(0) < all->energy_range);
    }
    return 0;
}
