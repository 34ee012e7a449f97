// What a power meter's command prints: any text is watts that a machine may draw, or an error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "meter/meter_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto watts = gramme::meter::parse_meter_watts(text);
    GRAMME_ASSERT(!watts || (watts->value() > 0.0 && *watts <= gramme::meter::kMostWallPower));
    GRAMME_ASSERT(watts || !watts.error().what.empty());
    return 0;
}
