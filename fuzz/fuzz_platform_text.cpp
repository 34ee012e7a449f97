// What meters of nodes, sensors and the power PMU say of themselves: what is accepted can be written back.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "probe/cray.hpp"
#include "probe/grace.hpp"
#include "probe/hwmon.hpp"
#include "probe/rapl_perf.hpp"
#include "probe/scmi.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::probe;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto energy = parse_cray_energy(text)) {
        const auto again = parse_cray_energy(std::to_string(energy->joules) + " J " +
                                             std::to_string(energy->stamp_us) + " us\n");
        GRAMME_ASSERT(again && again->joules == energy->joules && again->stamp_us == energy->stamp_us);
    }
    if (const auto sensor = parse_grace_label(text)) {
        GRAMME_ASSERT(sensor->socket >= 0 && text.find(" Power Socket ") != std::string_view::npos);
    }
    if (const auto config = parse_pmu_event(text)) {
        char written[32];
        std::snprintf(written, sizeof written, "event=0x%02llx", static_cast<unsigned long long>(*config));
        GRAMME_ASSERT(parse_pmu_event(written) == config);
    }
    const double sigma = sigma_of_accuracy(text);
    GRAMME_ASSERT(sigma >= 0.0 && sigma < 1.0);
    (void)rail_word(text);
    return 0;
}
