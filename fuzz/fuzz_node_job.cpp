// SLURM_STEP_TASKS_PER_NODE: what is accepted is a number of tasks that stands in the text.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sample/node_job.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::uint64_t node = data[0];
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto here = gramme::sample::slurm_tasks_on_node(text, node);
    if (here) {
        GRAMME_ASSERT(*here >= 1 && *here <= 4096);
        GRAMME_ASSERT(text.find_first_not_of("0123456789(x),") == std::string_view::npos);
    }
    if (const auto everywhere = gramme::sample::slurm_tasks_on_node(text, std::nullopt)) {
        GRAMME_ASSERT(!here || *here == *everywhere);
        GRAMME_ASSERT(gramme::sample::slurm_tasks_on_node(text, 0) == everywhere);
    }
    return 0;
}
