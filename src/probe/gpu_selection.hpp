// Which GPUs were given to the job: what CUDA_VISIBLE_DEVICES and Slurm's variables say. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/host.hpp"
#include "model/device.hpp"

namespace gramme::probe {

/// One GPU as the driver shows it; its place in the list is the driver's index (PCI order). Empty: not known.
struct GpuIdentity {
    std::string uuid;                    ///< "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"
    std::string name;                    ///< "NVIDIA A100-SXM4-80GB"
    std::vector<std::string> mig_uuids;  ///< "MIG-...": its slices
};

/// The variables that name GPUs; the command inherits them from us. Unset and empty differ: empty is "none".
struct GpuVariables {
    std::optional<std::string> cuda_visible_devices;
    std::optional<std::string> cuda_device_order;
    std::optional<std::string> slurm_step_gpus;
    std::optional<std::string> slurm_job_gpus;
    std::optional<std::string> slurm_gpus_on_node;  ///< a count, not a list
};

struct GpuChoice {
    Membership membership = Membership::kUnknown;
    std::string reason;
};

struct GpuSelection {
    /// One per GPU; all kUnknown where no variable decides (then the job's processes do).
    std::vector<GpuChoice> choices;
    bool decided = false;
};

[[nodiscard]] GpuVariables read_gpu_variables(const Host& host);

/// The variables of one of `ranks` processes of a job, for all of them: a launcher may give each rank GPUs of
/// its own, so that CUDA_VISIBLE_DEVICES of one is left out where Slurm lists the GPUs of the whole step, or
/// where it names fewer GPUs than there are ranks. With one rank nothing changes.
[[nodiscard]] GpuVariables of_all_ranks(GpuVariables variables, int ranks);

/// How many GPUs SLURM_STEP_GPUS, else SLURM_JOB_GPUS lists; nothing where neither does.
[[nodiscard]] std::optional<std::size_t> gpus_listed_by_slurm(const GpuVariables& variables);

/// CUDA_VISIBLE_DEVICES first (indexes, beginnings of a UUID, MIG slices; the list ends at its first invalid
/// entry, as it does for CUDA), else SLURM_STEP_GPUS, SLURM_JOB_GPUS, SLURM_GPUS_ON_NODE. Never fails: text
/// that nobody can resolve decides nothing, and the reason says so. Source: CUDA C++ Programming Guide, "CUDA
/// Environment Variables"; Slurm srun(1), "OUTPUT ENVIRONMENT VARIABLES".
[[nodiscard]] GpuSelection select_gpus(const GpuVariables& variables, std::span<const GpuIdentity> gpus);

/// Whether a variable says that the job has no GPU at all, whatever GPUs there are: CUDA_VISIBLE_DEVICES
/// empty, -1 or NoDevFiles, or else SLURM_GPUS_ON_NODE 0.
[[nodiscard]] bool reserves_none(const GpuVariables& variables);

}  // namespace gramme::probe
