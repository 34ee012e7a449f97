// What the kernel says of the GPU use of a process: /proc/PID/fdinfo of its open DRM files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/host.hpp"
#include "probe/probe.hpp"

namespace gramme::probe {

/// The PCI address in the text of one fdinfo file, where its process has used an engine of that GPU: a
/// program that only opened the device (every one opens all) has not. Empty otherwise. Pure. Source: Linux
/// Documentation/gpu/drm-usage-stats.rst (drm-pdev, drm-engine-*, drm-cycles-*).
[[nodiscard]] std::string_view used_gpu(std::string_view fdinfo);

/// On which of the GPUs at these PCI addresses a process below this one has worked. Goes down the tree of
/// processes, not through all of the machine: with several ranks those of this one only. Opens some files for
/// each process.
[[nodiscard]] std::vector<bool> job_on_drm(const Host& host, const JobMembers& members,
                                           const std::vector<std::string>& addresses);

/// Which of these device files a process below this one has open: "/dev/neuron0", or all below a folder
/// ("/dev/vfio/").
[[nodiscard]] std::vector<bool> job_has_open(const Host& host, const JobMembers& members,
                                             const std::vector<std::string>& paths);

}  // namespace gramme::probe
