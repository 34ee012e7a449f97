// AMD GPUs as the kernel shows them: which there are, in the order of ROCm, and what they are called.
#pragma once

#include <string>
#include <vector>

#include "base/host.hpp"
#include "probe/probe.hpp"

namespace gramme::probe {

struct AmdGpu {
    std::string folder;   ///< "/sys/class/drm/card0/device"
    std::string address;  ///< "0000:03:00.0"
    std::string unique;   ///< "GPU-26e2d8ab5a9e0c1f", as ROCR_VISIBLE_DEVICES names it; empty: not told
    std::string name;     ///< "AMD Instinct MI300X", else "AMD GPU 0x74a1"
    unsigned pci_id = 0;  ///< "device" of its PCI function
    /// By which the compute driver calls its parts: one, or as many as it is partitioned into. Empty: that
    /// driver does not use it.
    std::vector<std::string> kfd_ids;
    std::vector<std::size_t> places;  ///< ROCm's index of each part, at least one
};

/// First those of the compute driver (/sys/class/kfd) in its order, which is that of ROCm's indexes, then the
/// rest by their card's number. A card in partitions (CPX, DPX, ...) is one GPU of several parts; a node of
/// which no card is shown keeps its index. Empty on a machine without AMD GPU. Source: Linux
/// drivers/gpu/drm/amd/amdkfd/kfd_topology.c (drm_render_minor, gpu_id, domain, location_id), amdgpu_pm.c
/// (unique_id).
[[nodiscard]] std::vector<AmdGpu> list_amd_gpus(const Host& host);

/// The two dies of one module are two GPUs, of which the first tells the energy of both and the other 0.
[[nodiscard]] bool is_two_die_module(const AmdGpu& gpu);
/// A processor with CPU cores and compute dies in one socket, whose power is that of all of them.
[[nodiscard]] bool is_mi300a(const AmdGpu& gpu);

/// On which of these a process of the job has a queue open: a process that only looked at a GPU has none
/// there. One list of processes that use the compute driver, never of all. The ids are those of the machine:
/// in a container with process ids of its own the job is not found. Source: Linux
/// drivers/gpu/drm/amd/amdkfd/kfd_process.c (proc/PID/queues/N/gpuid).
[[nodiscard]] std::vector<bool> job_on_amd(const Host& host, const JobMembers& members,
                                           const std::vector<std::string>& kfd_ids);

}  // namespace gramme::probe
