// /proc/cpuinfo, /proc/meminfo, CPU lists and the clock in a name: nothing negative, nothing that does not
// fit.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/parse.hpp"
#include "base/result.hpp"
#include "probe/cpu_clock.hpp"
#include "probe/cpu_info.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const gramme::probe::CpuInfo info = gramme::probe::parse_cpu_info(text);
    GRAMME_ASSERT(info.family >= 0 && info.model >= 0 && info.stepping >= 0);
    GRAMME_ASSERT(info.processors >= 0 && info.sockets >= 0);
    if (const auto bytes = gramme::probe::parse_memory_total(text)) {
        GRAMME_ASSERT(*bytes % 1024 == 0);
    }
    const std::vector<int> cpus = gramme::parse_cpu_list(text);
    GRAMME_ASSERT(std::is_sorted(cpus.begin(), cpus.end()) && cpus.size() <= (1U << 16) + 1);
    for (const std::string_view name : {text, std::string_view{info.model_name}}) {
        if (const auto ghz = gramme::probe::base_ghz_in_name(name)) {
            GRAMME_ASSERT(*ghz >= 0.01 && *ghz <= 20.0);
        }
    }
    return 0;
}
