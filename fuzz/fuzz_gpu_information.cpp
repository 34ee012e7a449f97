// /proc/driver/nvidia/gpus/*/information: whatever it holds, no text of it makes a terminal obey.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "probe/gpu_presence.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto gpu = gramme::probe::parse_gpu_information(text);
    for (const std::string_view shown : {std::string_view{gpu.name}, std::string_view{gpu.uuid}}) {
        GRAMME_ASSERT(std::none_of(shown.begin(), shown.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
        GRAMME_ASSERT(shown.size() <= text.size());
    }
    return 0;
}
