// Lines of the input become CUDA_VISIBLE_DEVICES, SLURM_STEP_GPUS, SLURM_JOB_GPUS and SLURM_GPUS_ON_NODE
// ("!": unset).
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.hpp"
#include "probe/gpu_selection.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gramme;
    const auto lines = split({reinterpret_cast<const char*>(data), size}, '\n');
    probe::GpuVariables variables;
    const std::array into{&variables.cuda_visible_devices, &variables.slurm_step_gpus,
                          &variables.slurm_job_gpus, &variables.slurm_gpus_on_node};
    for (std::size_t i = 0; i < into.size() && i < lines.size(); ++i) {
        if (lines[i] != "!") {
            *into[i] = std::string(lines[i]);
        }
    }
    const std::array<probe::GpuIdentity, 3> gpus{
        {{"GPU-aaaa1111-0", "NVIDIA A100-SXM4-80GB", {"MIG-77770001"}},
         {"GPU-aaaa2222-0", "NVIDIA A100-SXM4-80GB", {}},
         {"", "Quadro P400", {}}}};
    const probe::GpuSelection selection = probe::select_gpus(variables, gpus);
    GRAMME_ASSERT(selection.choices.size() == gpus.size());
    for (const probe::GpuChoice& choice : selection.choices) {
        GRAMME_ASSERT(!choice.reason.empty());  // an answer without a reason helps nobody
        GRAMME_ASSERT(selection.decided == (choice.membership != Membership::kUnknown));
    }
    return 0;
}
