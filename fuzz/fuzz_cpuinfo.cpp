// /proc/cpuinfo, /proc/meminfo and CPU lists: nothing negative, nothing that does not fit.
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "probe/cpu_info.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const gramme::probe::CpuInfo info = gramme::probe::parse_cpu_info(text);
    GRAMME_ASSERT(info.family >= 0 && info.model >= 0 && info.stepping >= 0);
    GRAMME_ASSERT(info.processors >= 0 && info.sockets >= 0);
    if (const auto bytes = gramme::probe::parse_memory_total(text)) {
        GRAMME_ASSERT(*bytes % 1024 == 0);
    }
    const int cpus = gramme::probe::count_cpu_list(text);
    GRAMME_ASSERT(cpus >= 0 && cpus <= 1 << 16);
    return 0;
}
