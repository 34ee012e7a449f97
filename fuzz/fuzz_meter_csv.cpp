// A recording of a power meter: any text is rows by time with watts that a machine may draw, or an error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "meter/meter_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto rows = gramme::meter::parse_meter_csv(text);
    if (rows) {
        for (std::size_t i = 0; i < rows->size(); ++i) {
            GRAMME_ASSERT(i == 0 || (*rows)[i - 1].wall_ns < (*rows)[i].wall_ns);
            GRAMME_ASSERT((*rows)[i].power.value() > 0.0);
            GRAMME_ASSERT((*rows)[i].power <= gramme::meter::kMostWallPower);
        }
    }
    return 0;
}
