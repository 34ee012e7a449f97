// A calibration file: any text is a calibration that is written and read back as it was, or an error that
// names a place.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/calibration.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme::config;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto read = parse_calibration(text, "f.toml");
    GRAMME_ASSERT(read || read.error().what.starts_with("f.toml:"));
    if (read) {
        GRAMME_ASSERT(!read->wall || (read->wall->idle <= read->wall->full && read->wall->bend > -1.0));
        GRAMME_ASSERT(!read->rest || read->rest->efficiency > 0.0);
    }
    return 0;
}
